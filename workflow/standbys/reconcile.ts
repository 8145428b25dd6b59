/**
 * Launch standby: what brings the coordinators back to HACoordinatorsCount. Pure planning; the
 * handler reads the world and acts.
 * What can go wrong: launching one instance twice (the slot and generation are the client token's
 * core), or scaling in a coordinator that somebody needs. So nothing is scaled in at the first observation.
 */
import { currentSurvey } from '../decide/evidence.ts';
import { decisionOf, fencedBy, standbyLaunchOf, verificationOf } from '../model/findings.ts';
import type {
  Coordinator,
  Incident,
  LaunchProblem,
  LaunchRefusal,
  StandbyProblem,
} from '../model/incident.ts';
import { isLiving, isShuttingDownOrTerminated } from '../model/instance-state.ts';
import { planRollout, type Rollout, surplusOf } from './rolling-update.ts';
import { type ClusterNow, type Removal, unhealthyStandby } from './unhealthy.ts';

export interface Gap {
  readonly slot: number;
  readonly generation: number;
}

export interface Reconciliation {
  readonly kind: 'complete' | 'observe-again';
  /** Looks in a row that ended in looking again. */
  readonly observations: number;
  readonly launch: readonly Gap[];
  /** One more than wanted, to replace an outdated one: only when all that is to go has gone. */
  readonly surge: Gap | null;
  /** Seen as surplus or unhealthy at this observation and at one before it: terminate now. */
  readonly terminate: readonly Removal[];
  /** Seen so, but not for long enough. */
  readonly surplus: readonly string[];
  /** By id: when each of them was first seen so, without a break. */
  readonly surplusSince: Readonly<Record<string, string>>;
  readonly sentence: string;
  /** What only a person can mend, or null. */
  readonly problem: StandbyProblem | null;
}

export function launchProblem(slot: number, refusals: readonly LaunchRefusal[]): LaunchProblem {
  const sentence = `No coordinator could be launched for slot ${slot}. ${refusals.map(refusalText).join('; ')}`;
  return { kind: 'not-launched', slot, refusals, sentence };
}

export function refusalText({ instanceType, code, message }: LaunchRefusal): string {
  return `${instanceType}: ${code}: ${message}`;
}

/** Instances of one slot that may end by themselves before the next one has to wait. */
const mostEnded = 3;
/** And how long it waits: a disk that cannot be decrypted ends an instance within seconds. */
const endedPauseSeconds = 300;

/** Looks for surplus in one execution; what still changes then is left to the next execution. */
const mostObservations = 6;

/** `now` is ISO 8601. */
export function reconcile(incident: Incident, world: ClusterNow, now: string): Reconciliation {
  const wanted = incident.settings.haCoordinatorsCount;
  const settled = isSettled(incident);
  // Descriptions lag: whom this execution has fenced may still be shown as a coordinator like others.
  const lost = [...fencedBy(incident), ...(isPreparing(incident) ? [world.holderId] : [])];
  const alive = world.coordinators.filter((one) => isLiving(one) && !lost.includes(one.instanceId));
  const view = { incident, world, alive, now };
  const removal = settled ? surplusOf(view) : [];
  const unhealthy = unhealthyStandby(incident, world, alive, now);
  if (
    unhealthy !== null &&
    !removal.some(({ instanceId }) => instanceId === unhealthy.instanceId)
  ) {
    removal.push(unhealthy);
  }
  const isOld = currentSurvey(incident, now) === null;
  const terminate = removal.filter(
    ({ instanceId }) => !isOld && seenBefore(incident, instanceId, now),
  );
  const agreed = terminate.map(({ instanceId }) => instanceId);
  const kept = alive.filter(({ instanceId }) => !agreed.includes(instanceId));
  const empty = gaps(world.coordinators, kept, wanted);
  const launch = empty.filter(({ slot }) => !endAtOnce(world.coordinators, slot, now));
  const waiting = empty.filter((gap) => !launch.includes(gap)).map(({ slot }) => slot);
  const surplus = removal
    .map(({ instanceId }) => instanceId)
    .filter((instanceId) => !agreed.includes(instanceId));
  const rollout = settled ? planRollout(view, terminate) : noRollout;
  const lookAgain =
    settled && surplus.length > 0 && observationsBefore(incident) < mostObservations;
  return {
    kind: lookAgain ? 'observe-again' : 'complete',
    observations: lookAgain ? observationsBefore(incident) + 1 : 0,
    launch,
    surge: rollout.replaced && surgeBeside(world.coordinators, rollout.replaced),
    terminate,
    surplus,
    surplusSince: Object.fromEntries(surplus.map((id) => [id, seenSince(incident, id) ?? now])),
    sentence: [
      describe({ wanted, kept: kept.length, launch, waiting, terminated: agreed, surplus }),
      ...(rollout.sentence === '' ? [] : [rollout.sentence]),
    ].join(' '),
    problem: rollout.problem === null ? null : { kind: 'version-fails', sentence: rollout.problem },
  };
}

/** The address is on a coordinator that works: only then may anything be scaled in as surplus. */
function isSettled(incident: Incident): boolean {
  // Verified in an earlier round, the new one has failed too: it is not on one that works.
  if (isPreparing(incident)) return false;
  if (verificationOf(incident)?.kind === 'verified') return true;
  return decisionOf(incident)?.outcome === 'healthy';
}

/** A successor is needed beside the holder, who counts as lost. */
function isPreparing(incident: Incident): boolean {
  return decisionOf(incident)?.outcome === 'prepare';
}

/** The lowest empty slots, each with the generation after the highest ever seen in it. */
function gaps(all: readonly Coordinator[], kept: readonly Coordinator[], wanted: number): Gap[] {
  const taken = new Set(kept.map(({ slot }) => slot));
  const slots = Array.from({ length: wanted }, (_, index) => index + 1);
  return slots
    .filter((slot) => !taken.has(slot))
    .slice(0, Math.max(0, wanted - kept.length))
    .map((slot) => ({ slot, generation: highestGeneration(all, slot) + 1 }));
}

const noRollout: Rollout = { replaced: null, sentence: '', problem: null };

/** The slot of the one that it replaces: so two executions that see the same launch the same. */
function surgeBeside(all: readonly Coordinator[], replaced: Coordinator): Gap {
  const slot = replaced.slot ?? 1;
  return { slot, generation: highestGeneration(all, slot) + 1 };
}

/** Filling such a slot at every observation would be hundreds of launches an hour, and none that lives. */
function endAtOnce(all: readonly Coordinator[], slot: number, now: string): boolean {
  const ended = all.filter(
    (one) => one.slot === slot && one.retired === null && isShuttingDownOrTerminated(one),
  );
  const newest = Math.max(...ended.map(({ launchedAt }) => Date.parse(launchedAt)));
  return ended.length >= mostEnded && Date.parse(now) - newest < endedPauseSeconds * 1000;
}

function highestGeneration(all: readonly Coordinator[], slot: number): number {
  const generations = all.filter((one) => one.slot === slot).map((one) => one.generation ?? 0);
  return Math.max(0, ...generations);
}

function observationsBefore(incident: Incident): number {
  return standbyLaunchOf(incident)?.observations ?? 0;
}

/**
 * Was it seen so at every observation of this execution since long enough ago? Counted from the first of
 * them: while a coordinator boots, looks follow each other faster than that.
 */
function seenBefore(incident: Incident, instanceId: string, now: string): boolean {
  const since = seenSince(incident, instanceId);
  if (since === undefined) return false;
  return Date.parse(now) - Date.parse(since) >= incident.settings.surplusAgainSeconds * 1000;
}

function seenSince(incident: Incident, instanceId: string): string | undefined {
  return standbyLaunchOf(incident)?.surplusSince[instanceId];
}

function describe(plan: {
  readonly wanted: number;
  readonly kept: number;
  readonly launch: readonly Gap[];
  readonly waiting: readonly number[];
  readonly terminated: readonly string[];
  readonly surplus: readonly string[];
}): string {
  const { wanted, kept, launch, waiting, terminated, surplus } = plan;
  const parts = [`${kept} of ${wanted} coordinators are there.`];
  for (const { slot, generation } of launch) {
    parts.push(`One is launched for slot ${slot} (generation ${generation}).`);
  }
  for (const slot of waiting) {
    parts.push(
      `Slot ${slot} waits: ${mostEnded} instances ended by themselves, the next one follows ` +
        `${endedPauseSeconds / 60} minutes after the last.`,
    );
  }
  if (terminated.length > 0)
    parts.push(`Scaled in after two observations: ${terminated.join(', ')}.`);
  if (surplus.length > 0)
    parts.push(`To be scaled in if the next observation agrees: ${surplus.join(', ')}.`);
  return parts.join(' ');
}
