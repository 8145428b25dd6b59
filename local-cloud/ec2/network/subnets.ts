/** DescribeSubnets. */
import type {
  Subnet as ApiSubnet,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
} from '@aws-sdk/client-ec2';
import type { Operation } from '../../service/service.ts';
import { filterParameters, matchesFilters, pageOf, pageParameters } from '../filters.ts';
import { operation } from '../operation.ts';
import { type Ec2State, subnetOf } from '../state.ts';
import type { Subnet } from '../types.ts';

export function subnetOperations(ec2: Ec2State): Record<string, Operation> {
  return {
    DescribeSubnets: operation<DescribeSubnetsRequest>(
      ['SubnetIds[]', ...filterParameters, ...pageParameters],
      (input): DescribeSubnetsResult => {
        const ids = input.SubnetIds ?? [];
        const chosen =
          ids.length === 0
            ? [...ec2.subnets.values()]
            : [...new Set(ids)].map((id) => subnetOf(ec2, id));
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
        return { Subnets: items.map((subnet) => described(ec2, subnet)), NextToken };
      },
    ),
  };
}

function described(ec2: Ec2State, subnet: Subnet): ApiSubnet {
  return {
    SubnetId: subnet.subnetId,
    VpcId: subnet.vpcId,
    AvailabilityZone: subnet.availabilityZone,
    CidrBlock: subnet.cidrBlock,
    AvailableIpAddressCount: ec2.addresses.freeIn(subnet),
    State: 'available',
    OwnerId: ec2.options.accountId,
  };
}
