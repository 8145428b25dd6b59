/**
 * How an interface gets to an instance and away from it, step by step, each with its delay.
 * What can go wrong: a late step acts on a later attachment. So each step names its attachment id,
 * and does nothing when that id is no longer current.
 */
import type { Attachment, Ec2State, NetworkInterface } from '../state.ts';

/** Attaching, attached, usable in the guest. The entry in the metadata has a delay of its own. */
export function beginAttachment(
  ec2: Ec2State,
  networkInterfaceId: string,
  instanceId: string,
  deviceIndex: number,
): string {
  const { clock, latencies } = ec2.options;
  const attachmentId = ec2.newId('eni-attach');
  ec2.networkInterfaces.change(networkInterfaceId, {
    attachment: {
      attachmentId,
      instanceId,
      deviceIndex,
      status: 'attaching',
      attachTime: new Date(clock.now()),
      deleteOnTermination: false,
      usable: false,
    },
  });
  ec2.background.after(latencies('eniAttach'), () => {
    if (changeAttachment(ec2, attachmentId, 'attaching', { status: 'attached' }) === undefined) {
      return;
    }
    ec2.background.after(latencies('eniUsableInGuest'), () => makeUsable(ec2, attachmentId));
    ec2.background.after(latencies('imdsAttachLag'), () => list(ec2, attachmentId));
  });
  return attachmentId;
}

/** Packets reach the guest through the interface. */
export function makeUsable(ec2: Ec2State, attachmentId: string): void {
  const holder = changeAttachment(ec2, attachmentId, 'attached', { usable: true });
  if (holder?.attachment === undefined) return;
  ec2.options.network.route(holder.privateIpAddress, holder.attachment.instanceId);
}

/** Puts the interface into its instance's metadata. */
export function list(ec2: Ec2State, attachmentId: string): void {
  const holder = holderOf(ec2, attachmentId);
  if (holder?.attachment?.status !== 'attached') return;
  ec2.rooms.get(holder.attachment.instanceId)?.listed.add(holder.networkInterfaceId);
}

/**
 * Packets stop at once, and the interface is free after the delay. A repeated call may hasten it.
 */
export function beginDetachment(ec2: Ec2State, attachmentId: string, delayMs: number): void {
  stopPackets(ec2, attachmentId);
  ec2.background.after(delayMs, () => {
    const holder = holderOf(ec2, attachmentId);
    if (holder !== undefined) free(ec2, holder);
  });
}

/** The instance is terminated: after the delay the interface is free, or deleted. */
export function releaseAfterTermination(
  ec2: Ec2State,
  attachmentId: string,
  delayMs: number,
): void {
  // Read now: a later change of the flag comes too late.
  const goesToo = holderOf(ec2, attachmentId)?.attachment?.deleteOnTermination === true;
  stopPackets(ec2, attachmentId);
  ec2.background.after(delayMs, async () => {
    const holder = holderOf(ec2, attachmentId);
    if (holder === undefined) return;
    if (goesToo) await deleteNetworkInterface(ec2, holder);
    else free(ec2, holder);
  });
}

export async function deleteNetworkInterface(
  ec2: Ec2State,
  { networkInterfaceId, privateIpAddress }: NetworkInterface,
): Promise<void> {
  ec2.networkInterfaces.remove(networkInterfaceId);
  await ec2.options.network.release(privateIpAddress);
  ec2.addresses.giveBack(privateIpAddress);
}

export function holderOf(ec2: Ec2State, attachmentId: string): NetworkInterface | undefined {
  return ec2.networkInterfaces
    .all()
    .find(({ attachment }) => attachment?.attachmentId === attachmentId);
}

function stopPackets(ec2: Ec2State, attachmentId: string): void {
  const holder = holderOf(ec2, attachmentId);
  if (holder?.attachment === undefined) return;
  changeAttachment(ec2, attachmentId, holder.attachment.status, {
    status: 'detaching',
    usable: false,
  });
  ec2.options.network.route(holder.privateIpAddress, null);
}

function free(ec2: Ec2State, { networkInterfaceId, attachment }: NetworkInterface): void {
  ec2.networkInterfaces.change(networkInterfaceId, { attachment: undefined });
  if (attachment === undefined) return;
  ec2.background.after(ec2.options.latencies('imdsDetachLag'), () => {
    const current = ec2.networkInterfaces.get(networkInterfaceId)?.attachment;
    if (current?.instanceId === attachment.instanceId) return;
    ec2.rooms.get(attachment.instanceId)?.listed.delete(networkInterfaceId);
  });
}

/** Changes the attachment if it is current and in that state. */
function changeAttachment(
  ec2: Ec2State,
  attachmentId: string,
  expected: Attachment['status'],
  changes: Partial<Attachment>,
): NetworkInterface | undefined {
  const holder = holderOf(ec2, attachmentId);
  if (holder?.attachment?.status !== expected) return undefined;
  return ec2.networkInterfaces.change(holder.networkInterfaceId, {
    attachment: { ...holder.attachment, ...changes },
  });
}
