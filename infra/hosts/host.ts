/**
 * What every coordinator is launched from: template, role, first script. The workflow launches the
 * instances, not CloudFormation: one owner.
 * What can go wrong: the instance's role is what anybody on the host can do. It may publish this
 * cluster's metrics, set this cluster's two alarms and read the probe, nothing else.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fn, Lazy } from 'aws-cdk-lib';
import {
  CfnLaunchTemplate,
  type IKeyPair,
  type SecurityGroup,
  type UserData,
} from 'aws-cdk-lib/aws-ec2';
import {
  InstanceProfile,
  type IRole,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { ProbeConfiguration } from '../../workflow/model/cluster.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { hostDirectory } from '../bundle/bundles.ts';
import { acknowledgeWildcards } from '../functions/wildcards.ts';
import type { OwnTemplate } from './own-launch-template.ts';
import { probeInstallation, userDataText } from './user-data.ts';

interface HostProps {
  readonly clusterName: string;
  readonly securityGroup: SecurityGroup;
  readonly metricNamespace: string;
  readonly alarmArns: readonly string[];
  readonly probeConfiguration: ProbeConfiguration;
  /** What the launch template is made of, or one that is there already. */
  readonly launch: LaunchProps | OwnTemplate;
}

export interface LaunchProps {
  readonly imageId: string;
  /** The first is what the template asks for; the others are tried by Launch standby. */
  readonly instanceTypes: readonly string[];
  readonly keyPair: IKeyPair | undefined;
  readonly rootDeviceName: string;
  readonly rootVolumeGib: number | undefined;
  /** A user's own: before the probe is installed, and after it. */
  readonly userDataBefore: UserData | undefined;
  readonly userData: UserData | undefined;
}

export class Host extends Construct {
  readonly launchTemplateId: string;
  /** A number, never `$Latest`: the same client token must mean the same template. */
  readonly launchTemplateVersion: string;
  readonly role: IRole;
  /** Installs the probe, as a piece of a shell script. */
  readonly probeUserData: string;

  constructor(scope: Construct, id: string, props: HostProps) {
    super(scope, id);
    const own = 'role' in props.launch ? props.launch : undefined;
    this.role = own?.role ?? this.makeRole(props.clusterName);
    const probeFile = join(hostDirectory(), 'probe.mjs');
    const probe = new Asset(this, 'Probe', { path: probeFile });
    const statements = allowed(props, probe);
    for (const statement of statements) this.role.addToPrincipalPolicy(statement);
    acknowledgeWildcards(this.role, statements);
    this.probeUserData = probeInstallation(this, props.probeConfiguration, {
      url: probe.s3ObjectUrl,
      sha256: createHash('sha256').update(readFileSync(probeFile)).digest('hex'),
    });
    if ('role' in props.launch) {
      this.launchTemplateId = props.launch.launchTemplateId;
      this.launchTemplateVersion = props.launch.launchTemplateVersion;
      return;
    }
    const template = this.makeTemplate(props, props.launch);
    this.launchTemplateId = template.ref;
    this.launchTemplateVersion = template.attrLatestVersionNumber;
  }

  private makeRole(clusterName: string): Role {
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      description: `Coordinators of ${clusterName}: publish health, set off the two alarms`,
    });
  }

  private makeTemplate(props: HostProps, launch: LaunchProps): CfnLaunchTemplate {
    const profile = new InstanceProfile(this, 'InstanceProfile', { role: this.role });
    const tags = [
      { key: tagKeys.cluster, value: props.clusterName },
      { key: 'Name', value: `${props.clusterName}-coordinator` },
    ];
    return new CfnLaunchTemplate(this, 'LaunchTemplate', {
      launchTemplateData: {
        imageId: launch.imageId,
        instanceType: Fn.select(0, [...launch.instanceTypes]),
        ...(launch.keyPair === undefined ? {} : { keyName: launch.keyPair.keyPairName }),
        iamInstanceProfile: { arn: profile.instanceProfileArn },
        securityGroupIds: [props.securityGroup.securityGroupId],
        blockDeviceMappings: [rootVolume(launch)],
        metadataOptions: {
          httpEndpoint: 'enabled',
          httpTokens: 'required',
          // Two hops, so that a probe or server in a container gets an answer too.
          httpPutResponseHopLimit: 2,
          instanceMetadataTags: 'enabled',
        },
        // Not before the end: what was given may still grow.
        userData: Fn.base64(
          Lazy.string({
            produce: () =>
              userDataText(this, {
                installation: this.probeUserData,
                before: launch.userDataBefore,
                after: launch.userData,
              }),
          }),
        ),
        // No tag on the instance: only Launch standby makes a coordinator. What somebody else starts
        // from this template is not one, and is never promoted or scaled in.
        tagSpecifications: [{ resourceType: 'volume', tags }],
      },
    });
  }
}

/** What the probe on a host may do. */
function allowed(props: HostProps, probe: Asset): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'PublishHealth',
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'], // PutMetricData knows no resources; the namespace is the limit.
      conditions: { StringEquals: { 'cloudwatch:namespace': props.metricNamespace } },
    }),
    new PolicyStatement({
      sid: 'SetOffAlarms',
      actions: ['cloudwatch:SetAlarmState'],
      resources: [...props.alarmArns],
    }),
    new PolicyStatement({
      sid: 'ReadProbe',
      actions: ['s3:GetObject'],
      resources: [probe.bucket.arnForObjects(probe.s3ObjectKey)],
    }),
  ];
}

/** Without a size EC2 takes the image's; so it refuses a device that the image does not have. */
function rootVolume({ rootDeviceName, rootVolumeGib }: LaunchProps) {
  return {
    deviceName: rootDeviceName,
    ebs: {
      volumeType: 'gp3',
      encrypted: true,
      deleteOnTermination: true,
      ...(rootVolumeGib === undefined ? {} : { volumeSize: rootVolumeGib }),
    },
  };
}
