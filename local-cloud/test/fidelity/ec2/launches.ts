/** Launches: states, client tokens, capacity. */
import {
  DescribeInstanceStatusCommand,
  RunInstancesCommand,
  type RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { ServiceError } from '../../../service/service.ts';
import { type Ec2Fixture, otherZoneSubnetId, subnetId } from '../../ec2/fixture.ts';
import { describeInstances, launch, launchRequest, stateOf, terminate } from '../../ec2/steps.ts';
import { type Area, refused } from '../row.ts';
import { onEc2 } from '../worlds.ts';

export const ec2Launches: Area = {
  title: 'EC2, launching',
  file: 'test/fidelity/ec2/launches.ts',
  rows: [
    {
      behaviour:
        '`RunInstances`: `pending`, `running`, and only later does user data run and the status checks pass',
      source:
        'EC2 user guide, instance lifecycle. Measured by others: running after 6-23 s, reachable by ssh after 16-26 s',
      localCloud: 'The same; `runInstancesToRunning`, then `guestBoot`.',
      check: onEc2({ runInstancesToRunning: 10_000, guestBoot: 5_000 }, async (fixture) => {
        const id = await launch(fixture);
        await fixture.clock.advance(9_999);
        expect(stateOf(fixture, id)).toBe('pending');
        await fixture.clock.advance(1);
        expect(stateOf(fixture, id)).toBe('running');
        expect(await checkOf(fixture, id)).toBe('initializing');
        expect(fixture.booted).toEqual([]);
        await fixture.clock.advance(5_000);
        expect(fixture.booted).toMatchObject([
          { instanceId: id, userData: '#!/bin/sh\necho hello' },
        ]);
        expect(await checkOf(fixture, id)).toBe('ok');
      }),
    },
    {
      behaviour:
        'the same client token and parameters: the same instance and no other, also at the same moment',
      source: 'EC2 developer guide, ensuring idempotency',
      localCloud:
        'The same; a token is remembered for good (in AWS at least until it is terminated).',
      check: onEc2({}, async (fixture) => {
        const [first, second] = await Promise.all([
          launch(fixture, { ClientToken: 't' }),
          launch(fixture, { ClientToken: 't' }),
        ]);
        expect(second).toBe(first);
        expect(await launch(fixture, { ClientToken: 't' })).toBe(first);
        expect(fixture.ec2.snapshot().instances).toHaveLength(1);
      }),
    },
    {
      behaviour: 'the same client token with other parameters: `IdempotentParameterMismatch`',
      source: 'EC2 developer guide, ensuring idempotency; ubicloud pull request 5898 (the words)',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        await launch(fixture, { ClientToken: 't' });
        await refused(
          launch(fixture, { ClientToken: 't', InstanceType: 't4g.small' }),
          'IdempotentParameterMismatch',
          /^Arguments on this idempotent request are inconsistent/,
        );
      }),
    },
    {
      behaviour:
        'a client token is of its Availability Zone, which the subnet names: in another zone the same one launches another instance',
      source: 'EC2 developer guide, ensuring idempotency: zonal idempotency of RunInstances',
      localCloud: 'The same. A cluster has one zone, that of its address.',
      check: onEc2({}, async (fixture) => {
        const first = await launch(fixture, { ClientToken: 't' });
        const elsewhere = { ClientToken: 't', SubnetId: otherZoneSubnetId };
        const other = await launch(fixture, elsewhere);
        expect(other).not.toBe(first);
        expect(await launch(fixture, elsewhere)).toBe(other);
        expect(await launch(fixture, { ClientToken: 't' })).toBe(first);
      }),
    },
    {
      behaviour: 'the client token of an instance since terminated: `IdempotentInstanceTerminated`',
      source: 'boto3 issue 4406 (since 2025, with the words); EC2 API error codes',
      localCloud: 'The same, from `terminated` on; while shutting down the old instance is given.',
      check: onEc2({ instanceTermination: 5_000 }, async (fixture) => {
        const id = await launch(fixture, { ClientToken: 't' });
        await terminate(fixture, [id]);
        expect(await launch(fixture, { ClientToken: 't' })).toBe(id);
        await fixture.clock.advance(5_000);
        await refused(
          launch(fixture, { ClientToken: 't' }),
          'IdempotentInstanceTerminated',
          /associated with a terminated instance/,
        );
      }),
    },
    {
      behaviour: 'a launch that was refused has not used its client token',
      source:
        'EC2 developer guide, ensuring idempotency: a token belongs to a request that succeeded',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const wrong = launch(fixture, { ClientToken: 't', SubnetId: 'subnet-nowhere' });
        await refused(wrong, 'InvalidSubnetID.NotFound');
        expect(await launch(fixture, { ClientToken: 't' })).toMatch(/^i-/);
      }),
    },
    {
      behaviour: 'a client token has at most 64 ASCII characters',
      source: 'EC2 developer guide, ensuring idempotency',
      localCloud: 'The same; `InvalidParameterValue`.',
      check: onEc2({}, async (fixture) => {
        for (const wrong of ['x'.repeat(65), 'ü']) {
          await refused(launch(fixture, { ClientToken: wrong }), 'InvalidParameterValue');
        }
        expect(await launch(fixture, { ClientToken: 'x'.repeat(64) })).toMatch(/^i-/);
      }),
    },
    {
      behaviour: 'without capacity: `InsufficientInstanceCapacity`, a 500; it comes and goes',
      source: 'EC2 user guide, troubleshoot launch issues; API error codes (server errors)',
      localCloud:
        'The same, by the `faults` of calls: for as long as they say. By itself beyond 254 machines.',
      check: onEc2({}, async (fixture) => {
        const none = new ServiceError('InsufficientInstanceCapacity', 'We have none.', 500);
        let left = 2;
        fixture.faulty(({ operation }) => {
          if (operation !== 'RunInstances' || left === 0) return undefined;
          left -= 1;
          return { effect: 'none', error: none };
        });
        for (let tried = 0; tried < 2; tried += 1) {
          await expect(launch(fixture, { ClientToken: 't' })).rejects.toMatchObject({
            name: 'InsufficientInstanceCapacity',
            $metadata: { httpStatusCode: 500 },
          });
        }
        expect(await launch(fixture, { ClientToken: 't' })).toMatch(/^i-/);
        expect(fixture.ec2.snapshot().instances).toHaveLength(1);
      }),
    },
    {
      behaviour:
        'capacity is of an instance type: where one has none (`InsufficientInstanceCapacity`) or is not in the zone (`Unsupported`), another may be launched',
      source:
        'EC2 user guide, troubleshoot launch issues: "Insufficient instance capacity", "The requested configuration is currently not supported"',
      localCloud: 'The same, by the `faults` of calls, which see the `InstanceType` asked for.',
      check: onEc2({}, async (fixture) => {
        const faults = new Map([
          ['m7i.xlarge', new ServiceError('InsufficientInstanceCapacity', 'We have none.', 500)],
          ['m9x.xlarge', new ServiceError('Unsupported', 'It is not in this zone.')],
        ]);
        fixture.faulty(({ input }) => {
          const type = 'InstanceType' in input ? String(input.InstanceType) : '';
          const error = faults.get(type);
          return error && { effect: 'none', error };
        });
        await refused(
          launch(fixture, { InstanceType: 'm7i.xlarge' }),
          'InsufficientInstanceCapacity',
        );
        await refused(launch(fixture, { InstanceType: 'm9x.xlarge' as never }), 'Unsupported');
        const id = await launch(fixture, { InstanceType: 'm7g.xlarge' });
        const [instance] = await describeInstances(fixture, [id]);
        expect(instance?.InstanceType).toBe('m7g.xlarge');
      }),
    },
    {
      behaviour: 'several instances of one call are one reservation, each with its own address',
      source: 'EC2 API reference, RunInstances, Reservation',
      localCloud:
        'The same, up to 20. A subnet without free addresses: `InsufficientFreeAddressesInSubnet`.',
      check: onEc2({}, async (fixture) => {
        const answer = await fixture.client.send(
          new RunInstancesCommand({ ...launchRequest(fixture), MinCount: 3, MaxCount: 3 }),
        );
        const addresses = answer.Instances?.map(({ PrivateIpAddress }) => PrivateIpAddress);
        expect(new Set(addresses).size).toBe(3);
        for (let count = 0; count < 247; count += 1) await another(fixture);
        await refused(launch(fixture), 'InsufficientFreeAddressesInSubnet');
      }),
    },
    {
      behaviour:
        'counts below 1 or not whole, no subnet or one that does not exist (`InvalidSubnetID.NotFound`), reserved tags, an unknown profile are refused, and nothing is launched',
      source: 'EC2 API reference, RunInstances; API error codes',
      localCloud:
        'The same: `InvalidParameterValue`, `VPCIdNotSpecified` (there is no default VPC), `MissingParameter`.',
      check: onEc2({}, async (fixture) => {
        const reserved = [
          { ResourceType: 'instance' as const, Tags: [{ Key: 'aws:x', Value: '' }] },
        ];
        const wrong: [Partial<RunInstancesRequest>, string][] = [
          [{ MinCount: 0 }, 'InvalidParameterValue'],
          [{ MaxCount: 1.5 }, 'InvalidParameterValue'],
          [{ MinCount: 2 }, 'InvalidParameterValue'],
          [{ SubnetId: undefined }, 'VPCIdNotSpecified'],
          [{ SubnetId: 'subnet-00000000000000009' }, 'InvalidSubnetID.NotFound'],
          [{ TagSpecifications: reserved }, 'InvalidParameterValue'],
          [{ IamInstanceProfile: { Name: 'nobody' } }, 'InvalidParameterValue'],
          [{ LaunchTemplate: undefined }, 'MissingParameter'],
        ];
        for (const [changes, code] of wrong) await refused(launch(fixture, changes), code);
        expect(fixture.ec2.snapshot().instances).toEqual([]);
      }),
    },
  ],
};

async function another({ ec2 }: Ec2Fixture): Promise<void> {
  await ec2.createNetworkInterface({ subnetId, groups: [], description: '', tags: [] });
}

async function checkOf({ client }: Ec2Fixture, id: string): Promise<string | undefined> {
  const command = new DescribeInstanceStatusCommand({ InstanceIds: [id] });
  return (await client.send(command)).InstanceStatuses?.[0]?.InstanceStatus?.Status;
}
