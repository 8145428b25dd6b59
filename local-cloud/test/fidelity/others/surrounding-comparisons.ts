/** Calls on what stands around the instances, run against moto too. */
import {
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import type { Comparison } from './comparison.ts';

/** Small and large instance types. */
const someTypes = [
  't3.nano',
  't3.micro',
  't4g.small',
  't3.medium',
  't4g.large',
  't3.xlarge',
  't3.2xlarge',
  'm6g.medium',
  'm5.large',
  'm6g.xlarge',
  'm5.2xlarge',
  'm5.4xlarge',
  'r5.large',
  'r6g.xlarge',
  'r5.8xlarge',
  'c5.large',
  'c6g.2xlarge',
  'c5.9xlarge',
] as const;

export const surroundingComparisons: readonly Comparison[] = [
  {
    what: 'DescribeLaunchTemplateVersions',
    run: ({ ec2, launchTemplateId: LaunchTemplateId }) =>
      ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ['1'] })),
  },
  {
    what: 'DescribeSubnets by id',
    run: async ({ ec2, subnetId }) => {
      const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
      // Of the network, moto has another.
      return Subnets?.map(({ SubnetId, VpcId, AvailabilityZone, State }) => ({
        SubnetId,
        VpcId,
        AvailabilityZone,
        State,
      }));
    },
  },
  {
    what: 'DescribeSubnets by an id that does not exist',
    run: ({ ec2 }) =>
      ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-0123456789abcdef0'] })),
  },
  {
    what: 'DescribeInstanceTypes: how many interfaces each takes',
    run: async ({ ec2 }) => {
      const { InstanceTypes = [] } = await ec2.send(
        new DescribeInstanceTypesCommand({ InstanceTypes: [...someTypes] }),
      );
      return InstanceTypes.map(
        ({ InstanceType, NetworkInfo }) =>
          `${InstanceType}: ${NetworkInfo?.MaximumNetworkInterfaces}`,
      ).toSorted();
    },
  },
  {
    what: 'DescribeInstanceTypes of what is no type',
    run: ({ ec2 }) =>
      ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['large' as never] })),
  },
];
