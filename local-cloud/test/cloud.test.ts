import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateTagsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { noLatencies } from '../chance/latency.ts';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import type { MachineSpec } from '../ec2/instances/machine.ts';
import { template, writeAssets } from './cloud-fixture.ts';

const loopback = '127.78';
let port: number;
const booted: MachineSpec[] = [];
let assetsDirectory: string;

beforeAll(async () => {
  assetsDirectory = await mkdtemp(join(tmpdir(), 'cloud-test-'));
  await writeAssets(assetsDirectory);
  port = await freePort();
});
afterAll(() => rm(assetsDirectory, { recursive: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.79.0.4');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

function start(changed: object = template, more: object = {}): Promise<LocalCloud> {
  return startLocalCloud({
    template: changed,
    assetsDirectory,
    parameters: { VpcId: 'vpc-1', SubnetId: 'subnet-1' },
    stackName: 'analytics',
    seed: 1,
    latencies: noLatencies,
    port,
    loopback,
    boot: async (spec) => {
      booted.push(spec);
      return { terminate: async () => {} };
    },
    ...more,
  });
}

describe('local cloud', () => {
  let cloud: LocalCloud;
  const configuration = () => ({
    endpoint: cloud.endpoint,
    region: cloud.region,
    credentials: cloud.rootCredentials,
  });

  beforeAll(async () => {
    cloud = await start();
  });
  afterAll(() => cloud.stop());

  test('deploys a synthesized template', () => {
    expect(cloud.outputs).toEqual({
      Url: expect.stringMatching(/^http:\/\/127\.78\.0\.\d+$/),
      StateMachineArn: expect.stringContaining(':stateMachine:analytics-Machine-'),
    });
    expect(cloud.unsupported).toEqual([]);
    expect(cloud.resources.get('Alarm')?.physicalId).toBe('analytics-health');
  });

  test('has a second subnet where the parameters name one, in the same zone', async () => {
    const parameters = { VpcId: 'vpc-1', SubnetId: 'subnet-1', AddressSubnetId: 'subnet-2' };
    const two = {
      ...template,
      Parameters: { ...template.Parameters, AddressSubnetId: { Type: 'String', Default: '' } },
      Resources: {
        ...template.Resources,
        Address: {
          ...template.Resources.Address,
          Properties: { SubnetId: { Ref: 'AddressSubnetId' } },
        },
      },
    };
    const other = await start(two, { parameters });
    try {
      const { endpoint, region, rootCredentials: credentials } = other;
      const client = new EC2Client({ endpoint, region, credentials });
      const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({}));
      expect(Subnets.map(({ SubnetId, CidrBlock }) => [SubnetId, CidrBlock])).toEqual([
        ['subnet-1', `${loopback}.0.0/24`],
        ['subnet-2', `${loopback}.3.0/24`],
      ]);
      expect(new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size).toBe(1);
      expect(other.outputs.Url).toMatch(/^http:\/\/127\.78\.3\.\d+$/);
    } finally {
      await other.stop();
    }
  });

  test('answers SDK clients over HTTP', async () => {
    const client = new EC2Client(configuration());
    const { NetworkInterfaces } = await client.send(new DescribeNetworkInterfacesCommand({}));
    expect(NetworkInterfaces).toMatchObject([
      {
        NetworkInterfaceId: cloud.resources.get('Address')?.physicalId,
        SubnetId: 'subnet-1',
        VpcId: 'vpc-1',
        TagSet: [
          { Key: 'cluster', Value: 'analytics' },
          { Key: 'aws:cloudformation:stack-name', Value: 'analytics' },
          { Key: 'aws:cloudformation:stack-id' },
          { Key: 'aws:cloudformation:logical-id', Value: 'Address' },
        ],
      },
    ]);
    expect(cloud.calls.at(-1)).toMatchObject({
      operation: 'DescribeNetworkInterfaces',
      principalArn: 'arn:aws:iam::123456789012:root',
    });
  });

  test('carries an alarm through its rule to the state machine and its function', async () => {
    const sfn = new SFNClient(configuration());
    await new CloudWatchClient(configuration()).send(
      new SetAlarmStateCommand({
        AlarmName: 'analytics-health',
        StateValue: 'ALARM',
        StateReason: 'Three bad samples.',
      }),
    );
    const output = await vi.waitFor(
      async () => {
        const { StateMachineArn: stateMachineArn } = cloud.outputs;
        const list = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
        const executionArn = list.executions?.[0]?.executionArn;
        const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        expect(execution.status).toBe('SUCCEEDED');
        return JSON.parse(execution.output ?? '') as { look: { key: string } };
      },
      { timeout: 100_000, interval: 20 },
    );
    expect(output).toMatchObject({
      count: 2,
      eni: cloud.resources.get('Address')?.physicalId,
      request: { source: 'aws.cloudwatch', detail: { state: { reason: 'Three bad samples.' } } },
      look: { key: expect.stringMatching(/^LOCALCLOUDKEY/), endpoint: cloud.endpoint },
    });
    expect(output.look.key).not.toBe(cloud.rootCredentials.accessKeyId);
    // With the function's credentials: what its role may, and no more.
    const credentials = { accessKeyId: output.look.key, secretAccessKey: 'secret' };
    const asFunction = new EC2Client({ ...configuration(), credentials });
    await asFunction.send(new DescribeNetworkInterfacesCommand({}));
    const eni = cloud.resources.get('Address')?.physicalId ?? '';
    const tagging = new CreateTagsCommand({ Resources: [eni], Tags: [{ Key: 'a', Value: 'b' }] });
    await expect(asFunction.send(tagging)).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: expect.stringMatching(
        /assumed-role\/.*is not authorized to perform: ec2:CreateTags/,
      ),
    });
    expect(cloud.calls.at(-1)).toMatchObject({
      operation: 'CreateTags',
      principalArn: cloud.roles.get(cloud.resources.get('LookRole')?.physicalId ?? '')?.arn,
      error: 'UnauthorizedOperation',
    });
  });

  test('boots machines with the user data of their launch template', async () => {
    await cloud.ec2.seedInstance({
      launchTemplateId: cloud.resources.get('Template')?.physicalId ?? '',
      launchTemplateVersion: '1',
      subnetId: 'subnet-1',
      tags: [],
      launchedSecondsAgo: 3600,
    });
    const address = cloud.outputs.Url?.replace('http://', '');
    expect(booted.at(-1)).toMatchObject({
      userData: `address=${address}`,
      guestAddress: expect.stringMatching(/^127\.78\.1\./),
      awsEndpoint: cloud.endpoint,
    });
  });

  test('keeps the roles’ policies readable', () => {
    const role = cloud.roles.get(cloud.resources.get('LookRole')?.physicalId ?? '');
    expect(role).toMatchObject({
      trust: { Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }] },
      policies: [{ policyName: 'look', document: { Statement: [{ Action: 'ec2:Describe*' }] } }],
    });
  });
});

describe('local cloud: what is wrong is said, and nothing is left running', () => {
  const without = (name: keyof typeof template.Resources) => {
    const { [name]: _left, ...resources } = template.Resources;
    return { ...template, Resources: resources };
  };
  const changed = (name: keyof typeof template.Resources, properties: object) => {
    const resource = template.Resources[name];
    const more = { ...resource, Properties: { ...resource.Properties, ...properties } };
    return { ...template, Resources: { ...template.Resources, [name]: more } };
  };

  test.each([
    [
      'a missing resource',
      without('LookRole'),
      {},
      'AWS::Lambda::Function Look refers to LookRole, which is neither a resource nor',
    ],
    [
      'a parameter out of its limits',
      template,
      { parameters: { VpcId: 'vpc-1', SubnetId: 'subnet-1', Count: '0' } },
      'Parameter Count is "0", but must be a number from 1 to 9.',
    ],
    [
      'a property that is not implemented',
      changed('Look', { ReservedConcurrentExecutions: 1 }),
      {},
      'AWS::Lambda::Function Look: the local cloud does not implement the property Reserved',
    ],
    [
      'code that was not synthesized',
      changed('Look', { Code: { S3Key: 'other.zip' } }),
      {},
      'its code other.zip is in no *.assets.json',
    ],
    [
      'a state machine that is none',
      changed('Machine', { DefinitionString: '{}' }),
      {},
      'The state machine definition has no States.',
    ],
    ['no synthesized folder', template, { assetsDirectory: '/none' }, 'Synthesize first.'],
  ])('%s', async (_what, broken, more, message) => {
    await expect(start(broken, { loopback: '127.79', ...more })).rejects.toThrow(message);
    const again = await start(template, { loopback: '127.79' });
    await again.stop();
  });

  test('a port in use', async () => {
    const taken = createServer().listen(port, '127.79.0.4');
    await new Promise((resolve) => taken.once('listening', resolve));
    await expect(start(template, { loopback: '127.79' })).rejects.toThrow(
      `Port in use: something already listens at 127.79.0.4:${port}`,
    );
    taken.close();
  });
});
