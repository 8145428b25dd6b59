/**
 * Survey coordinators, GATHER: reads the ENI, the instances, the status checks and the probes' newest
 * samples, all at once. A failed read is named and stays unknown: it must not look like a dead
 * coordinator.
 */
import { describeAddress } from '../aws/address.ts';
import { alarmsInAlarm } from '../aws/alarms.ts';
import type { FailoverCalls } from '../aws/calls.ts';
import { describeCoordinators, describeInstance, readStatusChecks } from '../aws/coordinators.ts';
import { describeError } from '../aws/errors.ts';
import { readProbeEvidence } from '../aws/samples.ts';
import type { Cluster } from '../workflow/model/cluster.ts';
import { mostTargets, readIncident } from '../workflow/model/document.ts';
import { TryAgain } from '../workflow/model/errors.ts';
import {
  type AddressView,
  addressTargetName,
  type CheckTarget,
  type Coordinator,
  type Survey,
} from '../workflow/model/incident.ts';
import { isLiving, isTerminated } from '../workflow/model/instance-state.ts';
import { surveyEndsMs } from '../workflow/model/timing.ts';
import { actingHandler, type Clock, isoNow } from './entry.ts';

export const handler = actingHandler(surveyCoordinators);

export async function surveyCoordinators(
  event: unknown,
  cloud: FailoverCalls,
  clock: Clock,
): Promise<Survey> {
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
  const ids = (coordinators ?? [])
    .filter((one) => !isTerminated(one))
    .map(({ instanceId }) => instanceId);
  const [samples, checks] = await Promise.all([
    read("the probes' samples", surveyEndsMs.all, () =>
      readProbeEvidence(cloud, cluster, settings, ids, clock.now()),
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

/** `null` when the read fails or is late; `unread` gets the reason. */
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
 * Adds the ENI's holder, even without our tag. Drops the other terminated instances: EC2 shows them
 * for an hour, and the record's size is limited.
 */
async function withHolder(
  cloud: FailoverCalls,
  cluster: Cluster,
  address: AddressView | null,
  listed: readonly Coordinator[],
  read: Read,
): Promise<readonly Coordinator[]> {
  const holderId = address?.attachment?.instanceId;
  const shown = listed.filter((one) => one.instanceId === holderId || !isTerminated(one));
  if (!holderId || shown.some(({ instanceId }) => instanceId === holderId)) return shown;
  const holder = await read(`the holder ${holderId}`, surveyEndsMs.holder, () =>
    describeInstance(cloud, cluster, holderId),
  );
  return holder ? [...shown, holder] : shown;
}

/** The address, its holder, and every living coordinator. */
function targets(
  cluster: Cluster,
  address: AddressView | null,
  coordinators: readonly Coordinator[],
): CheckTarget[] {
  const holderId = address?.attachment?.instanceId;
  const asked = coordinators.filter((one) => one.instanceId === holderId || isLiving(one));
  return [
    { name: addressTargetName, host: cluster.coordinatorAddress },
    ...asked.flatMap(({ instanceId, privateIpAddress }) =>
      privateIpAddress ? [{ name: instanceId, host: privateIpAddress }] : [],
    ),
  ].slice(0, mostTargets);
}
