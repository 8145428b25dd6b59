/** Instance types: how many interfaces each takes, as DescribeInstanceTypes tells. */
import type {
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { type Operation, ServiceError } from '../../service/service.ts';
import { operation, required } from '../operation.ts';

/** DescribeInstanceTypes takes at most 100 types by name in one call. */
const mostTypes = 100;

export function instanceTypeOperations(): Record<string, Operation> {
  return {
    DescribeInstanceTypes: operation<DescribeInstanceTypesRequest>(
      ['InstanceTypes[]'],
      (input): DescribeInstanceTypesResult => {
        const types = required('InstanceTypes', input.InstanceTypes);
        if (types.length > mostTypes) {
          throw new ServiceError(
            'InvalidParameterValue',
            `At most ${mostTypes} instance types can be described at once.`,
          );
        }
        return { InstanceTypes: [...new Set(types)].map(described) };
      },
    ),
  };
}

/** By size: EC2 user guide, table of interfaces per instance type. */
export function mostInterfaces(instanceType: string): number {
  const [family = '', size = ''] = instanceType.split('.');
  if (size === 'nano' || size === 'micro') return 2;
  if (size === 'medium' && !family.startsWith('t')) return 2;
  if (size === 'small' || size === 'medium' || size === 'large') return 3;
  return size === 'xlarge' || size === '2xlarge' ? 4 : 8;
}

function described(InstanceType: InstanceTypeInfo['InstanceType']): InstanceTypeInfo {
  if (!/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(InstanceType ?? '')) {
    throw new ServiceError(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${InstanceType}]`,
    );
  }
  return {
    InstanceType,
    NetworkInfo: { MaximumNetworkInterfaces: mostInterfaces(InstanceType ?? '') },
  };
}
