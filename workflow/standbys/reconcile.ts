/**
 * Launch standby: plans how the coordinators get back to HACoordinatorsCount. Pure; the handler reads the
 * cluster and acts.
 * What can go wrong: one gap is filled twice (so slot and generation go into the client token), or a
 * coordinator that is needed is scaled in (so the first observation scales nothing in).
 */
import {
  currentSurvey,
  decisionOf,
  fencedBy,
  standbyLaunchOf,
  verificationOf,
} from '../model/findings.ts';
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
  /** How many observations in a row ended in another. */
  readonly observations: number;
  readonly launch: readonly Gap[];
  /** A launch beyond the count, to replace an outdated coordinator; only after all of `terminate`. */
  readonly surge: Gap | null;
  /** Surplus or unhealthy for long enough: terminate now. */
  readonly terminate: readonly Removal[];
  /** Surplus or unhealthy, but not for long enough. */
  readonly surplus: readonly string[];
  /** By id: since when each of `surplus` has been surplus or unhealthy without a break. */
  readonly surplusSince: Readonly<Record<string, string>>;
  readonly sentence: string;
  /** What only a person can repair, or null. */
  readonly problem: StandbyProblem | null;
}

export function launchProblem(slot: number, refusals: readonly LaunchRefusal[]): LaunchProblem {
  const sentence = `No coordinator could be launched for slot ${slot}. ${refusals.map(refusalText).join('; ')}`;
  return { kind: 'not-launched', slot, refusals, sentence };
}

export function refusalText({ instanceType, code, message }: LaunchRefusal): string {
  return `${instanceType}: ${code}: ${message}`;
}

/** Instances of one slot that may end by themselves before the slot waits. */
const mostEnded = 3;
/** How long the slot waits: a disk that cannot be decrypted ends an instance within seconds. */
const endedPauseSeconds = 300;

/** Observations of surplus in one execution; the next execution goes on from there. */
const mostObservations = 6;

/** `now` is ISO 8601. */
export function reconcile(incident: Incident, world: ClusterNow, now: string): Reconciliation {
  const wanted = incident.settings.haCoordinatorsCount;
  const settled = isSettled(incident);
  // Descriptions lag: an instance that this execution has fenced may still look alive.
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

/** The address is on a coordinator that works. Nothing is surplus before. */
function isSettled(incident: Incident): boolean {
  // An active that was verified in an earlier round has failed by now.
  if (isPreparing(incident)) return false;
  if (verificationOf(incident)?.kind === 'verified') return true;
  return decisionOf(incident)?.outcome === 'healthy';
}

/** A successor is needed beside the holder, which counts as lost. */
function isPreparing(incident: Incident): boolean {
  return decisionOf(incident)?.outcome === 'prepare';
}

/** The lowest empty slots, each with the generation after its highest so far. */
function gaps(all: readonly Coordinator[], kept: readonly Coordinator[], wanted: number): Gap[] {
  const taken = new Set(kept.map(({ slot }) => slot));
  const slots = Array.from({ length: wanted }, (_, index) => index + 1);
  return slots
    .filter((slot) => !taken.has(slot))
    .slice(0, Math.max(0, wanted - kept.length))
    .map((slot) => ({ slot, generation: highestGeneration(all, slot) + 1 }));
}

const noRollout: Rollout = { replaced: null, sentence: '', problem: null };

/** In the slot of the replaced coordinator: two executions with the same view launch the same. */
function surgeBeside(all: readonly Coordinator[], replaced: Coordinator): Gap {
  const slot = replaced.slot ?? 1;
  return { slot, generation: highestGeneration(all, slot) + 1 };
}

/** Do the slot's instances end at once? Refilling at every observation would launch hundreds an hour. */
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
 * Surplus or unhealthy at every observation of this execution, for long enough. Counted from the first of
 * the observations: while a coordinator boots, observations follow each other faster.
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
