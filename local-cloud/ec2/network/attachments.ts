/**
 * How an interface gets to an instance and away from it, step by step, each with its delay.
 * What can go wrong: a step that comes late acts on another attachment than the one it began for.
 * So each step names its attachment id and does nothing when that is no longer the current one.
 */
import type { Attachment, NetworkInterface, World } from '../state.ts';

/** attaching, attached, usable in the guest; listed in its metadata beside that. */
export function beginAttachment(
  world: World,
  networkInterfaceId: string,
  instanceId: string,
  deviceIndex: number,
): string {
  const { clock, latencies } = world.options;
  const attachmentId = world.newId('eni-attach');
  world.networkInterfaces.change(networkInterfaceId, {
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
  world.background.after(latencies('eniAttach'), () => {
    if (changeAttachment(world, attachmentId, 'attaching', { status: 'attached' }) === undefined) {
      return;
    }
    world.background.after(latencies('eniUsableInGuest'), () => makeUsable(world, attachmentId));
    world.background.after(latencies('imdsAttachLag'), () => list(world, attachmentId));
  });
  return attachmentId;
}

/** Packets now reach the guest through the interface. */
export function makeUsable(world: World, attachmentId: string): void {
  const holder = changeAttachment(world, attachmentId, 'attached', { usable: true });
  if (holder?.attachment === undefined) return;
  world.options.network.route(holder.privateIpAddress, holder.attachment.instanceId);
}

/** Puts the interface into its instance's metadata. */
export function list(world: World, attachmentId: string): void {
  const holder = holderOf(world, attachmentId);
  if (holder?.attachment?.status !== 'attached') return;
  world.rooms.get(holder.attachment.instanceId)?.listed.add(holder.networkInterfaceId);
}

/** Packets stop at once; the interface is free after the delay. May be called again, to hasten. */
export function beginDetachment(world: World, attachmentId: string, delayMs: number): void {
  stopPackets(world, attachmentId);
  world.background.after(delayMs, () => {
    const holder = holderOf(world, attachmentId);
    if (holder !== undefined) free(world, holder);
  });
}

/** Its instance is terminated: after the delay the interface is free, or deleted with it. */
export function releaseAfterTermination(world: World, attachmentId: string, delayMs: number): void {
  // Decided now: a flag that is changed while the interface is let go comes too late.
  const goesToo = holderOf(world, attachmentId)?.attachment?.deleteOnTermination === true;
  stopPackets(world, attachmentId);
  world.background.after(delayMs, async () => {
    const holder = holderOf(world, attachmentId);
    if (holder === undefined) return;
    if (goesToo) await deleteNetworkInterface(world, holder);
    else free(world, holder);
  });
}

export async function deleteNetworkInterface(
  world: World,
  { networkInterfaceId, privateIpAddress }: NetworkInterface,
): Promise<void> {
  world.networkInterfaces.remove(networkInterfaceId);
  await world.options.network.release(privateIpAddress);
  world.addresses.giveBack(privateIpAddress);
}

export function holderOf(world: World, attachmentId: string): NetworkInterface | undefined {
  return world.networkInterfaces
    .all()
    .find(({ attachment }) => attachment?.attachmentId === attachmentId);
}

function stopPackets(world: World, attachmentId: string): void {
  const holder = holderOf(world, attachmentId);
  if (holder?.attachment === undefined) return;
  changeAttachment(world, attachmentId, holder.attachment.status, {
    status: 'detaching',
    usable: false,
  });
  world.options.network.route(holder.privateIpAddress, null);
}

function free(world: World, { networkInterfaceId, attachment }: NetworkInterface): void {
  world.networkInterfaces.change(networkInterfaceId, { attachment: undefined });
  if (attachment === undefined) return;
  world.background.after(world.options.latencies('imdsDetachLag'), () => {
    const current = world.networkInterfaces.get(networkInterfaceId)?.attachment;
    if (current?.instanceId === attachment.instanceId) return;
    world.rooms.get(attachment.instanceId)?.listed.delete(networkInterfaceId);
  });
}

/** Changes the attachment if it is still the current one and in that state. */
function changeAttachment(
  world: World,
  attachmentId: string,
  expected: Attachment['status'],
  changes: Partial<Attachment>,
): NetworkInterface | undefined {
  const holder = holderOf(world, attachmentId);
  if (holder?.attachment?.status !== expected) return undefined;
  return world.networkInterfaces.change(holder.networkInterfaceId, {
    attachment: { ...holder.attachment, ...changes },
  });
}
