/** DescribeInstances, DescribeInstanceStatus and TerminateInstances. */
import type {
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  DescribeInstancesRequest,
  DescribeInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import { type Operation, ServiceError } from '../../service/service.ts';
import { describeReservation, describeState } from '../describe.ts';
import {
  type FilterValues,
  filterParameters,
  matchesFilters,
  pageOf,
  pageParameters,
} from '../filters.ts';
import { operation, required } from '../operation.ts';
import {
  type Ec2State,
  type Instance,
  instancesOf,
  isVisible,
  visibleInstances,
} from '../state.ts';
import { shutDownInstance } from './lifecycle.ts';
import { statusOf } from './status-checks.ts';

const describeParameters = ['InstanceIds[]', ...filterParameters, ...pageParameters];

export function instanceOperations(ec2: Ec2State): Record<string, Operation> {
  return {
    DescribeInstances: operation<DescribeInstancesRequest>(describeParameters, (input) =>
      describeInstances(ec2, input),
    ),
    DescribeInstanceStatus: operation<DescribeInstanceStatusRequest>(
      [...describeParameters, 'IncludeAllInstances'],
      (input) => describeInstanceStatus(ec2, input),
    ),
    TerminateInstances: operation<TerminateInstancesRequest>(
      ['InstanceIds[]', 'Force', 'SkipOsShutdown'],
      (input) => terminateInstances(ec2, input),
    ),
  };
}

function describeInstances(
  ec2: Ec2State,
  input: DescribeInstancesRequest,
): DescribeInstancesResult {
  const time = ec2.describedTime();
  const found = described(ec2, input, time);
  const { items, NextToken } = pageOf(found, input);
  const networkInterfaces = ec2.networkInterfaces.allAsOf(time);
  const reservations = new Map<string, Instance[]>();
  for (const instance of items) {
    const others = reservations.get(instance.reservationId) ?? [];
    reservations.set(instance.reservationId, [...others, instance]);
  }
  return {
    Reservations: [...reservations.values()].map((instances) =>
      describeReservation(ec2, instances, networkInterfaces),
    ),
    NextToken,
  };
}

function describeInstanceStatus(
  ec2: Ec2State,
  input: DescribeInstanceStatusRequest,
): DescribeInstanceStatusResult {
  const { IncludeAllInstances: includeAll = false, ...rest } = input;
  for (const { Name = '' } of rest.Filters ?? []) {
    // API reference: DescribeInstanceStatus has no filters by tag.
    if (!Name.startsWith('tag')) continue;
    throw new ServiceError('InvalidParameterValue', `The filter '${Name}' is invalid`);
  }
  const found = described(ec2, rest, ec2.describedTime()).filter(
    ({ state }) => includeAll || state === 'running',
  );
  const { items, NextToken } = pageOf(found, input);
  return { InstanceStatuses: items.map(statusOf), NextToken };
}

/** The requested instances, as they were at that time. */
function described(ec2: Ec2State, input: DescribeInstancesRequest, time: number): Instance[] {
  const ids = input.InstanceIds ?? [];
  if (ids.length > 0 && input.MaxResults !== undefined) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'The parameter instancesSet cannot be used with the parameter maxResults',
    );
  }
  const known = ec2.instances.allAsOf(time).filter((instance) => isVisible(instance, time));
  const chosen = ids.length === 0 ? known : instancesOf(known, ids);
  return chosen.filter((instance) =>
    matchesFilters(input.Filters, instance.tags, filterValuesOf(instance)),
  );
}

function filterValuesOf(instance: Instance): FilterValues {
  return {
    'availability-zone': [instance.subnet.availabilityZone],
    'client-token': [instance.clientToken],
    'image-id': [instance.launchData.ImageId],
    'instance-id': [instance.instanceId],
    'instance-state-name': [instance.state],
    'instance-type': [instance.launchData.InstanceType],
    'private-ip-address': [instance.privateIpAddress],
    'reservation-id': [instance.reservationId],
    'subnet-id': [instance.subnet.subnetId],
    'vpc-id': [instance.subnet.vpcId],
  };
}

function terminateInstances(
  ec2: Ec2State,
  input: TerminateInstancesRequest,
): TerminateInstancesResult {
  const ids = required('InstanceIds', input.InstanceIds);
  if (ids.length === 0) required('InstanceIds', undefined);
  const instances = instancesOf(visibleInstances(ec2), ids);
  const isProtected = ({ launchData }: Instance) => launchData.DisableApiTermination === true;
  const protectedOnes = instances.filter(isProtected);
  // A protected instance saves all instances of its Availability Zone, no others (API reference).
  const savedZones = new Set(protectedOnes.map(({ subnet }) => subnet.availabilityZone));
  const doomed = instances.filter(({ subnet }) => !savedZones.has(subnet.availabilityZone));
  const quick = input.SkipOsShutdown === true;
  for (const { instanceId } of doomed) shutDownInstance(ec2, instanceId, quick);
  if (protectedOnes[0] !== undefined) {
    throw new ServiceError(
      'OperationNotPermitted',
      `The instance '${protectedOnes[0].instanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    );
  }
  return {
    TerminatingInstances: instances.map(({ instanceId, state }) => ({
      InstanceId: instanceId,
      PreviousState: describeState(state),
      CurrentState: describeState(state === 'terminated' ? 'terminated' : 'shutting-down'),
    })),
  };
}
