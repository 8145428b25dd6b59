/**
 * Survey coordinators, GATHER: what AWS sees. The ENI, the instances, the status checks and the
 * probes' newest samples, read side by side. What cannot be read is said and left unknown: a failed
 * read must never look like a dead coordinator.
 */
import type { Cluster } from '../workflow/cluster.ts';
import { mostTargets, readIncident } from '../workflow/document.ts';
import { living } from '../workflow/evidence.ts';
import {
  type AddressView,
  addressTargetName,
  type CheckTarget,
  type Coordinator,
  type Survey,
} from '../workflow/incident.ts';
import { alarmsInAlarm } from './alarms.ts';
import { type Cloud, describeError } from './cloud.ts';
import { describeAddress, describeCoordinators, describeInstance } from './describe.ts';
import { actingHandler, type Clock, isoNow } from './entry.ts';
import { readSamples } from './samples.ts';

export const handler = actingHandler(survey);

export async function survey(event: unknown, cloud: Cloud, clock: Clock): Promise<Survey> {
  const { cluster, settings } = readIncident(event);
  const unread: string[] = [];
  const [address, listed, ringing] = await Promise.all([
    read(`the ENI ${cluster.networkInterfaceId}`, unread, () => describeAddress(cloud, cluster)),
    read('the coordinators', unread, () => describeCoordinators(cloud, cluster)),
    read('the alarms', unread, () => alarmsInAlarm(cloud, cluster)),
  ]);
  const coordinators = listed && (await withHolder(cloud, cluster, address, listed, unread));
  const alive = (coordinators ?? []).filter(({ state }) => state !== 'terminated');
  const ids = alive.map(({ instanceId }) => instanceId);
  const [samples, checks] = await Promise.all([
    read("the probes' samples", unread, () => readSamples(cloud, cluster, settings, ids, clock)),
    read('the status checks', unread, () => readStatusChecks(cloud, ids)),
  ]);
  return {
    kind: 'surveyed',
    at: isoNow(clock),
    address,
    coordinators:
      coordinators?.map((one) => ({
        ...one,
        statusChecks: checks?.get(one.instanceId) ?? 'unknown',
        ...samples?.get(one.instanceId),
      })) ?? null,
    samplesRead: samples !== null,
    alarmsRinging: ringing === null || ringing.length > 0,
    targets: targets(cluster, address, coordinators ?? []),
    unread,
  };
}

/** `null` when it could not be read; the reason goes into `unread`. */
async function read<Found>(
  what: string,
  unread: string[],
  reader: () => Promise<Found>,
): Promise<Found | null> {
  try {
    return await reader();
  } catch (error) {
    unread.push(`Could not read ${what}. ${describeError(error)}`);
    return null;
  }
}

/** Whoever holds the ENI belongs into the picture, even without our tag. */
async function withHolder(
  cloud: Cloud,
  cluster: Cluster,
  address: AddressView | null,
  listed: readonly Coordinator[],
  unread: string[],
): Promise<readonly Coordinator[]> {
  const holderId = address?.attachment?.instanceId;
  if (!holderId || listed.some(({ instanceId }) => instanceId === holderId)) return listed;
  const holder = await read(`the holder ${holderId}`, unread, () =>
    describeInstance(cloud, cluster, holderId),
  );
  return holder ? [...listed, holder] : listed;
}

/** The address, the one who should hold it, and everybody who could. */
function targets(
  cluster: Cluster,
  address: AddressView | null,
  coordinators: readonly Coordinator[],
): CheckTarget[] {
  const holderId = address?.attachment?.instanceId;
  const asked = coordinators.filter((one) => one.instanceId === holderId || living([one])[0]);
  return [
    { name: addressTargetName, host: cluster.coordinatorAddress },
    ...asked.flatMap(({ instanceId, privateIpAddress }) =>
      privateIpAddress ? [{ name: instanceId, host: privateIpAddress }] : [],
    ),
  ].slice(0, mostTargets);
}

/** System and instance status together: impaired when either is; anything young is unknown. */
async function readStatusChecks(
  cloud: Cloud,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, 'ok' | 'impaired'>> {
  if (instanceIds.length === 0) return new Map();
  const answer = await cloud.describeInstanceStatus({
    Filters: [{ Name: 'instance-state-name', Values: ['running'] }],
    InstanceIds: [...instanceIds],
  });
  const found = new Map<string, 'ok' | 'impaired'>();
  for (const { InstanceId, InstanceStatus, SystemStatus } of answer.InstanceStatuses ?? []) {
    const both = [InstanceStatus?.Status, SystemStatus?.Status];
    if (InstanceId === undefined) continue;
    if (both.includes('impaired')) found.set(InstanceId, 'impaired');
    else if (both.every((status) => status === 'ok')) found.set(InstanceId, 'ok');
  }
  return found;
}
