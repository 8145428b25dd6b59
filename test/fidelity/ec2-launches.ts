/** Launching a coordinator: launch templates, client tokens, capacity. */
import {
  DescribeInstanceStatusCommand,
  DescribeLaunchTemplateVersionsCommand,
  RunInstancesCommand,
  type RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { ServiceError } from '../../local-cloud/service.ts';
import { type Ec2Fixture, launchData, subnetId } from '../local-cloud/ec2/fixture.ts';
import {
  describeInstances,
  launch,
  launchRequest,
  stateOf,
  terminate,
} from '../local-cloud/ec2/steps.ts';
import { type Area, refused } from './row.ts';
import { onEc2 } from './worlds.ts';

export const ec2Launches: Area = {
  title: 'EC2, launching',
  file: 'test/fidelity/ec2-launches.ts',
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
      behaviour: 'launch template and call are merged; what the call says wins',
      source: 'EC2 API reference, RunInstances: LaunchTemplate',
      localCloud: 'The same; the instance also gets the two `aws:ec2launchtemplate` tags.',
      check: onEc2({}, async (fixture) => {
        const id = await launch(fixture, {
          InstanceType: 'm7g.xlarge',
          TagSpecifications: [
            { ResourceType: 'instance', Tags: [{ Key: 'cluster', Value: 'two' }] },
          ],
        });
        const [instance] = await describeInstances(fixture, [id]);
        expect(instance).toMatchObject({
          ImageId: launchData.ImageId,
          InstanceType: 'm7g.xlarge',
          SecurityGroups: [{ GroupId: 'sg-2' }],
          IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/box' },
          SubnetId: subnetId,
        });
        expect(instance?.Tags).toEqual(
          expect.arrayContaining([
            { Key: 'cluster', Value: 'two' },
            { Key: 'aws:ec2launchtemplate:id', Value: fixture.launchTemplateId },
            { Key: 'aws:ec2launchtemplate:version', Value: '1' },
          ]),
        );
      }),
    },
    {
      behaviour:
        'a launch template is named by id or name, with a version: `InvalidLaunchTemplateId.NotFound`, `InvalidLaunchTemplateName.NotFoundException`, `InvalidLaunchTemplateId.VersionNotFound`',
      source: 'EC2 API error codes',
      localCloud:
        'The same; a template has one version, 1, as after a first deployment. Both names at once: `InvalidParameterCombination`.',
      check: onEc2({}, async (fixture) => {
        const by = (LaunchTemplate: RunInstancesRequest['LaunchTemplate']) =>
          launch(fixture, { LaunchTemplate });
        const LaunchTemplateId = fixture.launchTemplateId;
        await refused(
          by({ LaunchTemplateId: 'lt-00000000000000000' }),
          'InvalidLaunchTemplateId.NotFound',
        );
        await refused(
          by({ LaunchTemplateName: 'none' }),
          'InvalidLaunchTemplateName.NotFoundException',
        );
        await refused(
          by({ LaunchTemplateId, Version: '2' }),
          'InvalidLaunchTemplateId.VersionNotFound',
        );
        const both = by({ LaunchTemplateId, LaunchTemplateName: 'template-1' });
        await refused(both, 'InvalidParameterCombination');
        for (const Version of ['1', '$Latest', '$Default']) {
          expect(await by({ LaunchTemplateId, Version })).toMatch(/^i-/);
        }
      }),
    },
    {
      behaviour: '`DescribeLaunchTemplateVersions` gives a version with its data',
      source: 'EC2 API reference, DescribeLaunchTemplateVersions',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const { LaunchTemplateVersions } = await fixture.client.send(
          new DescribeLaunchTemplateVersionsCommand({
            LaunchTemplateId: fixture.launchTemplateId,
            Versions: ['1'],
          }),
        );
        expect(LaunchTemplateVersions).toMatchObject([
          { VersionNumber: 1, DefaultVersion: true, LaunchTemplateData: launchData },
        ]);
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
        const long = launch(fixture, { ClientToken: 'x'.repeat(65) });
        await refused(long, 'InvalidParameterValue');
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
