/** What EC2 says of itself: lag, filters, pages, tags, dry runs. */
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  type DescribeInstancesRequest,
  DescribeNetworkInterfacesCommand,
  type Filter,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import type { Ec2Fixture } from '../../ec2/fixture.ts';
import {
  attach,
  describeAddress,
  describeInstances,
  detach,
  launch,
  launchRequest,
  stateOf,
  terminate,
} from '../../ec2/steps.ts';
import { type Area, refused } from '../row.ts';
import { onEc2 } from '../worlds.ts';

export const ec2Describes: Area = {
  title: 'EC2, describing and tagging',
  file: 'test/fidelity/ec2/describes.ts',
  rows: [
    {
      behaviour:
        'describes are eventually consistent: a new instance may not be found yet, a change shows late',
      source:
        'EC2 developer guide, eventual consistency; boto3 issue 4386 (the old state right after its event)',
      localCloud:
        'The same; every `DescribeInstances` and `DescribeInstanceStatus` answers from `describeLag` ago.',
      check: onEc2({ describeLag: 3_000 }, async (fixture) => {
        const id = await launch(fixture);
        await refused(
          describeInstances(fixture, [id]),
          'InvalidInstanceID.NotFound',
          /^The instance ID 'i-[0-9a-f]{17}' does not exist$/,
        );
        await fixture.clock.advance(3_000);
        expect((await describeInstances(fixture, [id]))[0]?.State?.Name).toBe('running');
        await terminate(fixture, [id]);
        expect((await describeInstances(fixture, [id]))[0]?.State?.Name).toBe('running');
        expect(await statusOf(fixture)).toEqual(['ok']);
        await fixture.clock.advance(3_000);
        expect((await describeInstances(fixture, [id]))[0]?.State?.Name).toBe('terminated');
        expect(await statusOf(fixture)).toEqual([]);
      }),
    },
    {
      behaviour: 'two describes may disagree, and the later one may be the older one',
      source: 'EC2 developer guide, eventual consistency: no order is promised',
      localCloud: 'The same: the lag is drawn for each describe.',
      check: async () => {
        const lags = [0, 8_000];
        const overrides = {
          latencies: (name: string) => (name === 'describeLag' ? (lags.shift() ?? 0) : 0),
        };
        await onEc2(
          {},
          async (fixture) => {
            const id = await fixture.seed();
            await fixture.clock.advance(10_000);
            await terminate(fixture, [id]);
            expect((await describeInstances(fixture, [id]))[0]?.State?.Name).toBe('terminated');
            expect((await describeInstances(fixture, [id]))[0]?.State?.Name).toBe('running');
          },
          overrides,
        )();
      },
    },
    {
      behaviour:
        'so it is with interfaces: `DescribeNetworkInterfaces` shows a detachment late, and `DescribeInstances` an attachment',
      source: 'EC2 developer guide, eventual consistency',
      localCloud: 'The same.',
      check: onEc2({ describeLag: 3_000 }, async (fixture) => {
        const id = await fixture.seed();
        const attachmentId = await attach(fixture, id);
        const interfaces = async () =>
          (await describeInstances(fixture, [id]))[0]?.NetworkInterfaces;
        expect(await interfaces()).toHaveLength(1);
        await fixture.clock.advance(3_000);
        expect(await interfaces()).toHaveLength(2);
        await detach(fixture, attachmentId, true);
        expect((await describeAddress(fixture))?.Status).toBe('in-use');
        await fixture.clock.advance(3_000);
        expect((await describeAddress(fixture))?.Status).toBe('available');
      }),
    },
    {
      behaviour: 'calls that change something see the world as it is',
      source:
        'Inferred: attachments are refused while an interface is in use, whatever a describe says. The failover rests on it',
      localCloud: 'The same.',
      check: onEc2({ describeLag: 3_000 }, async (fixture) => {
        const id = await fixture.seed();
        await attach(fixture, id);
        expect((await describeAddress(fixture))?.Status).toBe('available');
        await refused(attach(fixture, await fixture.seed()), 'InvalidNetworkInterface.InUse');
      }),
    },
    {
      behaviour:
        'filters: all must match, one value of each is enough, `*` and `?` are wildcards unless a backslash stands before them, case counts',
      source:
        'EC2 user guide, list and filter resources; API reference, DescribeInstances: Filters',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const ids = [
          await seedTagged(fixture, { slot: '1', name: 'coordinator-a' }),
          await seedTagged(fixture, { slot: '2', name: 'coordinator-b', sign: 'a*b\\' }),
          await fixture.seed(),
        ];
        await terminate(fixture, ids.slice(2));
        const cases: [Filter[], number[]][] = [
          [[filter('tag:slot', '2')], [1]],
          [[filter('tag:slot', '1', '2')], [0, 1]],
          [[filter('tag:slot', '1', '2'), filter('tag:name', 'coordinator-b')], [1]],
          [[filter('tag:name', 'coord*-?')], [0, 1]],
          [[filter('tag:name', 'coord.+')], []],
          [[filter('tag:name', 'coordinator.a')], []],
          [[filter('tag:name', 'coordinator-\\?')], []],
          [[filter('tag:sign', 'a\\*b\\\\')], [1]],
          [[filter('tag:sign', 'a\\?b\\\\')], []],
          [[filter('tag:name', 'Coordinator-a')], []],
          [[filter('tag-key', 'slot')], [0, 1]],
          [[filter('tag:constructor', '*')], []],
          [[filter('instance-state-name', 'terminated')], [2]],
          [[filter('instance-id', ids[1] ?? '')], [1]],
        ];
        for (const [Filters, chosen] of cases) {
          const found = await describeInstances(fixture, undefined, Filters);
          expect(found.map(({ InstanceId }) => ids.indexOf(InstanceId ?? ''))).toEqual(chosen);
        }
      }),
    },
    {
      behaviour: 'an id in a filter that does not exist is no error: the answer is empty',
      source: 'EC2 API reference, DescribeInstances: Filters, instance-id',
      localCloud: 'The same. The handlers look up single instances so.',
      check: onEc2({}, async (fixture) => {
        const Filters = [filter('instance-id', 'i-00000000000000000')];
        expect(await describeInstances(fixture, undefined, Filters)).toEqual([]);
      }),
    },
    {
      behaviour: 'interfaces can be filtered by status, attachment and tag',
      source: 'EC2 API reference, DescribeNetworkInterfaces: Filters',
      localCloud:
        'The same, for some ten filters. A filter that the local cloud does not know is refused with `InvalidParameterValue`, as one that EC2 does not know.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        const count = async (...Filters: Filter[]) => {
          const command = new DescribeNetworkInterfacesCommand({ Filters });
          return (await fixture.client.send(command)).NetworkInterfaces?.length;
        };
        expect(await count(filter('status', 'available'))).toBe(1);
        expect(await count(filter('attachment.instance-id', id))).toBe(1);
        expect(await count(filter('network-interface-id', 'eni-*'))).toBe(2);
        expect(await count(filter('tag:Name', 'address'))).toBe(1);
        await refused(count(filter('shoe-size', '9')), 'InvalidParameterValue', /'shoe-size'/);
      }),
    },
    {
      behaviour:
        'pages: `MaxResults` from 5 to 1000 with `NextToken`; not together with ids (`InvalidParameterCombination`)',
      source: 'EC2 API reference, DescribeInstances: MaxResults',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const ids: string[] = [];
        for (let count = 0; count < 12; count += 1) ids.push(await fixture.seed());
        const page = async (input: DescribeInstancesRequest) => {
          const answer = await fixture.client.send(new DescribeInstancesCommand(input));
          const found = answer.Reservations?.flatMap(({ Instances = [] }) => Instances) ?? [];
          return { found: found.map(({ InstanceId }) => InstanceId), next: answer.NextToken };
        };
        const first = await page({ MaxResults: 5 });
        const second = await page({ MaxResults: 5, NextToken: first.next });
        const third = await page({ MaxResults: 5, NextToken: second.next });
        expect([...first.found, ...second.found, ...third.found]).toEqual(ids);
        expect(third.next).toBeUndefined();
        await refused(page({ MaxResults: 4 }), 'InvalidParameterValue');
        await refused(page({ NextToken: 'nonsense' }), 'InvalidParameterValue');
        const both = page({ MaxResults: 5, InstanceIds: ids.slice(0, 1) });
        await refused(both, 'InvalidParameterCombination');
        const interfaces = { MaxResults: 5, NetworkInterfaceIds: [fixture.networkInterfaceId] };
        const these = fixture.client.send(new DescribeNetworkInterfacesCommand(interfaces));
        await refused(these, 'InvalidParameterCombination');
      }),
    },
    {
      behaviour:
        'a dry run answers `DryRunOperation` (412) when the call would be allowed, and does nothing',
      source: 'EC2 API reference, common parameters: DryRun',
      localCloud: 'The same; who may not call is told `UnauthorizedOperation`, as without.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        const commands = [
          new TerminateInstancesCommand({ InstanceIds: [id], DryRun: true }),
          new RunInstancesCommand({ ...launchRequest(fixture), DryRun: true }),
        ];
        for (const command of commands) {
          await expect(
            fixture.client.send(command as TerminateInstancesCommand),
          ).rejects.toMatchObject({
            name: 'DryRunOperation',
            message: 'Request would have succeeded, but DryRun flag is set.',
            $metadata: { httpStatusCode: 412 },
          });
        }
        expect(stateOf(fixture, id)).toBe('running');
        expect(fixture.ec2.snapshot().instances).toHaveLength(1);
      }),
    },
    {
      behaviour:
        '`CreateTags` adds and replaces, `DeleteTags` deletes a key (with a value: only that value), on several resources at once',
      source: 'EC2 API reference, CreateTags, DeleteTags',
      localCloud: 'The same, for instances, interfaces and launch templates.',
      check: onEc2({}, async (fixture) => {
        const Resources = [await fixture.seed(), fixture.networkInterfaceId];
        const tagged = (Value?: string) => ({ Resources, Tags: [{ Key: 'retired', Value }] });
        await fixture.client.send(new CreateTagsCommand(tagged('by this')));
        await fixture.client.send(new CreateTagsCommand(tagged('by that')));
        expect(tagsOf(fixture)).toEqual([
          { ...templateTags(fixture), retired: 'by that' },
          { Name: 'address', retired: 'by that' },
        ]);
        await fixture.client.send(new DeleteTagsCommand(tagged('by this')));
        expect(tagsOf(fixture)[1]).toMatchObject({ retired: 'by that' });
        await fixture.client.send(new DeleteTagsCommand(tagged()));
        expect(tagsOf(fixture)).toEqual([templateTags(fixture), { Name: 'address' }]);
      }),
    },
    {
      behaviour:
        'a tag’s key has 1-128 characters and does not begin with `aws:`, its value up to 256; 50 tags a resource (`TagLimitExceeded`); one wrong resource, and nothing is tagged',
      source: 'EC2 user guide, tag restrictions; API error codes',
      localCloud: 'The same; `InvalidParameterValue`, for ids of another kind `InvalidID`.',
      check: onEc2({}, async (fixture) => {
        const create = (key: string, value: string, more: string[] = []) => {
          const Resources = [fixture.networkInterfaceId, ...more];
          const Tags = [{ Key: key, Value: value }];
          return fixture.client.send(new CreateTagsCommand({ Resources, Tags }));
        };
        await refused(create('aws:x', ''), 'InvalidParameterValue');
        await refused(create('x'.repeat(129), ''), 'InvalidParameterValue');
        await refused(create('x', 'x'.repeat(257)), 'InvalidParameterValue');
        await refused(create('x', '', ['vol-1']), 'InvalidID');
        await refused(create('x', '', ['i-00000000000000000']), 'InvalidInstanceID.NotFound');
        const Tags = Array.from({ length: 50 }, (_unused, index) => ({
          Key: `k${index}`,
          Value: '',
        }));
        const many = new CreateTagsCommand({ Resources: [fixture.networkInterfaceId], Tags });
        await refused(fixture.client.send(many), 'TagLimitExceeded');
        expect(tagsOf(fixture)[0]).toEqual({ Name: 'address' });
      }),
    },
  ],
};

function filter(Name: string, ...Values: string[]): Filter {
  return { Name, Values };
}

async function statusOf({ client }: Ec2Fixture): Promise<(string | undefined)[]> {
  const { InstanceStatuses } = await client.send(new DescribeInstanceStatusCommand({}));
  return InstanceStatuses?.map(({ InstanceStatus }) => InstanceStatus?.Status) ?? [];
}

function seedTagged(fixture: Ec2Fixture, tags: Readonly<Record<string, string>>): Promise<string> {
  return fixture.seed({ tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) });
}

function tagsOf({ ec2 }: Ec2Fixture): Readonly<Record<string, string>>[] {
  const { instances, networkInterfaces } = ec2.snapshot();
  return [
    ...instances.map(({ tags }) => tags),
    ...networkInterfaces.slice(0, 1).map(({ tags }) => tags),
  ];
}

function templateTags({ launchTemplateId }: Ec2Fixture) {
  return {
    cluster: 'one',
    'aws:ec2launchtemplate:id': launchTemplateId,
    'aws:ec2launchtemplate:version': '1',
  };
}
