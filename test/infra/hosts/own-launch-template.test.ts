import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  InstanceType,
  LaunchTemplate,
  MachineImage,
  SecurityGroup,
  Subnet,
  UserData,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { CoordinatorFailover } from '../../../infra/coordinator-failover.ts';
import type { CoordinatorFailoverProps } from '../../../infra/props/props.ts';
import {
  type CloudFormationTemplate,
  onlyResource,
  resourcesOf,
  textOf,
} from '../template-reading.ts';

const machineImage = MachineImage.genericLinux({ 'eu-west-1': 'ami-12345678' });

function stackWith(make: (stack: Stack) => Partial<CoordinatorFailoverProps>) {
  const app = new App({ treeMetadata: false });
  const stack = new Stack(app, 'Stack', { env: { region: 'eu-west-1', account: '0'.repeat(12) } });
  const vpc = vpcOf(stack);
  const subnet = Subnet.fromSubnetAttributes(stack, 'Subnet', {
    subnetId: 'subnet-12345678',
    availabilityZone: 'eu-west-1a',
    routeTableId: 'rtb-1',
  });
  const failover = new CoordinatorFailover(stack, 'Failover', {
    vpc,
    subnet,
    instanceTypes: ['m7i.xlarge'],
    ...make(stack),
  });
  return { app, stack, failover };
}

function vpcOf(stack: Stack) {
  const made = stack.node.tryFindChild('Vpc');
  if (made !== undefined) return made as Vpc;
  return Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-12345678',
    availabilityZones: ['eu-west-1a'],
  });
}

function ownTemplate(stack: Stack, userData: UserData, options: object = {}): LaunchTemplate {
  return new LaunchTemplate(stack, 'Own', {
    machineImage,
    instanceType: new InstanceType('m7i.xlarge'),
    userData,
    role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }),
    securityGroup: new SecurityGroup(stack, 'Group', { vpc: vpcOf(stack) }),
    ...options,
  });
}

/** As the documentation says it. */
function properly() {
  const userData = UserData.forLinux();
  let launchTemplate: LaunchTemplate | undefined;
  const made = stackWith((stack) => {
    launchTemplate = ownTemplate(stack, userData);
    return { launchTemplate };
  });
  userData.addCommands(made.failover.probeUserData);
  launchTemplate?.connections.addSecurityGroup(...made.failover.connections.securityGroups);
  return made;
}

describe('own launch template: is what coordinators are launched from', () => {
  const { stack } = properly();
  const template = Template.fromStack(stack).toJSON() as CloudFormationTemplate;
  const [templateId] = onlyResource(template, 'AWS::EC2::LaunchTemplate');
  const [, machine] =
    resourcesOf(template, 'AWS::StepFunctions::StateMachine').find(([id]) =>
      id.includes('Workflow'),
    ) ?? [];

  test('with its newest version, by number', () => {
    const definition = JSON.stringify(machine?.Properties.DefinitionString);
    expect(definition).toContain(`{"Ref":"${templateId}"}`);
    expect(definition).toContain(`{"Fn::GetAtt":["${templateId}","LatestVersionNumber"]}`);
  });

  test('its role may do what the probe does, and nothing else is made', () => {
    const policies = JSON.stringify(resourcesOf(template, 'AWS::IAM::Policy'));
    for (const sid of ['PublishHealth', 'SetOffAlarms', 'ReadProbe']) {
      expect(policies.split(`"${sid}"`)).toHaveLength(2);
    }
    // The template's own; ours would be below Failover.
    expect(resourcesOf(template, 'AWS::IAM::InstanceProfile')).toHaveLength(1);
  });

  test('its user data installs the probe', () => {
    const [, { Properties }] = onlyResource(template, 'AWS::EC2::LaunchTemplate');
    const { UserData: text } = Properties.LaunchTemplateData as { UserData: unknown };
    expect(textOf(text)).toMatch(/^#!\/bin\/bash\ncoordinator_failover_probe=installed\n/);
  });
});

describe('own launch template: what is wrong in it is an error at synth', () => {
  test('no probe, no security group of the coordinators', () => {
    const { app } = stackWith((stack) => ({
      launchTemplate: ownTemplate(stack, UserData.forLinux()),
    }));
    const synth = () => app.synth();
    expect(synth).toThrow(
      'Stack/Own does not install the probe: put probeUserData into its user data',
    );
    expect(synth).toThrow("Stack/Own lacks the coordinators' security group");
  });

  test('network interfaces, which cannot go with the subnet of the launch', () => {
    const { app } = stackWith((stack) => ({
      launchTemplate: ownTemplate(stack, UserData.forLinux(), { associatePublicIpAddress: true }),
    }));
    expect(() => app.synth()).toThrow(
      'Stack/Own has networkInterfaces, but the subnet comes with the launch',
    );
  });

  const wrong: readonly [string, (stack: Stack) => Partial<CoordinatorFailoverProps>, string][] = [
    [
      'neither an image nor a template',
      () => ({}),
      'one of machineImage and launchTemplate must be given',
    ],
    [
      'both',
      (stack) => ({
        machineImage,
        userData: UserData.forLinux(),
        launchTemplate: ownTemplate(stack, UserData.forLinux()),
      }),
      'machineImage is given beside launchTemplate, but the template says it.\nuserData is given beside',
    ],
    ...['$Latest', '$Default', undefined].map((versionNumber): (typeof wrong)[number] => [
      `the version ${versionNumber}`,
      (stack) => ({
        launchTemplate: LaunchTemplate.fromLaunchTemplateAttributes(stack, 'Imported', {
          launchTemplateId: 'lt-1',
          ...(versionNumber === undefined ? {} : { versionNumber }),
        }),
        instanceRole: Role.fromRoleName(stack, 'Role', 'coordinator'),
      }),
      'but must have a number',
    ]),
    [
      'an imported one without its role',
      (stack) => ({
        launchTemplate: LaunchTemplate.fromLaunchTemplateAttributes(stack, 'Imported', {
          launchTemplateId: 'lt-1',
          versionNumber: '3',
        }),
      }),
      'instanceRole is missing',
    ],
    [
      'an imported one that is known by its name only',
      (stack) => ({
        launchTemplate: LaunchTemplate.fromLaunchTemplateAttributes(stack, 'Imported', {
          launchTemplateName: 'ours',
          versionNumber: '3',
        }),
        instanceRole: Role.fromRoleName(stack, 'Role', 'coordinator'),
      }),
      'launchTemplate is imported by its name "ours", but must be imported by its id, such as "lt-0123456789abcdef0".',
    ],
    [
      'a role for nothing',
      (stack) => ({ machineImage, instanceRole: Role.fromRoleName(stack, 'Role', 'coordinator') }),
      'instanceRole is given without launchTemplate',
    ],
  ];
  test.each(wrong)('%s', (_name, make, sentence) => {
    expect(() => stackWith(make)).toThrow(sentence);
  });

  test('an imported one with a version and a role is taken as it is', () => {
    const { app, stack } = stackWith((scope) => ({
      launchTemplate: LaunchTemplate.fromLaunchTemplateAttributes(scope, 'Imported', {
        launchTemplateId: 'lt-1',
        versionNumber: '3',
      }),
      instanceRole: Role.fromRoleName(scope, 'Role', 'coordinator'),
    }));
    app.synth();
    const template = Template.fromStack(stack).toJSON() as CloudFormationTemplate;
    expect(resourcesOf(template, 'AWS::EC2::LaunchTemplate')).toEqual([]);
    expect(JSON.stringify(template)).toContain('\\"launchTemplateVersion\\":\\"3\\"');
  });
});
