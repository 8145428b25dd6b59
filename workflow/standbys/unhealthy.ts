/**
 * Which standby will never take over, and why: it had its time to boot, or nobody reaches it. Pure.
 * What can go wrong: replacing what is only slow, or a bad image for ever. So a standby has the boot
 * limit, one is replaced at a time, and only so many within the failover window.
 */
import { isUnverifiedLikeAll } from '../decide/outside-check.ts';
import { answerOf, attachedBy, surveyOf } from '../model/findings.ts';
import { addressTargetName, type Coordinator, type Incident } from '../model/incident.ts';
import { isRunning } from '../model/instance-state.ts';
import type { Settings } from '../model/settings.ts';
import { replacedAt, type ScaleInReason, type UnhealthyReason } from '../model/tags.ts';

export interface Removal {
  readonly instanceId: string;
  readonly why: ScaleInReason;
}

export interface ClusterNow {
  /** All of the cluster, as just described, the terminated included. */
  readonly coordinators: readonly Coordinator[];
  /** Who holds the ENI now, if anybody. */
  readonly holderId: string | null;
}

/** Unhealthy standbys replaced within the failover window, at most: a bad image is not a unhealthy host. */
export const mostReplacements = 3;

/** One at a time, the oldest first. */
export function unhealthyStandby(
  incident: Incident,
  { coordinators, holderId }: ClusterNow,
  alive: readonly Coordinator[],
  now: string,
): Removal | null {
  if (replacementsWithin(coordinators, incident.settings, now) >= mostReplacements) return null;
  const standbys = alive.filter(
    ({ instanceId }) => instanceId !== holderId && instanceId !== attachedBy(incident)?.instanceId,
  );
  for (const one of standbys.sort(byAge)) {
    const why = unhealthyReason(incident, one, now);
    if (why !== null) return { instanceId: one.instanceId, why };
  }
  return null;
}

/** Why this standby is to be replaced, or null. */
export function unhealthyReason(
  incident: Incident,
  standby: Coordinator,
  now: string,
): UnhealthyReason | null {
  const survey = surveyOf(incident);
  if (!survey?.samplesRead || incident.answers?.kind !== 'asked') return null;
  if (!isRunning(standby) || isBooting(incident, standby, now)) return null;
  if (answersReady(incident, standby)) return null;
  // Its certificate may be as good as everybody's: docs/decisions/0006.
  if (isUnverifiedLikeAll(incident.answers.answers, standby.instanceId)) return null;
  const surveyed = survey.coordinators?.find((one) => one.instanceId === standby.instanceId);
  return surveyed === undefined ? null : reasonOf(incident, surveyed);
}

/** It is young enough to become ready yet. */
export function isBooting(
  { settings }: Incident,
  { launchedAt }: Coordinator,
  now: string,
): boolean {
  return Date.parse(launchedAt) >= Date.parse(now) - settings.readyWithinMinutes * 60_000;
}

/**
 * Of a standby that had its time to boot and does not answer ready. Either its own probe has not said
 * healthy within the boot limit. Or it has: then it must be cut off on all sides, for as long, while
 * everything else works. The address answers, the check does not reach the standby, and the standby
 * does not reach the address; nobody could ever promote it.
 */
function reasonOf(incident: Incident, standby: Coordinator): UnhealthyReason | null {
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
  const times = coordinators.map(({ retired }) => replacedAt(retired));
  return times.filter((at) => at !== null && at > oldest).length;
}

export function answersReady(incident: Incident, { instanceId }: Coordinator): boolean {
  return answerOf(incident, instanceId)?.ready === true;
}

export function byAge(one: Coordinator, other: Coordinator): number {
  return (
    Date.parse(one.launchedAt) - Date.parse(other.launchedAt) ||
    one.instanceId.localeCompare(other.instanceId)
  );
}
