import {
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
  type RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test } from 'vitest';
import { type Ec2Fixture, ec2Fixture, launchData, subnetId } from './fixture.ts';
import { describeInstances, launch, launchRequest, stateOf, terminate } from './steps.ts';

let fixture: Ec2Fixture;
afterEach(() => fixture.ec2.stop());

describe('RunInstances', () => {
  test('a launch: pending, running and booted in their time, with an event for each state', async () => {
    fixture = await ec2Fixture({ runInstancesToRunning: 10_000, guestBoot: 5_000 });
    const id = await launch(fixture);
    expect(stateOf(fixture, id)).toBe('pending');
    await fixture.clock.advance(9_999);
    expect(stateOf(fixture, id)).toBe('pending');
    await fixture.clock.advance(1);
    expect(stateOf(fixture, id)).toBe('running');
    expect(fixture.booted).toEqual([]);
    expect(await statusOf(id)).toBe('initializing');
    await fixture.clock.advance(5_000);
    expect(fixture.booted).toMatchObject([{ instanceId: id, userData: '#!/bin/sh\necho hello' }]);
    expect(await statusOf(id)).toBe('ok');
    expect(fixture.events.map((event) => event.detail)).toEqual([
      { 'instance-id': id, state: 'pending' },
      { 'instance-id': id, state: 'running' },
    ]);
    expect(fixture.events[0]).toMatchObject({
      source: 'aws.ec2',
      'detail-type': 'EC2 Instance State-change Notification',
      resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${id}`],
      time: '2025-11-23T17:04:00Z',
    });
  });

  test('a launch: template and call are merged, the call wins', async () => {
    fixture = await ec2Fixture();
    const id = await launch(fixture, {
      InstanceType: 'm7g.xlarge',
      TagSpecifications: [
        {
          ResourceType: 'instance',
          Tags: [
            { Key: 'cluster', Value: 'two' },
            { Key: 'slot', Value: '1' },
          ],
        },
      ],
    });
    const instance = (await describeInstances(fixture, [id]))[0];
    expect(instance).toMatchObject({
      ImageId: launchData.ImageId,
      InstanceType: 'm7g.xlarge',
      SecurityGroups: [{ GroupId: 'sg-2' }],
      IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/box' },
      PrivateIpAddress: '127.40.0.5',
      SubnetId: subnetId,
    });
    expect(instance?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'cluster', Value: 'two' },
        { Key: 'slot', Value: '1' },
        { Key: 'aws:ec2launchtemplate:id', Value: fixture.launchTemplateId },
      ]),
    );
  });

  test('several at once: each with an address of its own, in one reservation', async () => {
    fixture = await ec2Fixture();
    const { Instances: launched } = await fixture.client.send(
      new RunInstancesCommand({ ...launchRequest(fixture), MinCount: 3, MaxCount: 3 }),
    );
    expect(new Set(launched?.map(({ PrivateIpAddress }) => PrivateIpAddress)).size).toBe(3);
    const { Reservations } = await fixture.client.send(new DescribeInstancesCommand({}));
    expect(Reservations).toHaveLength(1);
  });

  test.each([
    [
      'an unknown template',
      { LaunchTemplate: { LaunchTemplateId: 'lt-00000000000000000' } },
      'InvalidLaunchTemplateId.NotFound',
    ],
    ['an unknown version', { version: '7' }, 'InvalidLaunchTemplateId.VersionNotFound'],
    ['an unknown subnet', { SubnetId: 'subnet-nowhere' }, 'InvalidSubnetID.NotFound'],
    ['no subnet', { SubnetId: undefined }, 'VPCIdNotSpecified'],
    ['a count of 0', { MinCount: 0 }, 'InvalidParameterValue'],
    ['a count of 1.5', { MaxCount: 1.5 }, 'InvalidParameterValue'],
    ['more at least than at most', { MinCount: 2 }, 'InvalidParameterValue'],
    ['a token of 65 characters', { ClientToken: 'x'.repeat(65) }, 'InvalidParameterValue'],
    [
      'a reserved tag',
      {
        TagSpecifications: [
          { ResourceType: 'instance' as const, Tags: [{ Key: 'aws:x', Value: '' }] },
        ],
      },
      'InvalidParameterValue',
    ],
    ['a parameter that is not implemented', { Ipv6AddressCount: 1 }, 'NotImplementedByLocalCloud'],
    ['DryRun', { DryRun: true }, 'DryRunOperation'],
  ])('a launch that is refused: nothing is launched (%s)', async (_what, wrong, code) => {
    fixture = await ec2Fixture();
    const { version = '1', ...changes } = wrong as {
      version?: string;
    } & Partial<RunInstancesRequest>;
    const input = {
      ...launchRequest(fixture),
      LaunchTemplate: { LaunchTemplateId: fixture.launchTemplateId, Version: version },
      ...changes,
    };
    await expect(fixture.client.send(new RunInstancesCommand(input))).rejects.toMatchObject({
      name: code,
    });
    expect(fixture.ec2.snapshot().instances).toEqual([]);
  });
});

describe('client tokens', () => {
  test('the same token and parameters: the same instance, also at the same moment', async () => {
    fixture = await ec2Fixture();
    const [first, second] = await Promise.all([
      launch(fixture, { ClientToken: 't' }),
      launch(fixture, { ClientToken: 't' }),
    ]);
    expect(second).toBe(first);
    expect(await launch(fixture, { ClientToken: 't' })).toBe(first);
    expect(fixture.ec2.snapshot().instances).toHaveLength(1);
  });

  test('the same token with other parameters: IdempotentParameterMismatch', async () => {
    fixture = await ec2Fixture();
    await launch(fixture, { ClientToken: 't' });
    await expect(
      launch(fixture, { ClientToken: 't', InstanceType: 't4g.small' }),
    ).rejects.toMatchObject({
      name: 'IdempotentParameterMismatch',
    });
  });

  test('the instance since terminated: IdempotentInstanceTerminated', async () => {
    fixture = await ec2Fixture();
    const id = await launch(fixture, { ClientToken: 't' });
    await terminate(fixture, [id]);
    await expect(launch(fixture, { ClientToken: 't' })).rejects.toMatchObject({
      name: 'IdempotentInstanceTerminated',
    });
  });

  test('a refused launch: its token is free again', async () => {
    fixture = await ec2Fixture();
    const wrong = launch(fixture, { ClientToken: 't', SubnetId: 'subnet-nowhere' });
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidSubnetID.NotFound' });
    await expect(launch(fixture, { ClientToken: 't' })).resolves.toMatch(/^i-/);
  });
});

async function statusOf(id: string): Promise<string | undefined> {
  const command = new DescribeInstanceStatusCommand({ InstanceIds: [id] });
  const { InstanceStatuses } = await fixture.client.send(command);
  return InstanceStatuses?.[0]?.InstanceStatus?.Status;
}
