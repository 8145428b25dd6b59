/**
 * Which standby will never take over, and why: not ready within the boot limit, or reached by nobody. Pure.
 * What can go wrong: a slow standby is replaced, or a bad image is launched for ever. So a standby has the
 * boot limit, and replacements are limited: one at a time, `mostReplacements` within the failover window.
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
  /** All of the cluster, as just described, including the terminated. */
  readonly coordinators: readonly Coordinator[];
  /** The instance that holds the ENI now, or null. */
  readonly holderId: string | null;
}

/** Unhealthy standbys replaced within the failover window, at most: the image itself may be bad. */
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

/** Why the standby is to be replaced, or null. */
export function unhealthyReason(
  incident: Incident,
  standby: Coordinator,
  now: string,
): UnhealthyReason | null {
  const survey = surveyOf(incident);
  if (!survey?.samplesRead || incident.answers?.kind !== 'asked') return null;
  if (!isRunning(standby) || isBooting(incident, standby, now)) return null;
  if (answersReady(incident, standby)) return null;
  // A CA bundle that fits no certificate is no evidence against one standby: docs/decisions/0006.
  if (isUnverifiedLikeAll(incident.answers.answers, standby.instanceId)) return null;
  const surveyed = survey.coordinators?.find((one) => one.instanceId === standby.instanceId);
  return surveyed === undefined ? null : reasonOf(incident, surveyed);
}

/** Is the coordinator within the boot limit? */
export function isBooting(
  { settings }: Incident,
  { launchedAt }: Coordinator,
  now: string,
): boolean {
  return Date.parse(launchedAt) >= Date.parse(now) - settings.readyWithinMinutes * 60_000;
}

/**
 * Why a standby past the boot limit does not answer ready, or null. Either the probe has not said healthy
 * within the boot limit. Or the standby is cut off for as long: the address answers, the check does not
 * reach the standby, and the standby does not reach the address.
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
