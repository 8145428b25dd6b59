/**
 * The states of an instance: pending, running, booted; stopping or shutting down, powered off,
 * stopped or terminated. With its machine, its primary interface and its state-change events.
 */

import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { uuidFrom } from '../../chance/identifiers.ts';
import type { Tags } from '../../service/properties.ts';
import { deleteNetworkInterface, releaseAfterTermination } from '../network/attachments.ts';
import { primaryInterfaceOf } from '../network/primary-interface.ts';
import {
  attachedTo,
  type Ec2State,
  type Instance,
  type InstanceProfile,
  type MachineRoom,
  subnetOf,
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

/** Makes the instance's record and its primary interface. Nothing runs yet. */
export async function createInstance(ec2: Ec2State, launch: Launch): Promise<Instance> {
  const { loopback, network } = ec2.options;
  const subnet = subnetOf(ec2, launch.subnetId);
  const { privateIpAddress, machineNumber } = await claimPlace(ec2, subnet);
  const instanceId = ec2.newId('i');
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
  const primary = primaryInterfaceOf(ec2, instance, launch.networkInterfaceTags);
  network.route(privateIpAddress, instanceId);
  ec2.networkInterfaces.set(primary.networkInterfaceId, primary);
  ec2.instances.set(instanceId, instance);
  ec2.rooms.set(instanceId, newRoom([primary.networkInterfaceId]));
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

/** Undoes createInstance when another instance of the call failed. */
export async function discardInstance(ec2: Ec2State, instance: Instance): Promise<void> {
  const { instanceId, machineNumber } = instance;
  ec2.instances.remove(instanceId);
  ec2.rooms.delete(instanceId);
  ec2.machineNumbers.giveBack(machineNumber);
  const [primary] = attachedTo(ec2.networkInterfaces.all(), instanceId);
  if (primary !== undefined) await deleteNetworkInterface(ec2, primary);
}

/** Starts a stopped instance: a new machine, the same address and interfaces. */
export function restartInstance(ec2: Ec2State, instanceId: string): void {
  ec2.rooms.set(instanceId, newRoom(ec2.rooms.get(instanceId)?.listed ?? []));
  ec2.instances.change(instanceId, {
    state: 'pending',
    stateReason: undefined,
    launchTime: new Date(ec2.options.clock.now()),
  });
  startInstance(ec2, instanceId);
}

/** From pending to booted. */
export function startInstance(ec2: Ec2State, instanceId: string): void {
  const { latencies } = ec2.options;
  announce(ec2, instanceId, 'pending');
  ec2.background.after(latencies('runInstancesToRunning'), () => {
    if (ec2.instances.get(instanceId)?.state !== 'pending') return;
    ec2.instances.change(instanceId, { state: 'running' });
    announce(ec2, instanceId, 'running');
    ec2.background.after(latencies('guestBoot'), () => bootMachine(ec2, instanceId));
  });
}

/** The machine with its metadata service. Rejects when the caller's machine does not start. */
export async function bootMachine(ec2: Ec2State, instanceId: string): Promise<void> {
  const { options } = ec2;
  const instance = ec2.instances.get(instanceId);
  const room = ec2.rooms.get(instanceId);
  if (instance?.state !== 'running' || room === undefined) return;
  if (options.loopback !== undefined) {
    room.metadata = await serveMetadata({
      address: `${options.loopback}.2.${instance.machineNumber}`,
      clock: options.clock,
      view: () => metadataOf(ec2, instanceId),
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
  // Terminated during the boot.
  if (room.poweredOff) return stopMachine(room);
  if (ec2.instances.get(instanceId)?.state === 'running') {
    ec2.instances.change(instanceId, { booted: true });
  }
}

/**
 * On the way to `terminated` or `stopped`. `quick` skips the OS shutdown, even one under way.
 * Interfaces stay with the instance until it is terminated.
 */
export function shutDownInstance(
  ec2: Ec2State,
  instanceId: string,
  quick: boolean,
  leaving: 'shutting-down' | 'stopping' = 'shutting-down',
): void {
  const { latencies } = ec2.options;
  const instance = ec2.instances.get(instanceId);
  const room = ec2.rooms.get(instanceId);
  if (instance === undefined || room === undefined || instance.state === 'terminated') return;
  const wasUp = instance.state === 'running' || instance.state === 'pending';
  if (instance.state !== leaving) leave(ec2, instanceId, leaving);
  if (room.poweredOff) {
    // Powered off already: only the last step is missing.
    if (instance.state !== leaving) endAfterPowerOff(ec2, instanceId);
    return;
  }
  if (wasUp && !quick) {
    const off = () => powerOff(ec2, instanceId, room);
    ec2.background.after(latencies('osShutdown'), off, room.cutPower.signal);
  }
  if (!quick || room.cutPower.signal.aborted) return;
  room.cutPower.abort();
  ec2.background.after(latencies('powerOff'), () => powerOff(ec2, instanceId, room));
}

function leave(ec2: Ec2State, instanceId: string, state: 'shutting-down' | 'stopping'): void {
  ec2.instances.change(instanceId, {
    state,
    booted: false,
    impairedSince: undefined,
    stateReason: {
      Code: 'Client.UserInitiatedShutdown',
      Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    },
  });
  announce(ec2, instanceId, state);
}

/** Ends every machine, when the cloud stops. */
export async function stopAllMachines(ec2: Ec2State): Promise<void> {
  await Promise.all(
    [...ec2.rooms.values()].map((room) => {
      room.poweredOff = true;
      return stopMachine(room);
    }),
  );
}

async function claimPlace(
  ec2: Ec2State,
  subnet: Subnet,
): Promise<{ privateIpAddress: string; machineNumber: number }> {
  const machineNumber = ec2.machineNumbers.take();
  let privateIpAddress: string | undefined;
  try {
    privateIpAddress = ec2.addresses.take(subnet);
    await ec2.options.network.claim(privateIpAddress);
    return { privateIpAddress, machineNumber };
  } catch (error) {
    ec2.machineNumbers.giveBack(machineNumber);
    if (privateIpAddress !== undefined) ec2.addresses.giveBack(privateIpAddress);
    throw error;
  }
}

async function powerOff(ec2: Ec2State, instanceId: string, room: MachineRoom): Promise<void> {
  if (room.poweredOff) return;
  room.poweredOff = true;
  ec2.options.network.setGuest(instanceId, null);
  endAfterPowerOff(ec2, instanceId);
  await stopMachine(room);
}

/** The last step, to `stopped` or `terminated`. A termination meanwhile wins. */
function endAfterPowerOff(ec2: Ec2State, instanceId: string): void {
  const { latencies } = ec2.options;
  if (ec2.instances.get(instanceId)?.state === 'stopping') {
    ec2.background.after(latencies('instanceStop'), () => {
      if (ec2.instances.get(instanceId)?.state !== 'stopping') return;
      ec2.instances.change(instanceId, { state: 'stopped' });
      announce(ec2, instanceId, 'stopped');
    });
    return;
  }
  ec2.background.after(latencies('instanceTermination'), () => becomeTerminated(ec2, instanceId));
}

async function stopMachine(room: MachineRoom): Promise<void> {
  const { machine, metadata } = room;
  room.machine = undefined;
  room.metadata = undefined;
  await Promise.all([machine?.terminate(), metadata?.stop()]);
}

async function becomeTerminated(ec2: Ec2State, instanceId: string): Promise<void> {
  const { clock, latencies } = ec2.options;
  const instance = ec2.instances.change(instanceId, {
    state: 'terminated',
    terminatedAt: clock.now(),
  });
  announce(ec2, instanceId, 'terminated');
  const attached = attachedTo(ec2.networkInterfaces.all(), instanceId);
  for (const { attachment } of attached) {
    if (attachment === undefined || attachment.deviceIndex === 0) continue;
    const delayMs = latencies('eniReleaseAfterTermination');
    releaseAfterTermination(ec2, attachment.attachmentId, delayMs);
  }
  ec2.machineNumbers.giveBack(instance.machineNumber);
  const primary = attached.find(({ attachment }) => attachment?.deviceIndex === 0);
  if (primary !== undefined) await deleteNetworkInterface(ec2, primary);
}

function announce(ec2: Ec2State, instanceId: string, state: InstanceState): void {
  const { clock, random, region, accountId, onEvent } = ec2.options;
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
