/** Calls on network interfaces that are run against moto too. */
import {
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  ModifyNetworkInterfaceAttributeCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Comparison } from './comparison.ts';
import {
  attach,
  attached,
  byNumber,
  describeInterface,
  filter,
  launch,
  nobody,
} from './ec2-steps.ts';

const attachedInMoto = { answer: { AttachmentId: '<eni-attach>' } } as const;
const heldInMoto = {
  answer: { NetworkInterfaces: [{ Status: 'in-use', Attachment: { Status: 'attached' } }] },
} as const;

export const interfaceComparisons: readonly Comparison[] = [
  {
    what: 'AttachNetworkInterface, and the interface described',
    run: async (account) => {
      const { NetworkInterfaceId } = await attached(account);
      return describeInterface(account, NetworkInterfaceId);
    },
  },
  {
    what: 'AttachNetworkInterface of an interface in use',
    run: async (account) => {
      const { NetworkInterfaceId } = await attached(account);
      return attach(account, NetworkInterfaceId, await launch(account));
    },
    motoIsWrong: {
      why: 'moto lets an interface in use be stolen',
      here: { error: 'InvalidNetworkInterface.InUse' },
      inMoto: attachedInMoto,
    },
  },
  {
    what: 'AttachNetworkInterface at a device index that is taken',
    run: async (account) => {
      const { InstanceId } = await attached(account);
      return attach(account, await account.createNetworkInterface(), InstanceId);
    },
    motoIsWrong: {
      why: 'moto does not look at the device index',
      here: { error: 'InvalidParameterValue' },
      inMoto: attachedInMoto,
    },
  },
  {
    what: 'AttachNetworkInterface to an instance that does not exist',
    run: async (account) => attach(account, await account.createNetworkInterface(), nobody),
  },
  {
    what: 'AttachNetworkInterface of an interface that does not exist',
    run: async (account) => attach(account, 'eni-0123456789abcdef0', await launch(account)),
  },
  {
    what: 'AttachNetworkInterface to a terminated instance',
    run: async (account) => {
      const InstanceId = await launch(account);
      await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
      return attach(account, await account.createNetworkInterface(), InstanceId);
    },
    motoIsWrong: {
      why: 'moto attaches to dead instances',
      here: { error: 'IncorrectState' },
      inMoto: attachedInMoto,
    },
  },
  {
    what: 'DetachNetworkInterface, and the interface described',
    run: async (account) => {
      const { NetworkInterfaceId, AttachmentId } = await attached(account);
      await account.ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId, Force: true }));
      return describeInterface(account, NetworkInterfaceId);
    },
  },
  {
    what: 'DetachNetworkInterface of an attachment that does not exist',
    run: ({ ec2 }) => {
      const AttachmentId = 'eni-attach-0123456789abcdef0';
      return ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
    },
  },
  {
    what: 'DescribeNetworkInterfaces by an id that does not exist',
    run: (account) => describeInterface(account, 'eni-0123456789abcdef0'),
  },
  {
    what: 'DescribeNetworkInterfaces by the instance that holds them',
    run: async (account) => {
      const { InstanceId } = await attached(account);
      const Filters = [filter('attachment.instance-id', InstanceId)];
      const command = new DescribeNetworkInterfacesCommand({ Filters });
      const { NetworkInterfaces = [] } = await account.ec2.send(command);
      return NetworkInterfaces.map(({ Attachment }) => Attachment?.DeviceIndex ?? -1).toSorted(
        byNumber,
      );
    },
  },
  {
    what: 'ModifyNetworkInterfaceAttribute: DeleteOnTermination true, then the instance terminated',
    run: async (account) => {
      const { NetworkInterfaceId, AttachmentId, InstanceId } = await attached(account);
      await account.ec2.send(
        new ModifyNetworkInterfaceAttributeCommand({
          NetworkInterfaceId,
          Attachment: { AttachmentId, DeleteOnTermination: true },
        }),
      );
      await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
      return describeInterface(account, NetworkInterfaceId);
    },
    motoIsWrong: {
      why: 'moto does not change the flag of an attachment, and keeps the interface',
      here: { error: 'InvalidNetworkInterfaceID.NotFound' },
      inMoto: heldInMoto,
    },
  },
  {
    what: 'TerminateInstances, and what becomes of an attached interface',
    run: async (account) => {
      const { NetworkInterfaceId, InstanceId } = await attached(account);
      await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
      return describeInterface(account, NetworkInterfaceId);
    },
    motoIsWrong: {
      why: 'moto keeps the interface attached to the dead instance (EC2: free after a while)',
      here: { answer: { NetworkInterfaces: [{ Status: 'available' }] } },
      inMoto: heldInMoto,
    },
  },
];
