/** The records of EC2, shared by all of its operations. */

import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { hexFrom } from '../chance/identifiers.ts';
import type { Tags } from '../service/properties.ts';
import { ServiceError } from '../service/service.ts';
import { type Background, createBackground } from '../time/background.ts';
import type { MetadataServer } from './instances/imds.ts';
import type { BootedMachine } from './instances/machine.ts';
import { type Addresses, createAddresses, createMachineNumbers } from './network/addresses.ts';
import { createStore, type Store } from './store.ts';
import type { AttachmentStatus, Ec2Options, InstanceState, Subnet } from './types.ts';

export interface Instance {
  readonly instanceId: string;
  readonly reservationId: string;
  readonly launchIndex: number;
  readonly state: InstanceState;
  readonly stateReason?: { readonly Code: string; readonly Message: string };
  readonly launchTime: Date;
  /** Milliseconds since the epoch. */
  readonly terminatedAt?: number;
  readonly subnet: Subnet;
  readonly privateIpAddress: string;
  readonly guestAddress: string;
  readonly machineNumber: number;
  /** The launch template's data, overlaid with the call's. */
  readonly launchData: RequestLaunchTemplateData;
  readonly profile?: InstanceProfile;
  readonly clientToken?: string;
  /** Booted: user data runs, and the status checks pass. */
  readonly booted: boolean;
  /** Start of the failure of the instance status check. */
  readonly impairedSince?: Date;
  readonly tags: Tags;
}

export interface Attachment {
  readonly attachmentId: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly status: AttachmentStatus;
  readonly attachTime: Date;
  readonly deleteOnTermination: boolean;
  readonly usable: boolean;
}

export interface NetworkInterface {
  readonly networkInterfaceId: string;
  readonly subnet: Subnet;
  readonly privateIpAddress: string;
  readonly macAddress: string;
  readonly description: string;
  readonly groups: readonly string[];
  readonly tags: Tags;
  readonly attachment?: Attachment;
}

export interface LaunchTemplateVersionRecord {
  readonly versionNumber: number;
  readonly createTime: Date;
  readonly data: RequestLaunchTemplateData;
}

export interface LaunchTemplate {
  readonly launchTemplateId: string;
  readonly launchTemplateName: string;
  /** In order. Version 1 is first, and the default. */
  readonly versions: LaunchTemplateVersionRecord[];
  tags: Tags;
}

export interface InstanceProfile {
  readonly arn: string;
  readonly instanceProfileName: string;
  readonly roleArn: string;
}

/** A running machine, beside the record of its instance. */
export interface MachineRoom {
  machine?: BootedMachine;
  metadata?: MetadataServer;
  /** Ids of the interfaces in the machine's metadata. */
  readonly listed: Set<string>;
  /** Ends an OS shutdown that is under way. */
  readonly cutPower: AbortController;
  poweredOff: boolean;
  /** Whether the machine answers the reachability check. */
  responding: boolean;
}

export interface Ec2State {
  readonly options: Ec2Options;
  readonly background: Background;
  readonly instances: Store<Instance>;
  readonly networkInterfaces: Store<NetworkInterface>;
  readonly rooms: Map<string, MachineRoom>;
  readonly launchTemplates: Map<string, LaunchTemplate>;
  readonly subnets: Map<string, Subnet>;
  readonly profiles: Map<string, InstanceProfile>;
  readonly addresses: Addresses;
  readonly machineNumbers: ReturnType<typeof createMachineNumbers>;
  /** A new id as AWS makes them: `i-0` and 16 more digits. */
  newId(prefix: string): string;
  /** The moment that a describe shows: some lag ago. */
  describedTime(): number;
}

export function createEc2State(options: Ec2Options): Ec2State {
  const { clock, random, latencies } = options;
  return {
    options,
    background: createBackground(clock),
    instances: createStore<Instance>(clock),
    networkInterfaces: createStore<NetworkInterface>(clock),
    rooms: new Map(),
    launchTemplates: new Map(),
    subnets: new Map(),
    profiles: new Map(),
    addresses: createAddresses(),
    machineNumbers: createMachineNumbers(),
    newId: (prefix) => `${prefix}-0${hexFrom(random, 16)}`,
    describedTime: () => clock.now() - latencies('describeLag'),
  };
}

export function subnetOf(ec2: Ec2State, subnetId: string): Subnet {
  const subnet = ec2.subnets.get(subnetId);
  if (subnet !== undefined) return subnet;
  throw new ServiceError('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
}

/** A terminated instance is described for an hour (EC2 user guide, instance termination). */
export function isVisible(instance: Instance, now: number): boolean {
  return instance.terminatedAt === undefined || now - instance.terminatedAt < 3_600_000;
}

/**
 * The instances with those ids among `known`.
 * @throws InvalidInstanceID.Malformed, InvalidInstanceID.NotFound: one wrong id refuses all
 */
export function instancesOf(known: readonly Instance[], ids: readonly string[]): Instance[] {
  for (const id of ids) {
    if (!/^i-[0-9a-f]{8}([0-9a-f]{9})?$/.test(id)) {
      throw new ServiceError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
    }
  }
  const wanted = [...new Set(ids)];
  const missing = wanted.filter((id) => !known.some((instance) => instance.instanceId === id));
  if (missing.length > 0) {
    const which =
      missing.length === 1
        ? `ID '${missing[0]}' does not exist`
        : `IDs '${missing.join(', ')}' do not exist`;
    throw new ServiceError('InvalidInstanceID.NotFound', `The instance ${which}`);
  }
  return known.filter((instance) => wanted.includes(instance.instanceId));
}

/** The network interfaces with those ids, as instancesOf. */
export function networkInterfacesOf(
  known: readonly NetworkInterface[],
  ids: readonly string[],
): NetworkInterface[] {
  for (const id of ids) {
    if (!/^eni-[0-9a-f]{8}([0-9a-f]{9})?$/.test(id)) {
      throw new ServiceError(
        'InvalidNetworkInterfaceID.Malformed',
        `Invalid id: "${id}" (expecting "eni-...")`,
      );
    }
    if (!known.some((networkInterface) => networkInterface.networkInterfaceId === id)) {
      throw new ServiceError(
        'InvalidNetworkInterfaceID.NotFound',
        `The networkInterface ID '${id}' does not exist`,
      );
    }
  }
  return known.filter((networkInterface) => ids.includes(networkInterface.networkInterfaceId));
}

/** The instances that are visible now, without lag. */
export function visibleInstances(ec2: Ec2State): Instance[] {
  const now = ec2.options.clock.now();
  return ec2.instances.all().filter((instance) => isVisible(instance, now));
}

export function attachedTo(
  networkInterfaces: readonly NetworkInterface[],
  instanceId: string,
): NetworkInterface[] {
  return networkInterfaces
    .filter(({ attachment }) => attachment?.instanceId === instanceId)
    .sort((left, right) => deviceIndexOf(left) - deviceIndexOf(right));
}

function deviceIndexOf(networkInterface: NetworkInterface): number {
  return networkInterface.attachment?.deviceIndex ?? 0;
}
