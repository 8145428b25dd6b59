/** DescribeSubnets. */
import type {
  Subnet as ApiSubnet,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
} from '@aws-sdk/client-ec2';
import type { Operation } from '../../service/service.ts';
import { filterParameters, matchesFilters, pageOf, pageParameters } from '../filters.ts';
import { operation } from '../operation.ts';
import { subnetOf, type World } from '../state.ts';
import type { Subnet } from '../types.ts';

export function subnetOperations(world: World): Record<string, Operation> {
  return {
    DescribeSubnets: operation<DescribeSubnetsRequest>(
      ['SubnetIds[]', ...filterParameters, ...pageParameters],
      (input): DescribeSubnetsResult => {
        const ids = input.SubnetIds ?? [];
        const chosen =
          ids.length === 0
            ? [...world.subnets.values()]
            : [...new Set(ids)].map((id) => subnetOf(world, id));
        const found = chosen.filter((subnet) =>
          matchesFilters(
            input.Filters,
            {},
            {
              'availability-zone': [subnet.availabilityZone],
              'subnet-id': [subnet.subnetId],
              'vpc-id': [subnet.vpcId],
            },
          ),
        );
        const { items, NextToken } = pageOf(found, input);
        return { Subnets: items.map((subnet) => described(world, subnet)), NextToken };
      },
    ),
  };
}

function described(world: World, subnet: Subnet): ApiSubnet {
  return {
    SubnetId: subnet.subnetId,
    VpcId: subnet.vpcId,
    AvailabilityZone: subnet.availabilityZone,
    CidrBlock: subnet.cidrBlock,
    AvailableIpAddressCount: world.addresses.freeIn(subnet),
    State: 'available',
    OwnerId: world.options.accountId,
  };
}
