/**
 * What every coordinator is launched from: template, role, first script. The workflow launches the
 * instances, not CloudFormation: one owner.
 * What can go wrong: the instance's role is what anybody on the box can do. It may publish this
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
import { InstanceProfile, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { ProbeConfiguration } from '../workflow/cluster.ts';
import { tagKeys } from '../workflow/names.ts';
import { boxDirectory } from './bundles.ts';
import { probeInstallation, userDataText } from './user-data.ts';

interface BoxProps {
  readonly clusterName: string;
  readonly imageId: string;
  /** The first is what the template asks for; the others are tried by Launch standby. */
  readonly instanceTypes: readonly string[];
  readonly keyPair: IKeyPair | undefined;
  readonly securityGroup: SecurityGroup;
  readonly metricNamespace: string;
  readonly alarmArns: readonly string[];
  readonly probeConfiguration: ProbeConfiguration;
  /** A user's own: before the probe is installed, and after it. */
  readonly userDataBefore: UserData | undefined;
  readonly userData: UserData | undefined;
}

export class Box extends Construct {
  readonly launchTemplateId: string;
  /** A number, never `$Latest`: the same client token must mean the same template. */
  readonly launchTemplateVersion: string;
  readonly role: Role;
  /** Installs the probe, as a piece of a shell script. */
  readonly probeUserData: string;

  constructor(scope: Construct, id: string, props: BoxProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      description: `Coordinators of ${props.clusterName}: publish health, set off the two alarms`,
    });
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'PublishHealth',
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'], // PutMetricData knows no resources; the namespace is the limit.
        conditions: { StringEquals: { 'cloudwatch:namespace': props.metricNamespace } },
      }),
    );
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'SetOffAlarms',
        actions: ['cloudwatch:SetAlarmState'],
        resources: [...props.alarmArns],
      }),
    );
    const probeFile = join(boxDirectory(), 'probe.mjs');
    const probe = new Asset(this, 'Probe', { path: probeFile });
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'ReadProbe',
        actions: ['s3:GetObject'],
        resources: [probe.bucket.arnForObjects(probe.s3ObjectKey)],
      }),
    );
    this.probeUserData = probeInstallation(this, props.probeConfiguration, {
      url: probe.s3ObjectUrl,
      sha256: createHash('sha256').update(readFileSync(probeFile)).digest('hex'),
    });
    const profile = new InstanceProfile(this, 'InstanceProfile', { role: this.role });

    const tags = [
      { key: tagKeys.cluster, value: props.clusterName },
      { key: 'Name', value: `${props.clusterName}-coordinator` },
    ];
    const template = new CfnLaunchTemplate(this, 'LaunchTemplate', {
      launchTemplateData: {
        imageId: props.imageId,
        instanceType: Fn.select(0, [...props.instanceTypes]),
        ...(props.keyPair === undefined ? {} : { keyName: props.keyPair.keyPairName }),
        iamInstanceProfile: { arn: profile.instanceProfileArn },
        securityGroupIds: [props.securityGroup.securityGroupId],
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
                before: props.userDataBefore,
                after: props.userData,
              }),
          }),
        ),
        // No tag on the instance: only Launch standby makes a coordinator. What somebody else starts
        // from this template is not one, and is never promoted or trimmed.
        tagSpecifications: [{ resourceType: 'volume', tags }],
      },
    });
    this.launchTemplateId = template.ref;
    this.launchTemplateVersion = template.attrLatestVersionNumber;
  }
}
