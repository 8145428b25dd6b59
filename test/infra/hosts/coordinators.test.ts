import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesize } from '../../../infra/stack/synthesize.ts';
import { readProbeConfiguration } from '../../../probe/user-data.ts';
import type { ProbeConfiguration } from '../../../workflow/model/cluster.ts';
import { defaultProbeSettings } from '../../../workflow/model/settings.ts';
import {
  type CloudFormationTemplate,
  httpWithTheRestOpen,
  onlyResource,
  resourcesOf,
  textOf,
} from '../template-reading.ts';

let directory: string;
let template: CloudFormationTemplate;
let assertions: Template;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'infra-coordinators-'));
  const synthesized = await synthesize(directory);
  template = synthesized.template as CloudFormationTemplate;
  assertions = Template.fromJSON(synthesized.template);
});

/** HTTPS where there is one. */
const serverPort = {
  'Fn::If': [expect.stringContaining('HttpsIsOn'), { Ref: 'HttpsPort' }, { Ref: 'HttpPort' }],
};

afterAll(() => rm(directory, { recursive: true, force: true }));

test('coordinators: CloudFormation never attaches the address, and never replaces it away', () => {
  expect(resourcesOf(template, 'AWS::EC2::NetworkInterfaceAttachment')).toEqual([]);
  const [, address] = onlyResource(template, 'AWS::EC2::NetworkInterface');
  expect(address.UpdateReplacePolicy).toBe('Retain');
  expect(address.Properties.SubnetId).toEqual({
    'Fn::If': ['AddressSubnetIdIsGiven', { Ref: 'AddressSubnetId' }, { Ref: 'SubnetId' }],
  });
});

test('coordinators: IMDSv2 only, an encrypted volume, and nobody is a coordinator by the template alone', () => {
  assertions.hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: Match.objectLike({
      ImageId: { Ref: 'ImageId' },
      InstanceType: { 'Fn::Select': [0, { Ref: 'InstanceTypes' }] },
      KeyName: { 'Fn::If': ['KeyNameIsGiven', { Ref: 'KeyName' }, { Ref: 'AWS::NoValue' }] },
      MetadataOptions: {
        HttpEndpoint: 'enabled',
        HttpTokens: 'required',
        InstanceMetadataTags: 'enabled',
        HttpPutResponseHopLimit: 2,
      },
      BlockDeviceMappings: [
        {
          DeviceName: { Ref: 'RootDeviceName' },
          Ebs: { DeleteOnTermination: true, Encrypted: true, VolumeType: 'gp3' },
        },
      ],
      TagSpecifications: [Match.objectLike({ ResourceType: 'volume' })],
    }),
  });
  expect(resourcesOf(template, 'AWS::EC2::Instance')).toEqual([]);
  expect(resourcesOf(template, 'AWS::AutoScaling::AutoScalingGroup')).toEqual([]);
});

test('coordinators: user data writes the whole configuration of the probe', () => {
  const [, launch] = onlyResource(template, 'AWS::EC2::LaunchTemplate');
  const { UserData } = launch.Properties.LaunchTemplateData as { UserData: unknown };
  const [interfaceId] = onlyResource(template, 'AWS::EC2::NetworkInterface');
  const script = textOf(UserData, {
    'AWS::StackName': 'presto',
    'AWS::Region': 'eu-west-1',
    HttpPort: '8080',
    BadSamplesToUnhealthy: '3',
  });
  const configuration: unknown = readProbeConfiguration(script);
  // What it is verified by stands in `server` only.
  const { trust: _once, ...httpOnTheHost } = httpWithTheRestOpen(interfaceId);
  expect(configuration).toEqual({
    clusterName: 'presto',
    region: 'eu-west-1',
    networkInterfaceId: `<${interfaceId}>`,
    coordinatorAddress: `<${interfaceId}.PrimaryPrivateIpAddress>`,
    local: { host: 'localhost', ...httpOnTheHost },
    server: httpWithTheRestOpen(interfaceId),
    metricNamespace: 'CoordinatorFailover/presto',
    alarms: {
      activeHealth: 'presto-coordinator-active-health',
      reachable: 'presto-coordinator-reachable',
    },
    ...defaultProbeSettings,
  } satisfies ProbeConfiguration);
});

test('coordinators: SSH stays closed unless a range is given', () => {
  const ingress = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(([, rule]) => rule);
  expect(template.Parameters.SshCidr?.Default).toBe('');
  const ssh = ingress.filter(({ Properties }) => Properties.FromPort === 22);
  expect(ssh).toHaveLength(1);
  expect(ssh[0]?.Condition).toBe('SshCidrIsGiven');
  const clients = { Ref: 'ClientCidr' };
  for (const rule of ingress.filter((other) => other !== ssh[0])) {
    expect(rule.Properties).toMatchObject({
      FromPort: serverPort,
      ToPort: serverPort,
    });
    const { CidrIp = clients } = rule.Properties;
    expect(CidrIp).toEqual(clients);
  }
});

test('coordinators: only check-info is in the VPC, and it reaches nothing but coordinators', () => {
  const inVpc = resourcesOf(template, 'AWS::Lambda::Function').filter(
    ([, { Properties }]) => Properties.VpcConfig !== undefined,
  );
  expect(inVpc.map(([, { Properties }]) => textOf(Properties.Description))).toEqual([
    'check-info of the coordinator failover of <AWS::StackName>',
  ]);
  const egress = resourcesOf(template, 'AWS::EC2::SecurityGroupEgress');
  expect(egress).toHaveLength(1);
  expect(egress[0]?.[1].Properties).toMatchObject({
    FromPort: serverPort,
    DestinationSecurityGroupId: {
      'Fn::GetAtt': [expect.stringContaining('Coordinator'), 'GroupId'],
    },
  });
});
