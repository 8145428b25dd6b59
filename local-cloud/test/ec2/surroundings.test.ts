import { DescribeInstanceTypesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Ec2Fixture, ec2Fixture, otherZoneSubnetId, subnetId } from './fixture.ts';

let fixture: Ec2Fixture;
beforeEach(async () => {
  fixture = await ec2Fixture();
});
afterEach(() => fixture.ec2.stop());

test('subnets: zone and free addresses, fewer with every interface', async () => {
  const free = async () => {
    const answer = await fixture.client.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
    expect(answer.Subnets).toHaveLength(1);
    expect(answer.Subnets?.[0]).toMatchObject({
      AvailabilityZone: 'us-east-1a',
      CidrBlock: '127.40.0.0/24',
    });
    return answer.Subnets?.[0]?.AvailableIpAddressCount;
  };
  // A /24 without the five that AWS keeps and the one interface of the fixture.
  expect(await free()).toBe(250);
  await fixture.seed();
  expect(await free()).toBe(249);
});

test('subnets: by filter, and an unknown one', async () => {
  const Filters = [{ Name: 'availability-zone', Values: ['us-east-1b'] }];
  const answer = await fixture.client.send(new DescribeSubnetsCommand({ Filters }));
  expect(answer.Subnets?.map(({ SubnetId }) => SubnetId)).toEqual([otherZoneSubnetId]);
  const unknown = new DescribeSubnetsCommand({ SubnetIds: ['subnet-none'] });
  await expect(fixture.client.send(unknown)).rejects.toMatchObject({
    name: 'InvalidSubnetID.NotFound',
  });
});

test('instance types: how many interfaces they take', async () => {
  const describe = new DescribeInstanceTypesCommand({ InstanceTypes: ['t4g.large', 'm7i.xlarge'] });
  const { InstanceTypes } = await fixture.client.send(describe);
  expect(
    InstanceTypes?.map((type) => [type.InstanceType, type.NetworkInfo?.MaximumNetworkInterfaces]),
  ).toEqual([
    ['t4g.large', 3],
    ['m7i.xlarge', 4],
  ]);
});
