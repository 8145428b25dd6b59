/**
 * Survey coordinators, GATHER: what AWS sees. The ENI, the instances, the status checks and the
 * probes' newest samples, read side by side. What cannot be read is said and left unknown: a failed
 * read must never look like a dead coordinator.
 */

import type { Cluster } from '../workflow/cluster.ts';
import { mostTargets, readIncident } from '../workflow/document.ts';
import { TryAgain } from '../workflow/errors.ts';
import { living } from '../workflow/evidence.ts';
import {
  type AddressView,
  addressTargetName,
  type CheckTarget,
  type Coordinator,
  type Survey,
} from '../workflow/incident.ts';
import { surveyEndsMs } from '../workflow/model/timing.ts';
import { alarmsInAlarm } from './alarms.ts';
import { type Cloud, describeError } from './cloud.ts';
import { describeAddress, describeCoordinators, describeInstance } from './describe.ts';
import { actingHandler, type Clock, isoNow } from './entry.ts';
import { readSamples } from './samples.ts';

export const handler = actingHandler(survey);

export async function survey(event: unknown, cloud: Cloud, clock: Clock): Promise<Survey> {
  const { cluster, settings } = readIncident(event);
  const { read, unread } = createReader(clock);
  const [address, listed, ringing] = await Promise.all([
    read(`the ENI ${cluster.networkInterfaceId}`, surveyEndsMs.listing, () =>
      describeAddress(cloud, cluster),
    ),
    read('the coordinators', surveyEndsMs.listing, () => describeCoordinators(cloud, cluster)),
    read('the alarms', surveyEndsMs.listing, () => alarmsInAlarm(cloud, cluster)),
  ]);
  const coordinators = listed && (await withHolder(cloud, cluster, address, listed, read));
  const alive = (coordinators ?? []).filter(({ state }) => state !== 'terminated');
  const ids = alive.map(({ instanceId }) => instanceId);
  const [samples, checks] = await Promise.all([
    read("the probes' samples", surveyEndsMs.all, () =>
      readSamples(cloud, cluster, settings, ids, clock),
    ),
    read('the status checks', surveyEndsMs.all, () => readStatusChecks(cloud, ids)),
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

/** `null` when it could not be read in time; the reason goes into `unread`. */
type Read = <Found>(
  what: string,
  limitMs: number,
  reader: () => Promise<Found>,
) => Promise<Found | null>;

function createReader(clock: Clock): { readonly read: Read; readonly unread: string[] } {
  const startedAt = clock.now();
  const unread: string[] = [];
  return {
    unread,
    async read(what, limitMs, reader) {
      const leftMs = Math.max(0, startedAt + limitMs - clock.now());
      const late = clock.sleep(leftMs).then(() => {
        throw new TryAgain(`There was no answer within ${leftMs} ms.`);
      });
      try {
        return await Promise.race([reader(), late]);
      } catch (error) {
        unread.push(`Could not read ${what}. ${describeError(error)}`);
        return null;
      }
    },
  };
}

/**
 * Whoever holds the ENI belongs into the picture, even without our tag. Other instances that have
 * been terminated do not: EC2 shows them for an hour, and the record has a size.
 */
async function withHolder(
  cloud: Cloud,
  cluster: Cluster,
  address: AddressView | null,
  listed: readonly Coordinator[],
  read: Read,
): Promise<readonly Coordinator[]> {
  const holderId = address?.attachment?.instanceId;
  const shown = listed.filter(
    ({ instanceId, state }) => instanceId === holderId || state !== 'terminated',
  );
  if (!holderId || shown.some(({ instanceId }) => instanceId === holderId)) return shown;
  const holder = await read(`the holder ${holderId}`, surveyEndsMs.holder, () =>
    describeInstance(cloud, cluster, holderId),
  );
  return holder ? [...shown, holder] : shown;
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
