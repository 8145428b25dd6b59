/** Rollouts: a new launch template version gets everywhere that it should. */
import { isNoFailure } from '../../workflow/condemnation.ts';
import { tagKeys } from '../../workflow/names.ts';
import type { FaultFact, InstanceTruth, Recording, Truth } from '../recording.ts';
import { isLeftToAPerson } from './executions.ts';
import { at, type Checker, coordinatorsIn, done, instanceIn, requestOf } from './reading.ts';

export const versionsAreRolledOut: Checker = {
  name: 'versions-are-rolled-out',
  defends:
    'A new launch template version reaches the standbys by itself, and the active when a person asks, unless it does not work.',
  check: (recording) => [...standbysAtTheEnd(recording), ...upgradeOf(recording)],
};

function standbysAtTheEnd(recording: Recording): string[] {
  const { last, templateVersion } = recording;
  if (isRolledOut(last, templateVersion) || isLeftToAPerson(recording)) return [];
  const ids = outdatedStandbys(last, templateVersion).map(({ instanceId }) => instanceId);
  return [`At the end ${ids.join(', ')} still run another version than ${templateVersion}.`];
}

/** After so many that failed, no more of a version is launched (workflow/rollout.ts). */
const mostFailed = 3;

/** Every standby runs the version, or the version does not work. */
export function isRolledOut(truth: Truth, version: string): boolean {
  if (outdatedStandbys(truth, version).length === 0) return true;
  const failed = truth.instances.filter(
    (one) => one.ours && one.templateVersion === version && hasFailed(one),
  );
  return failed.length >= mostFailed;
}

function outdatedStandbys(truth: Truth, version: string): InstanceTruth[] {
  const { address } = truth;
  const holderId = address === 'deleted' ? undefined : address.instanceId;
  return coordinatorsIn(truth).filter(
    ({ instanceId, templateVersion }) => instanceId !== holderId && templateVersion !== version,
  );
}

function hasFailed({ state, condemned }: InstanceTruth): boolean {
  if (condemned !== null) return !isNoFailure(condemned);
  return state === 'shutting-down' || state === 'terminated';
}

/** What was so for so long has been seen by everybody. */
const longMs = 60_000;

/** The last thing that happens is that a person asks for the upgrade, and all is ready for it. */
function upgradeOf(recording: Recording): string[] {
  const { facts, last, lastFaultAtMs, templateVersion } = recording;
  const asked = facts.findLast(
    (fact): fact is FaultFact => fact.kind === 'fault' && fact.sentence === 'a person: upgrade',
  );
  if (asked?.before === undefined || asked.atMs < lastFaultAtMs) return [];
  if (!isReadyFor(asked.before, templateVersion) || mayWait(recording, asked)) return [];
  const holder = last.address === 'deleted' ? undefined : last.address.instanceId;
  if (instanceIn(last, holder ?? '')?.templateVersion === templateVersion) return [];
  return [
    `At ${at(recording, asked.atMs)} a person asked for the upgrade to ${templateVersion}, and at the end ${holder} still runs another one.`,
  ];
}

const levers: readonly string[] = [tagKeys.paused, tagKeys.closing];

/** A holder that works and is outdated, a standby of the version that could take over, no lever set. */
function isReadyFor(truth: Truth, version: string): boolean {
  const { address } = truth;
  if (address === 'deleted' || Object.keys(address.tags).some((key) => levers.includes(key))) {
    return false;
  }
  const holder = instanceIn(truth, address.instanceId ?? '');
  const successor = coordinatorsIn(truth).find(
    ({ healthyForMs, templateVersion, instanceId }) =>
      instanceId !== address.instanceId &&
      templateVersion === version &&
      (healthyForMs ?? 0) > longMs,
  );
  return (
    successor !== undefined &&
    holder !== undefined &&
    holder.templateVersion !== version &&
    (holder.servingForMs ?? 0) > longMs
  );
}

/** Too many failovers before it, or the execution that was asked died. */
function mayWait(recording: Recording, { atMs }: FaultFact): boolean {
  const { failoverLimit, failoverWindowMinutes } = recording.settings;
  const fences = done(recording, 'DetachNetworkInterface').filter(
    (call) => call.atMs < atMs && call.atMs > atMs - failoverWindowMinutes * 60_000,
  );
  const moves = new Set(fences.map(({ input }) => input.AttachmentId));
  const died = recording.executions.some(
    (one) => one.killed && one.startedAtMs >= atMs && requestOf(one).upgrade === true,
  );
  return died || moves.size >= failoverLimit;
}
