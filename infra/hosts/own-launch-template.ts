/**
 * A launch template that a user brings instead of an image: everything of a coordinator is in it, the
 * installation of the probe too. The tags that make an instance a coordinator come with every launch.
 * What can go wrong: a template that lacks something launches hosts that nobody hears, again and again.
 * A template of the same app is read at synth, and what is wrong in it is an error; of one that is
 * imported only the version can be checked.
 */
import { Stack, Token } from 'aws-cdk-lib';
import { CfnLaunchTemplate, type ILaunchTemplate, LaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CoordinatorFailoverProps } from '../props/props.ts';

export interface OwnTemplate {
  readonly launchTemplateId: string;
  readonly launchTemplateVersion: string;
  /** Of the instance profile in the template. */
  readonly role: IRole;
}

/** Props that say what a template says, so only one of the two can be meant. */
const inTheTemplate = [
  'machineImage',
  'userData',
  'userDataBefore',
  'keyPair',
  'rootDeviceName',
  'rootVolumeGib',
] as const satisfies readonly (keyof CoordinatorFailoverProps)[];

/** One line per problem of `launchTemplate`, `instanceRole` and what does not go with them. */
export function launchTemplateProblems(props: CoordinatorFailoverProps): string[] {
  const { launchTemplate } = props;
  if (launchTemplate === undefined) {
    return [
      ...(props.machineImage === undefined
        ? ['machineImage is missing: one of machineImage and launchTemplate must be given.']
        : []),
      ...(props.instanceRole === undefined
        ? []
        : ['instanceRole is given without launchTemplate: a role is made.']),
    ];
  }
  const both = inTheTemplate.filter((name) => props[name] !== undefined);
  const version = versionOf(launchTemplate);
  return [
    ...both.map((name) => `${name} is given beside launchTemplate, but the template says it.`),
    ...(Token.isUnresolved(version) || /^[1-9]\d*$/.test(version ?? '')
      ? []
      : [
          `launchTemplate has the version ${JSON.stringify(version)}, but must have a number: ` +
            'otherwise the coordinators of one cluster differ and nobody knows how.',
        ]),
    ...(launchTemplate.launchTemplateId === undefined
      ? [
          `launchTemplate is imported by its name ${JSON.stringify(launchTemplate.launchTemplateName)}, ` +
            'but must be imported by its id, such as "lt-0123456789abcdef0".',
        ]
      : []),
    ...(roleOf(props) === undefined
      ? ['instanceRole is missing: the role of the instance profile in launchTemplate.']
      : []),
  ];
}

/** The template that the props bring, if they do. Only after `launchTemplateProblems` found none. */
export function ownTemplateOf(props: CoordinatorFailoverProps): OwnTemplate | undefined {
  const { launchTemplate } = props;
  const role = roleOf(props);
  if (launchTemplate?.launchTemplateId === undefined || role === undefined) return undefined;
  return {
    launchTemplateId: launchTemplate.launchTemplateId,
    launchTemplateVersion: versionOf(launchTemplate) ?? '',
    role,
  };
}

/** Of a template that the app makes, the newest: its default version stays the first for ever. */
function versionOf(launchTemplate: ILaunchTemplate): string | undefined {
  return launchTemplate instanceof LaunchTemplate
    ? launchTemplate.latestVersionNumber
    : launchTemplate.versionNumber;
}

function roleOf({ launchTemplate, instanceRole }: CoordinatorFailoverProps): IRole | undefined {
  return (
    instanceRole ?? (launchTemplate instanceof LaunchTemplate ? launchTemplate.role : undefined)
  );
}

/** Holds a template of the same app against what a coordinator needs, once everything is in it. */
export function checkOwnTemplate(
  scope: Construct,
  launchTemplate: ILaunchTemplate,
  securityGroupId: string,
): void {
  const made = launchTemplate.node.defaultChild;
  if (!(made instanceof CfnLaunchTemplate)) return;
  scope.node.addValidation({
    validate() {
      const stack = Stack.of(scope);
      const data = stack.resolve(made.launchTemplateData) as Readonly<Record<string, unknown>>;
      const groups = JSON.stringify(data.securityGroupIds ?? []);
      const name = `The launch template ${launchTemplate.node.path}`;
      return [
        ...(JSON.stringify(data.userData ?? '').includes('coordinator_failover_probe=')
          ? []
          : [`${name} does not install the probe: put probeUserData into its user data.`]),
        ...(data.networkInterfaces === undefined
          ? []
          : [
              `${name} has networkInterfaces, but the subnet comes with the launch, and EC2 takes only one of ` +
                'the two. Use securityGroupIds, and no associatePublicIpAddress.',
            ]),
        ...(groups.includes(JSON.stringify(stack.resolve(securityGroupId)))
          ? []
          : [
              `${name} lacks the coordinators' security group: add it by ` +
                'launchTemplate.connections.addSecurityGroup(...failover.connections.securityGroups).',
            ]),
      ];
    },
  });
}
