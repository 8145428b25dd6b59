/** Records in the form in which the API answers. */
import type {
  Instance as ApiInstance,
  NetworkInterface as ApiNetworkInterface,
  InstanceNetworkInterface,
  Reservation,
} from '@aws-sdk/client-ec2';
import { attachedTo, type Ec2State, type Instance, type NetworkInterface } from './state.ts';
import { tagListFrom } from './tags.ts';
import type { InstanceState } from './types.ts';

/** All instances, as one reservation. */
export function describeReservation(
  ec2: Ec2State,
  instances: readonly Instance[],
  networkInterfaces: readonly NetworkInterface[],
): Reservation {
  return {
    ReservationId: instances[0]?.reservationId,
    OwnerId: ec2.options.accountId,
    Groups: [],
    Instances: instances.map((instance) => describeInstance(ec2, instance, networkInterfaces)),
  };
}

function describeInstance(
  ec2: Ec2State,
  instance: Instance,
  networkInterfaces: readonly NetworkInterface[],
): ApiInstance {
  const { launchData, subnet, profile } = instance;
  const attached = attachedTo(networkInterfaces, instance.instanceId);
  // A terminated instance has left its network.
  const network =
    instance.state === 'terminated'
      ? {}
      : {
          PrivateIpAddress: instance.privateIpAddress,
          SubnetId: subnet.subnetId,
          VpcId: subnet.vpcId,
        };
  return {
    InstanceId: instance.instanceId,
    ImageId: launchData.ImageId,
    InstanceType: launchData.InstanceType,
    State: describeState(instance.state),
    StateReason: instance.stateReason,
    LaunchTime: instance.launchTime,
    AmiLaunchIndex: instance.launchIndex,
    ClientToken: instance.clientToken ?? '',
    Placement: { AvailabilityZone: subnet.availabilityZone, Tenancy: 'default' },
    ...network,
    NetworkInterfaces: attached.map((networkInterface) => describeAttached(ec2, networkInterface)),
    SecurityGroups: (attached[0]?.groups ?? []).map((GroupId) => ({ GroupId })),
    IamInstanceProfile: profile === undefined ? undefined : { Arn: profile.arn },
    Tags: tagListFrom(instance.tags),
  };
}

export function describeState(state: InstanceState): { Code: number; Name: InstanceState } {
  return { Code: stateCodes[state], Name: state };
}

export function describeNetworkInterface(
  ec2: Ec2State,
  networkInterface: NetworkInterface,
): ApiNetworkInterface {
  const { subnet, attachment, privateIpAddress } = networkInterface;
  return {
    NetworkInterfaceId: networkInterface.networkInterfaceId,
    Status: interfaceStatus(networkInterface),
    Attachment:
      attachment === undefined
        ? undefined
        : {
            AttachmentId: attachment.attachmentId,
            InstanceId: attachment.instanceId,
            InstanceOwnerId: ec2.options.accountId,
            DeviceIndex: attachment.deviceIndex,
            NetworkCardIndex: 0,
            Status: attachment.status,
            AttachTime: attachment.attachTime,
            DeleteOnTermination: attachment.deleteOnTermination,
          },
    AvailabilityZone: subnet.availabilityZone,
    SubnetId: subnet.subnetId,
    VpcId: subnet.vpcId,
    PrivateIpAddress: privateIpAddress,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: privateIpAddress }],
    MacAddress: networkInterface.macAddress,
    Description: networkInterface.description,
    Groups: networkInterface.groups.map((GroupId) => ({ GroupId })),
    OwnerId: ec2.options.accountId,
    InterfaceType: 'interface',
    SourceDestCheck: true,
    TagSet: tagListFrom(networkInterface.tags),
  };
}

export function interfaceStatus({ attachment }: NetworkInterface): 'available' | 'in-use' {
  return attachment === undefined ? 'available' : 'in-use';
}

/** API reference, InstanceState. */
const stateCodes: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

function describeAttached(
  ec2: Ec2State,
  networkInterface: NetworkInterface,
): InstanceNetworkInterface {
  const { Attachment, ...described } = describeNetworkInterface(ec2, networkInterface);
  return {
    NetworkInterfaceId: described.NetworkInterfaceId,
    Status: described.Status,
    Attachment: {
      AttachmentId: Attachment?.AttachmentId,
      DeviceIndex: Attachment?.DeviceIndex,
      NetworkCardIndex: Attachment?.NetworkCardIndex,
      Status: Attachment?.Status,
      AttachTime: Attachment?.AttachTime,
      DeleteOnTermination: Attachment?.DeleteOnTermination,
    },
    SubnetId: described.SubnetId,
    VpcId: described.VpcId,
    PrivateIpAddress: described.PrivateIpAddress,
    MacAddress: described.MacAddress,
    Description: described.Description,
    Groups: described.Groups,
    OwnerId: described.OwnerId,
    SourceDestCheck: true,
  };
}
