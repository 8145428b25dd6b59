import { DescribeInstanceStatusCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test } from 'vitest';
import { type Ec2Fixture, ec2Fixture } from './fixture.ts';
import { describeInstances, launch, terminate } from './steps.ts';

let fixture: Ec2Fixture;
afterEach(() => fixture.ec2.stop());

describe('describes', () => {
  test('lag: they answer from a while ago', async () => {
    fixture = await ec2Fixture({ describeLag: 3_000 });
    const id = await launch(fixture);
    await expect(describeInstances(fixture, [id])).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
      message: `The instance ID '${id}' does not exist`,
    });
    await fixture.clock.advance(3_000);
    expect((await describeInstances(fixture, [id]))[0]?.State?.Name).toBe('running');
    await terminate(fixture, [id]);
    expect((await describeInstances(fixture, [id]))[0]?.State?.Name).toBe('running');
    await fixture.clock.advance(3_000);
    expect((await describeInstances(fixture, [id]))[0]?.State?.Name).toBe('terminated');
  });

  test('lag: what a drill was seeded with is there from the first moment', async () => {
    fixture = await ec2Fixture({ describeLag: 3_000 });
    const id = await fixture.seed();
    const instance = (await describeInstances(fixture, [id]))[0];
    expect(instance).toMatchObject({ State: { Name: 'running' } });
    expect(instance?.NetworkInterfaces).toHaveLength(1);
    expect(instance?.LaunchTime).toEqual(new Date(fixture.clock.now() - 3_600_000));
  });

  test('a terminated instance: described for an hour, without an address', async () => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    await terminate(fixture, [id]);
    await fixture.clock.advance(3_599_999);
    const instance = (await describeInstances(fixture, [id]))[0];
    expect(instance?.State).toEqual({ Code: 48, Name: 'terminated' });
    expect(instance?.PrivateIpAddress).toBeUndefined();
    expect(instance?.NetworkInterfaces).toEqual([]);
    await fixture.clock.advance(1);
    await expect(describeInstances(fixture, [id])).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    });
    expect(await describeInstances(fixture)).toEqual([]);
  });

  test.each([
    ['a tag', [{ Name: 'tag:slot', Values: ['2'] }], [1]],
    ['one of two values', [{ Name: 'tag:slot', Values: ['1', '2'] }], [0, 1]],
    ['a wildcard', [{ Name: 'tag:name', Values: ['coord*-?'] }], [0, 1]],
    ['no regular expression', [{ Name: 'tag:name', Values: ['coord.+'] }], []],
    ['a tag key', [{ Name: 'tag-key', Values: ['slot'] }], [0, 1]],
    ['a state', [{ Name: 'instance-state-name', Values: ['terminated'] }], [2]],
    [
      'both of two filters',
      [
        { Name: 'tag:slot', Values: ['1', '2'] },
        { Name: 'tag:name', Values: ['coordinator-b'] },
      ],
      [1],
    ],
    ['a tag key that every object has', [{ Name: 'tag:constructor', Values: ['*'] }], []],
  ])('filters: they choose (%s)', async (_what, Filters, chosen) => {
    fixture = await ec2Fixture();
    const ids = [
      await fixture.seed({
        tags: [
          { Key: 'slot', Value: '1' },
          { Key: 'name', Value: 'coordinator-a' },
        ],
      }),
      await fixture.seed({
        tags: [
          { Key: 'slot', Value: '2' },
          { Key: 'name', Value: 'coordinator-b' },
        ],
      }),
      await fixture.seed(),
    ];
    await terminate(fixture, ids.slice(2));
    const found = await describeInstances(fixture, undefined, Filters);
    expect(found.map(({ InstanceId }) => ids.indexOf(InstanceId ?? ''))).toEqual(chosen);
  });

  test('filters: an unknown one is refused by its name', async () => {
    fixture = await ec2Fixture();
    await fixture.seed();
    await expect(
      describeInstances(fixture, undefined, [{ Name: 'shoe-size', Values: ['9'] }]),
    ).rejects.toThrow("The filter 'shoe-size' is invalid");
  });

  test('pages: all instances come once', async () => {
    fixture = await ec2Fixture();
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.push(await fixture.seed());
    const found: (string | undefined)[] = [];
    let NextToken: string | undefined;
    const sizes: number[] = [];
    do {
      const page = await fixture.client.send(
        new DescribeInstancesCommand({ MaxResults: 5, NextToken }),
      );
      const instances = page.Reservations?.flatMap(({ Instances }) => Instances ?? []) ?? [];
      found.push(...instances.map(({ InstanceId }) => InstanceId));
      sizes.push(instances.length);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(sizes).toEqual([5, 5, 2]);
    expect(found).toEqual(ids);
  });

  test.each([
    [{ MaxResults: 4 }, 'InvalidParameterValue'],
    [{ NextToken: 'nonsense' }, 'InvalidParameterValue'],
    [{ MaxResults: 5, InstanceIds: ['i-00000000000000000'] }, 'InvalidParameterCombination'],
  ])('pages: a wrong one is refused (%j)', async (input, code) => {
    fixture = await ec2Fixture();
    await expect(fixture.client.send(new DescribeInstancesCommand(input))).rejects.toMatchObject({
      name: code,
    });
  });
});

test('status checks: cannot be filtered by tag, as in AWS', async () => {
  fixture = await ec2Fixture();
  const Filters = [{ Name: 'tag:slot', Values: ['1'] }];
  await expect(
    fixture.client.send(new DescribeInstanceStatusCommand({ Filters })),
  ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});
