/** What stands around the instances: subnets, instance types; and a describe without tags. */
import {
  type _InstanceType,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeSubnetsCommand,
  type DescribeSubnetsRequest,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { otherZoneSubnetId, subnetId } from '../local-cloud/ec2/fixture.ts';
import { type Area, refused } from './row.ts';
import { onEc2 } from './worlds.ts';

export const ec2Surroundings: Area = {
  title: 'EC2, subnets, instance types, filters of status checks',
  file: 'test/fidelity/ec2-surroundings.ts',
  rows: [
    {
      behaviour:
        '`DescribeSubnets`: zone, addresses, and how many are free: a /24 has 251, fewer with every interface; unknown ones: `InvalidSubnetID.NotFound`',
      source:
        'EC2 API reference, DescribeSubnets; VPC user guide, subnet sizing: AWS keeps five addresses',
      localCloud: 'The same, for subnets that the world was given.',
      check: onEc2({}, async (fixture) => {
        const subnets = async (input: DescribeSubnetsRequest) =>
          (await fixture.client.send(new DescribeSubnetsCommand(input))).Subnets ?? [];
        const zone = { AvailabilityZone: 'us-east-1a', CidrBlock: '127.40.0.0/24' };
        // One address is the fixture's.
        expect(await subnets({ SubnetIds: [subnetId] })).toMatchObject([
          { ...zone, AvailableIpAddressCount: 250 },
        ]);
        await fixture.seed();
        expect(await subnets({ SubnetIds: [subnetId] })).toMatchObject([
          { ...zone, AvailableIpAddressCount: 249 },
        ]);
        const other = await subnets({
          Filters: [{ Name: 'availability-zone', Values: ['us-east-1b'] }],
        });
        expect(other.map(({ SubnetId }) => SubnetId)).toEqual([otherZoneSubnetId]);
        await refused(subnets({ SubnetIds: ['subnet-none'] }), 'InvalidSubnetID.NotFound');
      }),
    },
    {
      behaviour:
        '`DescribeInstanceTypes`: how many interfaces a type takes, by its size; what is no type: `InvalidInstanceType`',
      source:
        'EC2 user guide, maximum network interfaces by instance type; API error codes, InvalidInstanceType',
      localCloud:
        'By size, for whatever looks like a type; nothing else of a type is described. At most 100 at once.',
      check: onEc2({}, async (fixture) => {
        const most = async (...names: string[]) => {
          const InstanceTypes = names as _InstanceType[];
          const command = new DescribeInstanceTypesCommand({ InstanceTypes });
          const answer = await fixture.client.send(command);
          return answer.InstanceTypes?.map((type) => type.NetworkInfo?.MaximumNetworkInterfaces);
        };
        expect(await most('t4g.micro', 't4g.large', 'm7i.xlarge')).toEqual([2, 3, 4]);
        await refused(most('large'), 'InvalidInstanceType');
        const many = Array.from({ length: 101 }, () => 't4g.large');
        await refused(most(...many), 'InvalidParameterValue');
      }),
    },
    {
      behaviour:
        '`DescribeInstanceStatus` cannot be filtered by tag, unlike the other describes: `InvalidParameterValue`',
      source: 'EC2 API reference, DescribeInstanceStatus: Filters',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        await fixture.seed();
        for (const Name of ['tag:slot', 'tag-key']) {
          const Filters = [{ Name, Values: ['1'] }];
          const status = fixture.client.send(new DescribeInstanceStatusCommand({ Filters }));
          await refused(status, 'InvalidParameterValue');
          await fixture.client.send(new DescribeInstancesCommand({ Filters }));
        }
      }),
    },
  ],
};
