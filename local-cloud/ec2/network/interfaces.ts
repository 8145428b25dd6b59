/** The operations on network interfaces. */
import type {
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  DetachNetworkInterfaceRequest,
  ModifyNetworkInterfaceAttributeRequest,
} from '@aws-sdk/client-ec2';
import { type Operation, ServiceError } from '../../service/service.ts';
import { describeNetworkInterface, interfaceStatus } from '../describe.ts';
import {
  type FilterValues,
  filterParameters,
  matchesFilters,
  pageOf,
  pageParameters,
} from '../filters.ts';
import { mostInterfaces } from '../instances/instance-types.ts';
import { invalidValue, operation, required } from '../operation.ts';
import {
  attachedTo,
  type Ec2State,
  type Instance,
  instancesOf,
  type NetworkInterface,
  networkInterfacesOf,
  visibleInstances,
} from '../state.ts';
import { beginAttachment, beginDetachment, holderOf } from './attachments.ts';

export function networkInterfaceOperations(ec2: Ec2State): Record<string, Operation> {
  return {
    DescribeNetworkInterfaces: operation<DescribeNetworkInterfacesRequest>(
      ['NetworkInterfaceIds[]', ...filterParameters, ...pageParameters],
      (input) => describeNetworkInterfaces(ec2, input),
    ),
    AttachNetworkInterface: operation<AttachNetworkInterfaceRequest>(
      ['NetworkInterfaceId', 'InstanceId', 'DeviceIndex', 'NetworkCardIndex'],
      (input) => attach(ec2, input),
    ),
    DetachNetworkInterface: operation<DetachNetworkInterfaceRequest>(
      ['AttachmentId', 'Force'],
      (input) => detach(ec2, input),
    ),
    ModifyNetworkInterfaceAttribute: operation<ModifyNetworkInterfaceAttributeRequest>(
      ['NetworkInterfaceId', 'Attachment.AttachmentId', 'Attachment.DeleteOnTermination'],
      (input) => modify(ec2, input),
    ),
  };
}

function describeNetworkInterfaces(
  ec2: Ec2State,
  input: DescribeNetworkInterfacesRequest,
): DescribeNetworkInterfacesResult {
  const ids = input.NetworkInterfaceIds ?? [];
  if (ids.length > 0 && input.MaxResults !== undefined) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'The parameter networkInterfaceIds cannot be used with the parameter maxResults',
    );
  }
  const known = ec2.networkInterfaces.allAsOf(ec2.describedTime());
  const chosen = ids.length === 0 ? known : networkInterfacesOf(known, ids);
  const found = chosen.filter((networkInterface) =>
    matchesFilters(input.Filters, networkInterface.tags, filterValuesOf(networkInterface)),
  );
  const { items, NextToken } = pageOf(found, input);
  return {
    NetworkInterfaces: items.map((item) => describeNetworkInterface(ec2, item)),
    NextToken,
  };
}

function filterValuesOf(networkInterface: NetworkInterface): FilterValues {
  const { attachment, subnet } = networkInterface;
  return {
    'attachment.attachment-id': [attachment?.attachmentId],
    'attachment.instance-id': [attachment?.instanceId],
    'attachment.status': [attachment?.status],
    'availability-zone': [subnet.availabilityZone],
    'network-interface-id': [networkInterface.networkInterfaceId],
    'private-ip-address': [networkInterface.privateIpAddress],
    status: [interfaceStatus(networkInterface)],
    'subnet-id': [subnet.subnetId],
    'vpc-id': [subnet.vpcId],
  };
}

function attach(ec2: Ec2State, input: AttachNetworkInterfaceRequest): AttachNetworkInterfaceResult {
  const id = required('NetworkInterfaceId', input.NetworkInterfaceId);
  const instanceId = required('InstanceId', input.InstanceId);
  const deviceIndex = required('DeviceIndex', input.DeviceIndex);
  if (!Number.isInteger(deviceIndex) || deviceIndex < 1 || deviceIndex > 15) {
    throw invalidValue('deviceIndex', deviceIndex, 'Expected a whole number from 1 to 15.');
  }
  if (input.NetworkCardIndex !== undefined && input.NetworkCardIndex !== 0) {
    throw invalidValue('networkCardIndex', input.NetworkCardIndex, 'Expected 0: the only card.');
  }
  const [networkInterface] = networkInterfacesOf(ec2.networkInterfaces.all(), [id]);
  const [instance] = instancesOf(visibleInstances(ec2), [instanceId]);
  if (networkInterface !== undefined && instance !== undefined) {
    requireAttachable(ec2, networkInterface, instance, deviceIndex);
  }
  const AttachmentId = beginAttachment(ec2, id, instanceId, deviceIndex);
  return { AttachmentId, NetworkCardIndex: 0 };
}

function requireAttachable(
  ec2: Ec2State,
  networkInterface: NetworkInterface,
  instance: Instance,
  deviceIndex: number,
): void {
  const { networkInterfaceId, attachment, subnet } = networkInterface;
  const { instanceId } = instance;
  if (attachment !== undefined) {
    throw new ServiceError(
      'InvalidNetworkInterface.InUse',
      `Interface: [${networkInterfaceId}] in use.`,
    );
  }
  // Not while pending, stopping, shutting down or terminated; for a volume EC2 says it in these words.
  if (instance.state !== 'running' && instance.state !== 'stopped') {
    throw new ServiceError('IncorrectState', `Instance '${instanceId}' is not 'running'.`);
  }
  if (subnet.availabilityZone !== instance.subnet.availabilityZone) {
    throw new ServiceError(
      'InvalidParameterValue',
      `The network interface '${networkInterfaceId}' is in the Availability Zone ${subnet.availabilityZone}, the instance '${instanceId}' in ${instance.subnet.availabilityZone}.`,
    );
  }
  const attached = attachedTo(ec2.networkInterfaces.all(), instanceId);
  if (attached.some((other) => other.attachment?.deviceIndex === deviceIndex)) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Instance '${instanceId}' already has an interface attached at device index '${deviceIndex}'.`,
    );
  }
  const instanceType = instance.launchData.InstanceType ?? '';
  if (attached.length >= mostInterfaces(instanceType)) {
    throw new ServiceError(
      'AttachmentLimitExceeded',
      `Interface count ${attached.length + 1} exceeds the limit for ${instanceType}`,
    );
  }
}

function detach(ec2: Ec2State, input: DetachNetworkInterfaceRequest): object {
  const attachmentId = required('AttachmentId', input.AttachmentId);
  const force = input.Force === true;
  const { attachment } = requireHolder(ec2, attachmentId);
  if (attachment?.deviceIndex === 0) {
    throw new ServiceError(
      'OperationNotPermitted',
      'The network interface at device index 0 and networkCard index 0 cannot be detached.',
    );
  }
  // Force may repeat a detachment that is under way.
  if (attachment?.status === 'detaching' && !force) {
    throw new ServiceError(
      'IncorrectState',
      `The attachment '${attachmentId}' is already being detached.`,
    );
  }
  const delayMs = ec2.options.latencies(force ? 'eniForceDetach' : 'eniDetach');
  beginDetachment(ec2, attachmentId, delayMs);
  return {};
}

function modify(ec2: Ec2State, input: ModifyNetworkInterfaceAttributeRequest): object {
  const id = required('NetworkInterfaceId', input.NetworkInterfaceId);
  const changes = required('Attachment', input.Attachment);
  const attachmentId = required('Attachment.AttachmentId', changes.AttachmentId);
  const deleteOnTermination = required(
    'Attachment.DeleteOnTermination',
    changes.DeleteOnTermination,
  );
  const [networkInterface] = networkInterfacesOf(ec2.networkInterfaces.all(), [id]);
  const { attachment } = requireHolder(ec2, attachmentId, networkInterface);
  if (attachment !== undefined) {
    ec2.networkInterfaces.change(id, { attachment: { ...attachment, deleteOnTermination } });
  }
  return {};
}

/** The interface with that attachment; with `only`, that interface and no other. */
function requireHolder(
  ec2: Ec2State,
  attachmentId: string,
  only?: NetworkInterface,
): NetworkInterface {
  const holder = holderOf(ec2, attachmentId);
  const isWanted = only === undefined || holder?.networkInterfaceId === only.networkInterfaceId;
  if (holder !== undefined && isWanted) return holder;
  throw new ServiceError(
    'InvalidAttachmentID.NotFound',
    `The interface attachment '${attachmentId}' does not exist.`,
  );
}
