/**
 * An instance's life: pending, running, booted; stopping or shutting down, powered off, stopped or
 * terminated. With its machine, its primary interface and its state-change events.
 */

import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { uuidFrom } from '../../chance/identifiers.ts';
import { deleteNetworkInterface, releaseAfterTermination } from '../network/attachments.ts';
import { primaryInterfaceOf } from '../network/primary-interface.ts';
import {
  attachedTo,
  type Instance,
  type InstanceProfile,
  type MachineRoom,
  subnetOf,
  type Tags,
  type World,
} from '../state.ts';
import type { InstanceState, Subnet } from '../types.ts';
import { serveMetadata } from './imds.ts';
import { metadataOf } from './imds-view.ts';

export interface Launch {
  readonly reservationId: string;
  readonly launchIndex: number;
  readonly launchTime: Date;
  readonly subnetId: string;
  readonly launchData: RequestLaunchTemplateData;
  readonly profile?: InstanceProfile;
  readonly clientToken?: string;
  readonly tags: Tags;
  readonly networkInterfaceTags: Tags;
}

/** Makes the instance's record and its primary interface; nothing runs yet. */
export async function createInstance(world: World, launch: Launch): Promise<Instance> {
  const { loopback, network } = world.options;
  const subnet = subnetOf(world, launch.subnetId);
  const { privateIpAddress, machineNumber } = await claimPlace(world, subnet);
  const instanceId = world.newId('i');
  const instance: Instance = {
    instanceId,
    reservationId: launch.reservationId,
    launchIndex: launch.launchIndex,
    state: 'pending',
    launchTime: launch.launchTime,
    subnet,
    privateIpAddress,
    guestAddress: loopback === undefined ? privateIpAddress : `${loopback}.1.${machineNumber}`,
    machineNumber,
    launchData: launch.launchData,
    profile: launch.profile,
    clientToken: launch.clientToken,
    booted: false,
    tags: launch.tags,
  };
  const primary = primaryInterfaceOf(world, instance, launch.networkInterfaceTags);
  network.route(privateIpAddress, instanceId);
  world.networkInterfaces.set(primary.networkInterfaceId, primary);
  world.instances.set(instanceId, instance);
  world.rooms.set(instanceId, newRoom([primary.networkInterfaceId]));
  return instance;
}

function newRoom(listed: Iterable<string>): MachineRoom {
  return {
    listed: new Set(listed),
    cutPower: new AbortController(),
    poweredOff: false,
    responding: true,
  };
}

/** Takes back what createInstance made, where another of the same call could not be made. */
export async function discardInstance(world: World, instance: Instance): Promise<void> {
  const { instanceId, machineNumber } = instance;
  world.instances.remove(instanceId);
  world.rooms.delete(instanceId);
  world.machineNumbers.giveBack(machineNumber);
  const [primary] = attachedTo(world.networkInterfaces.all(), instanceId);
  if (primary !== undefined) await deleteNetworkInterface(world, primary);
}

/** A stopped instance is started anew: another machine, the same address and interfaces. */
export function restartInstance(world: World, instanceId: string): void {
  world.rooms.set(instanceId, newRoom(world.rooms.get(instanceId)?.listed ?? []));
  world.instances.change(instanceId, {
    state: 'pending',
    stateReason: undefined,
    launchTime: new Date(world.options.clock.now()),
  });
  startInstance(world, instanceId);
}

/** From pending to booted. */
export function startInstance(world: World, instanceId: string): void {
  const { latencies } = world.options;
  announce(world, instanceId, 'pending');
  world.background.after(latencies('runInstancesToRunning'), () => {
    if (world.instances.get(instanceId)?.state !== 'pending') return;
    world.instances.change(instanceId, { state: 'running' });
    announce(world, instanceId, 'running');
    world.background.after(latencies('guestBoot'), () => bootMachine(world, instanceId));
  });
}

/** The machine with its metadata service; rejects when the caller's machine does not start. */
export async function bootMachine(world: World, instanceId: string): Promise<void> {
  const { options } = world;
  const instance = world.instances.get(instanceId);
  const room = world.rooms.get(instanceId);
  if (instance?.state !== 'running' || room === undefined) return;
  if (options.loopback !== undefined) {
    room.metadata = await serveMetadata({
      address: `${options.loopback}.2.${instance.machineNumber}`,
      clock: options.clock,
      view: () => metadataOf(world, instanceId),
    });
  }
  if (room.poweredOff) return stopMachine(room);
  options.network.setGuest(instanceId, instance.guestAddress);
  room.machine = await options.boot({
    instanceId,
    privateIpAddress: instance.privateIpAddress,
    guestAddress: instance.guestAddress,
    imageId: instance.launchData.ImageId ?? '',
    userData: Buffer.from(instance.launchData.UserData ?? '', 'base64').toString('utf8'),
    metadataEndpoint: room.metadata?.endpoint ?? '',
    awsEndpoint: options.awsEndpoint?.() ?? '',
    region: options.region,
    setPort: (state) => {
      if (!room.poweredOff) options.network.setPort(instanceId, state);
    },
  });
  // Terminated while it booted.
  if (room.poweredOff) return stopMachine(room);
  if (world.instances.get(instanceId)?.state === 'running') {
    world.instances.change(instanceId, { booted: true });
  }
}

/**
 * On the way to `terminated` or `stopped`. `quick` skips the OS shutdown, also one that is already
 * going on. The interfaces stay with the instance until it is terminated.
 */
export function shutDownInstance(
  world: World,
  instanceId: string,
  quick: boolean,
  leaving: 'shutting-down' | 'stopping' = 'shutting-down',
): void {
  const { latencies } = world.options;
  const instance = world.instances.get(instanceId);
  const room = world.rooms.get(instanceId);
  if (instance === undefined || room === undefined || instance.state === 'terminated') return;
  const wasUp = instance.state === 'running' || instance.state === 'pending';
  if (instance.state !== leaving) leave(world, instanceId, leaving);
  if (room.poweredOff) {
    // It is off already, stopped or about to be: only the end is missing.
    if (instance.state !== leaving) endAfterPowerOff(world, instanceId);
    return;
  }
  if (wasUp && !quick) {
    const off = () => powerOff(world, instanceId, room);
    world.background.after(latencies('osShutdown'), off, room.cutPower.signal);
  }
  if (!quick || room.cutPower.signal.aborted) return;
  room.cutPower.abort();
  world.background.after(latencies('powerOff'), () => powerOff(world, instanceId, room));
}

function leave(world: World, instanceId: string, state: 'shutting-down' | 'stopping'): void {
  world.instances.change(instanceId, {
    state,
    booted: false,
    impairedSince: undefined,
    stateReason: {
      Code: 'Client.UserInitiatedShutdown',
      Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    },
  });
  announce(world, instanceId, state);
}

/** Ends every machine, for the end of the cloud. */
export async function stopAllMachines(world: World): Promise<void> {
  await Promise.all(
    [...world.rooms.values()].map((room) => {
      room.poweredOff = true;
      return stopMachine(room);
    }),
  );
}

async function claimPlace(
  world: World,
  subnet: Subnet,
): Promise<{ privateIpAddress: string; machineNumber: number }> {
  const machineNumber = world.machineNumbers.take();
  let privateIpAddress: string | undefined;
  try {
    privateIpAddress = world.addresses.take(subnet);
    await world.options.network.claim(privateIpAddress);
    return { privateIpAddress, machineNumber };
  } catch (error) {
    world.machineNumbers.giveBack(machineNumber);
    if (privateIpAddress !== undefined) world.addresses.giveBack(privateIpAddress);
    throw error;
  }
}

async function powerOff(world: World, instanceId: string, room: MachineRoom): Promise<void> {
  if (room.poweredOff) return;
  room.poweredOff = true;
  world.options.network.setGuest(instanceId, null);
  endAfterPowerOff(world, instanceId);
  await stopMachine(room);
}

/** The rest of the way: to `stopped`, unless it is terminated meanwhile, or to `terminated`. */
function endAfterPowerOff(world: World, instanceId: string): void {
  const { latencies } = world.options;
  if (world.instances.get(instanceId)?.state === 'stopping') {
    world.background.after(latencies('instanceStop'), () => {
      if (world.instances.get(instanceId)?.state !== 'stopping') return;
      world.instances.change(instanceId, { state: 'stopped' });
      announce(world, instanceId, 'stopped');
    });
    return;
  }
  world.background.after(latencies('instanceTermination'), () =>
    becomeTerminated(world, instanceId),
  );
}

async function stopMachine(room: MachineRoom): Promise<void> {
  const { machine, metadata } = room;
  room.machine = undefined;
  room.metadata = undefined;
  await Promise.all([machine?.terminate(), metadata?.stop()]);
}

async function becomeTerminated(world: World, instanceId: string): Promise<void> {
  const { clock, latencies } = world.options;
  const instance = world.instances.change(instanceId, {
    state: 'terminated',
    terminatedAt: clock.now(),
  });
  announce(world, instanceId, 'terminated');
  const attached = attachedTo(world.networkInterfaces.all(), instanceId);
  for (const { attachment } of attached) {
    if (attachment === undefined || attachment.deviceIndex === 0) continue;
    const delayMs = latencies('eniReleaseAfterTermination');
    releaseAfterTermination(world, attachment.attachmentId, delayMs);
  }
  world.machineNumbers.giveBack(instance.machineNumber);
  const primary = attached.find(({ attachment }) => attachment?.deviceIndex === 0);
  if (primary !== undefined) await deleteNetworkInterface(world, primary);
}

function announce(world: World, instanceId: string, state: InstanceState): void {
  const { clock, random, region, accountId, onEvent } = world.options;
  onEvent({
    version: '0',
    id: uuidFrom(random),
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account: accountId,
    time: new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region,
    resources: [`arn:aws:ec2:${region}:${accountId}:instance/${instanceId}`],
    detail: { 'instance-id': instanceId, state },
  });
}
