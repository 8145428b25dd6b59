/**
 * Launch standby: what brings the coordinators back to HACoordinatorsCount. Pure planning; the
 * handler reads the world and acts.
 * What can go wrong: launching one instance twice (the slot and generation are the client token's
 * core), or trimming a coordinator that somebody needs. So nothing is trimmed at the first look.
 */
import { isUnverifiedLikeAll } from './answers.ts';
import { currentSurvey, living } from './evidence.ts';
import { type Answer, addressTargetName, type Coordinator, type Incident } from './incident.ts';
import type { Settings } from './settings.ts';

export interface Gap {
  readonly slot: number;
  readonly generation: number;
}

export interface RestorationPlan {
  readonly kind: 'complete' | 'look-again';
  /** Looks in a row that ended in looking again. */
  readonly looks: number;
  readonly launch: readonly Gap[];
  /** Seen as surplus or sick at this look and at one before it: terminate now. */
  readonly terminate: readonly Unwanted[];
  /** Seen so, but not for long enough. */
  readonly surplus: readonly string[];
  /** By id: when each of them was first seen so, without a break. */
  readonly surplusSince: Readonly<Record<string, string>>;
  readonly sentence: string;
}

export interface Unwanted {
  readonly instanceId: string;
  readonly why: 'surplus' | SickReason;
}

/** Counted together: each is a standby that has been replaced. */
const sickReasons = ['not ready in time', 'reached by nobody'] as const;
type SickReason = (typeof sickReasons)[number];

export interface World {
  /** All of the cluster, as just described, the terminated included. */
  readonly coordinators: readonly Coordinator[];
  /** Who holds the ENI now, if anybody; undefined = it could not be read, which forbids trimming. */
  readonly holderId: string | null | undefined;
}

/** Sick standbys replaced within the failover window, at most: a bad image is not a sick box. */
export const mostReplacements = 3;

/** Instances of one slot that may end by themselves before the next one has to wait. */
const mostEnded = 3;
/** And how long it waits: a disk that cannot be decrypted ends an instance within seconds. */
const endedPauseSeconds = 300;

/** Looks for surplus in one execution; what still changes then is left to the next execution. */
const mostLooks = 6;

/** `now` is ISO 8601. */
export function planRestoration(incident: Incident, world: World, now: string): RestorationPlan {
  const wanted = incident.settings.haCoordinatorsCount;
  const settled = isSettled(incident);
  const abandoned = isPreparing(incident) ? world.holderId : null;
  const alive = living(world.coordinators).filter(({ instanceId }) => instanceId !== abandoned);
  const sick = sickStandby(incident, world, alive, now);
  const extra = settled ? surplusOf(incident, world, alive, alive.length - wanted) : [];
  const unwanted: Unwanted[] = extra.map((instanceId) => ({ instanceId, why: 'surplus' }));
  if (sick !== null && !extra.includes(sick.instanceId)) unwanted.push(sick);
  const isOld = currentSurvey(incident, now) === null;
  const terminate = unwanted.filter(
    ({ instanceId }) => !isOld && seenBefore(incident, instanceId, now),
  );
  const agreed = terminate.map(({ instanceId }) => instanceId);
  const kept = alive.filter(({ instanceId }) => !agreed.includes(instanceId));
  const empty = gaps(world.coordinators, kept, wanted);
  const launch = empty.filter(({ slot }) => !endAtOnce(world.coordinators, slot, now));
  const waiting = empty.filter((gap) => !launch.includes(gap)).map(({ slot }) => slot);
  const surplus = unwanted
    .map(({ instanceId }) => instanceId)
    .filter((instanceId) => !agreed.includes(instanceId));
  const lookAgain = settled && surplus.length > 0 && looksBefore(incident) < mostLooks;
  return {
    kind: lookAgain ? 'look-again' : 'complete',
    looks: lookAgain ? looksBefore(incident) + 1 : 0,
    launch,
    terminate,
    surplus,
    surplusSince: Object.fromEntries(surplus.map((id) => [id, seenSince(incident, id) ?? now])),
    sentence: describe({ wanted, kept: kept.length, launch, waiting, terminated: agreed, surplus }),
  };
}

/** The tag of a trimmed instance: why, by whom, when. Counted again by `replacementsWithin`. */
export function trimmedTag(why: Unwanted['why'], executionId: string, now: string): string {
  return `${why}: ${executionId} ${now}`;
}

/** The address is on a coordinator that works: only then may anything be trimmed as surplus. */
function isSettled(incident: Incident): boolean {
  const { verdict, verification } = incident;
  // Verified in an earlier round, the new one has failed too: it is not on one that works.
  if (isPreparing(incident)) return false;
  if (verification?.kind === 'verified') return true;
  return verdict?.kind === 'verdict' && verdict.outcome === 'healthy';
}

/** A successor is needed beside the holder, who counts as lost. */
function isPreparing({ verdict }: Incident): boolean {
  return verdict?.kind === 'verdict' && verdict.outcome === 'prepare';
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

/** Filling such a slot at every look would be hundreds of launches an hour, and none that lives. */
function endAtOnce(all: readonly Coordinator[], slot: number, now: string): boolean {
  const ended = all.filter(
    (one) =>
      one.slot === slot &&
      one.condemned === null &&
      (one.state === 'terminated' || one.state === 'shutting-down'),
  );
  const newest = Math.max(...ended.map(({ launchedAt }) => Date.parse(launchedAt)));
  return ended.length >= mostEnded && Date.parse(now) - newest < endedPauseSeconds * 1000;
}

function highestGeneration(all: readonly Coordinator[], slot: number): number {
  const generations = all.filter((one) => one.slot === slot).map((one) => one.generation ?? 0);
  return Math.max(0, ...generations);
}

/** Never the holder; unready ones first, the newest first. */
function surplusOf(
  incident: Incident,
  { holderId }: World,
  alive: readonly Coordinator[],
  count: number,
): string[] {
  if (count <= 0 || holderId === undefined || holderId === null) return [];
  return alive
    .filter(({ instanceId }) => instanceId !== holderId && instanceId !== promotedId(incident))
    .sort((one, other) => rank(incident, one) - rank(incident, other) || byAge(other, one))
    .slice(0, count)
    .map(({ instanceId }) => instanceId);
}

function rank(incident: Incident, coordinator: Coordinator): number {
  return answersReady(incident, coordinator) ? 1 : 0;
}

/** One at a time, the oldest first. */
function sickStandby(
  incident: Incident,
  { coordinators, holderId }: World,
  alive: readonly Coordinator[],
  now: string,
): Unwanted | null {
  if (holderId === undefined || incident.answers?.kind !== 'asked') return null;
  const { answers } = incident.answers;
  if (replacementsWithin(coordinators, incident.settings, now) >= mostReplacements) return null;
  const survey = incident.survey?.kind === 'surveyed' ? incident.survey : null;
  if (!survey?.samplesRead) return null;
  const limit = Date.parse(now) - incident.settings.readyWithinMinutes * 60_000;
  const sick = alive
    .filter(
      (one) =>
        one.instanceId !== holderId &&
        one.instanceId !== promotedId(incident) &&
        one.state === 'running' &&
        Date.parse(one.launchedAt) < limit &&
        !answersReady(incident, one) &&
        // Its certificate may be as good as everybody's: docs/decisions/0038.
        !isUnverifiedLikeAll(answers, one.instanceId),
    )
    .sort(byAge);
  for (const { instanceId } of sick) {
    const surveyed = survey.coordinators?.find((one) => one.instanceId === instanceId);
    const why = surveyed === undefined ? null : sickness(incident, surveyed);
    if (why !== null) return { instanceId, why };
  }
  return null;
}

/**
 * Of a standby that had its time to boot and does not answer ready. Either its own probe has not said
 * healthy within the boot limit. Or it has: then it must be cut off on all sides, for as long, while
 * everything else works. The address answers, the check does not reach the standby, and the standby
 * does not reach the address; nobody could ever promote it.
 */
function sickness(incident: Incident, standby: Coordinator): SickReason | null {
  const { health, lastHealthyAt, reachable, lastReachingAt } = standby;
  if (lastHealthyAt === null && health?.value !== 1) return 'not ready in time';
  const reachesNobody = reachable?.value === 0 && lastReachingAt === null;
  const isReached = answerOf(incident, standby.instanceId)?.reached ?? true;
  const addressAnswers = answerOf(incident, addressTargetName)?.ready === true;
  return reachesNobody && !isReached && addressAnswers ? 'reached by nobody' : null;
}

function replacementsWithin(
  coordinators: readonly Coordinator[],
  settings: Settings,
  now: string,
): number {
  const oldest = Date.parse(now) - settings.failoverWindowMinutes * 60_000;
  return coordinators.filter(({ condemned }) => {
    const replaced = sickReasons.some((why) => condemned?.startsWith(`${why}: `));
    const at = replaced ? condemned?.split(' ').at(-1) : undefined;
    return at !== undefined && Date.parse(at) > oldest;
  }).length;
}

function looksBefore({ restoration }: Incident): number {
  return restoration && 'looks' in restoration ? restoration.looks : 0;
}

/**
 * Was it seen so at every look of this execution since long enough ago? Counted from the first of
 * them: while a coordinator boots, looks follow each other faster than that.
 */
function seenBefore(incident: Incident, instanceId: string, now: string): boolean {
  const since = seenSince(incident, instanceId);
  if (since === undefined) return false;
  return Date.parse(now) - Date.parse(since) >= incident.settings.surplusAgainSeconds * 1000;
}

function seenSince({ restoration }: Incident, instanceId: string): string | undefined {
  return restoration && 'surplusSince' in restoration
    ? restoration.surplusSince[instanceId]
    : undefined;
}

function answersReady(incident: Incident, { instanceId }: Coordinator): boolean {
  return answerOf(incident, instanceId)?.ready === true;
}

function answerOf({ answers }: Incident, asked: string): Answer | undefined {
  return answers?.kind === 'asked' ? answers.answers.find(({ name }) => name === asked) : undefined;
}

function promotedId({ attachment }: Incident): string | null {
  return attachment?.kind === 'attached' ? attachment.instanceId : null;
}

function byAge(one: Coordinator, other: Coordinator): number {
  return (
    Date.parse(one.launchedAt) - Date.parse(other.launchedAt) ||
    one.instanceId.localeCompare(other.instanceId)
  );
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
  if (terminated.length > 0) parts.push(`Trimmed after two looks: ${terminated.join(', ')}.`);
  if (surplus.length > 0)
    parts.push(`To be trimmed if the next look agrees: ${surplus.join(', ')}.`);
  return parts.join(' ');
}
