/** An instance that is stopped and started, its events, and its status checks. */
import {
  DescribeInstanceStatusCommand,
  type InstanceStatusSummary,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import type { Ec2Fixture } from '../../ec2/fixture.ts';
import { attach, attachmentOf, describeInstances, stateOf, terminate } from '../../ec2/steps.ts';
import { type Area, refused } from '../row.ts';
import { onEc2 } from '../worlds.ts';

export const ec2States: Area = {
  title: 'EC2, states and status checks',
  file: 'test/fidelity/ec2/states.ts',
  rows: [
    {
      behaviour:
        '`StopInstances`: `stopping`, `stopped`; address and interfaces stay with the instance',
      source:
        'EC2 user guide, stop and start instances; API reference, InstanceState: codes 64, 80',
      localCloud: 'The same; `osShutdown` (or `powerOff`), then `instanceStop`.',
      check: onEc2({ osShutdown: 20_000, instanceStop: 5_000 }, async (fixture) => {
        const id = await fixture.seed();
        await attach(fixture, id);
        const answer = await fixture.client.send(new StopInstancesCommand({ InstanceIds: [id] }));
        expect(answer.StoppingInstances?.[0]?.CurrentState).toEqual({ Code: 64, Name: 'stopping' });
        await fixture.clock.advance(24_999);
        expect(stateOf(fixture, id)).toBe('stopping');
        await fixture.clock.advance(1);
        expect(fixture.ended).toEqual([id]);
        const [stopped] = await describeInstances(fixture, [id]);
        expect(stopped).toMatchObject({
          State: { Code: 80, Name: 'stopped' },
          PrivateIpAddress: '127.40.0.5',
        });
        expect(attachmentOf(fixture)).toMatchObject({ instanceId: id, status: 'attached' });
      }),
    },
    {
      behaviour:
        '`StartInstances`: the same instance is pending and running again, with its address and interfaces',
      source: 'EC2 user guide, stop and start instances: a launch time of its own',
      localCloud: 'The same; on a new machine.',
      check: onEc2({ runInstancesToRunning: 8_000 }, async (fixture) => {
        const id = await fixture.seed();
        await attach(fixture, id);
        await fixture.client.send(new StopInstancesCommand({ InstanceIds: [id] }));
        await fixture.client.send(new StartInstancesCommand({ InstanceIds: [id] }));
        expect(stateOf(fixture, id)).toBe('pending');
        await fixture.clock.advance(8_000);
        expect(fixture.booted.map(({ instanceId }) => instanceId)).toEqual([id, id]);
        const [instance] = await describeInstances(fixture, [id]);
        expect(instance?.LaunchTime?.getTime()).toBe(fixture.clock.now() - 8_000);
        expect(attachmentOf(fixture)?.instanceId).toBe(id);
      }),
    },
    {
      behaviour:
        'what is on its way to the end is not stopped or started: `IncorrectInstanceState`; a stopped instance can be terminated',
      source: 'EC2 API error codes, IncorrectInstanceState',
      localCloud: 'The same.',
      check: onEc2({ instanceTermination: 5_000, osShutdown: 60_000 }, async (fixture) => {
        const [ending, stopping] = [await fixture.seed(), await fixture.seed()];
        await terminate(fixture, [ending]);
        const stop = (id: string) =>
          fixture.client.send(
            new StopInstancesCommand({ InstanceIds: [id], SkipOsShutdown: true }),
          );
        await refused(stop(ending), 'IncorrectInstanceState');
        const start = new StartInstancesCommand({ InstanceIds: [ending] });
        await refused(fixture.client.send(start), 'IncorrectInstanceState');
        await stop(stopping);
        await terminate(fixture, [stopping]);
        expect(stateOf(fixture, stopping)).toBe('shutting-down');
        await fixture.clock.advance(5_000);
        expect(stateOf(fixture, stopping)).toBe('terminated');
      }),
    },
    {
      behaviour:
        'every state is an event, `EC2 Instance State-change Notification`, whoever caused it; best effort',
      source: 'EC2 user guide, state change events; EventBridge user guide, delivery levels',
      localCloud: 'The same; sent once. Lost and duplicated ones are the bus’s `deliveries`.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        await fixture.client.send(new StopInstancesCommand({ InstanceIds: [id] }));
        await terminate(fixture, [id]);
        expect(fixture.events.map(({ detail }) => detail)).toEqual(
          ['stopping', 'stopped', 'shutting-down', 'terminated'].map((state) => ({
            'instance-id': id,
            state,
          })),
        );
        expect(fixture.events[0]).toMatchObject({
          source: 'aws.ec2',
          'detail-type': 'EC2 Instance State-change Notification',
          resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${id}`],
          time: '2025-11-23T17:04:00Z',
        });
      }),
    },
    {
      behaviour:
        '`DescribeInstanceStatus`: `impaired` only minutes after the operating system hangs, and `ok` minutes after it answers',
      source: 'EC2 user guide, status checks: "performed every minute". The delay is an estimate',
      localCloud: 'The same; `statusCheck` in both directions. The system check never fails.',
      check: onEc2({ statusCheck: 75_000 }, async (fixture) => {
        const id = await fixture.seed();
        expect(await checkOf(fixture, id)).toEqual({
          Status: 'ok',
          Details: [{ Name: 'reachability', Status: 'passed' }],
        });
        fixture.ec2.setResponding(id, false);
        await fixture.clock.advance(74_999);
        expect((await checkOf(fixture, id))?.Status).toBe('ok');
        await fixture.clock.advance(1);
        expect(await checkOf(fixture, id)).toMatchObject({
          Status: 'impaired',
          Details: [{ Status: 'failed', ImpairedSince: new Date(fixture.clock.now()) }],
        });
        fixture.ec2.setResponding(id, true);
        await fixture.clock.advance(75_000);
        expect((await checkOf(fixture, id))?.Status).toBe('ok');
      }),
    },
    {
      behaviour:
        'a hang between two checks is not seen; without `IncludeAllInstances` only running instances are described',
      source: 'EC2 user guide, status checks; API reference, DescribeInstanceStatus',
      localCloud: 'The same.',
      check: onEc2({ statusCheck: 75_000, instanceTermination: 60_000 }, async (fixture) => {
        const id = await fixture.seed();
        fixture.ec2.setResponding(id, false);
        await fixture.clock.advance(30_000);
        fixture.ec2.setResponding(id, true);
        await fixture.clock.advance(300_000);
        expect((await checkOf(fixture, id))?.Status).toBe('ok');
        await terminate(fixture, [id]);
        expect(await checkOf(fixture, id)).toBeUndefined();
        expect((await checkOf(fixture, id, true))?.Status).toBe('not-applicable');
      }),
    },
  ],
};

async function checkOf(
  { client }: Ec2Fixture,
  id: string,
  IncludeAllInstances?: boolean,
): Promise<InstanceStatusSummary | undefined> {
  const command = new DescribeInstanceStatusCommand({ InstanceIds: [id], IncludeAllInstances });
  return (await client.send(command)).InstanceStatuses?.[0]?.InstanceStatus;
}
