/**
 * Candidates -> the standby to promote, and why not the others. Deterministic: two executions with the
 * same evidence and request pick the same standby.
 */
import { isInZone, readEvidence } from '../decide/evidence.ts';
import {
  answerOf,
  attachmentOf,
  coordinatorsOf,
  decisionOf,
  fencedBy,
  standbyPickOf,
  surveyOf,
  terminationOf,
  verificationOf,
} from '../model/findings.ts';
import type { Coordinator, Incident, StandbyPick } from '../model/incident.ts';
import { isRunning } from '../model/instance-state.ts';
import { isOutdated } from '../model/launch-version.ts';
import { isUpgraded, standbyAskedFor } from '../model/tags.ts';

/** From the incident's last survey and answers. `now` is ISO 8601. */
export function pick(incident: Incident, now: string): StandbyPick {
  const { readyStandbys: ready, request } = readEvidence(incident, now);
  const observation = decisionOf(incident)?.observation ?? 0;
  const passedOver: { instanceId: string; why: string }[] = [];
  const fit = coordinatorsOf(incident).filter((candidate) => {
    const why = unfitness(candidate, incident, ready);
    if (why !== null) passedOver.push({ instanceId: candidate.instanceId, why });
    return why === null;
  });
  const tried = standbyPickOf(incident)?.tried ?? [];
  const asked = request.standby ?? standbyAskedFor(movedOff(incident));
  const preferences = preferencesOf(incident, asked, now);
  const [picked, ...later] = fit.sort((one, other) => compare(preferences, one, other));
  if (!picked) {
    const sentence = 'Nobody is ready to take over: a coordinator is launched.';
    return { kind: 'nobody', at: now, instanceId: null, sentence, passedOver, observation, tried };
  }
  const { instanceId } = picked;
  for (const one of later) {
    const why = `ready too, but ${whyAfter(preferences, picked, one)}`;
    passedOver.push({ instanceId: one.instanceId, why });
  }
  const words =
    instanceId === asked
      ? 'the one to which a person moves the address'
      : mainReason(picked, later, preferences, tried.length > 0);
  return {
    kind: 'picked',
    at: now,
    instanceId,
    sentence:
      instanceId === request.standby
        ? `${instanceId} takes over: ready, and asked for (${request.startedBy}).`
        : `${instanceId} takes over: ready, and ${words} (since ${picked.launchedAt}).`,
    passedOver,
    observation,
    tried: [...tried, instanceId],
  };
}

/** Why the candidate cannot be promoted, or null. */
function unfitness(
  candidate: Coordinator,
  incident: Incident,
  ready: readonly string[],
): string | null {
  const { instanceId, retired, state, ours } = candidate;
  if (!ours) return 'not tagged as a coordinator of this cluster';
  if (retired !== null) return `retired by ${retired}`;
  if (!isRunning(candidate)) return `its instance is ${state}`;
  if (instanceId === decisionOf(incident)?.pin?.instanceId)
    return 'it held the address when it failed';
  if (fencedBy(incident).includes(instanceId)) return 'fenced by this execution';
  if (verificationOf(incident)?.rejected.includes(instanceId)) return 'it did not verify just now';
  if (attachmentOf(incident)?.unfit.includes(instanceId)) {
    return 'the ENI could not be attached to it';
  }
  if (!isInZone(candidate, surveyOf(incident)))
    return `it is in another zone, ${candidate.availabilityZone}`;
  if (!ready.includes(instanceId)) return notReady(candidate, incident);
  return null;
}

function notReady({ instanceId }: Coordinator, incident: Incident): string {
  return `not ready: ${answerOf(incident, instanceId)?.sentence ?? 'it was not asked'}`;
}

/** One reason to put a standby before another: the lower the rank, the better. */
interface Preference {
  rank(one: Coordinator): number;
  /** Why a standby with a higher rank comes later. */
  readonly after: string;
}

const otherVersion = 'of another launch template version than the cluster';

/**
 * In order: the first preference that tells two standbys apart decides. An upgrade prefers the cluster's
 * version. A failover first prefers a standby that is older than a boot may take: a version that became
 * ready a moment ago may not work. Among equals the cluster's version saves a second move.
 */
function preferencesOf(
  incident: Incident,
  asked: string | null,
  now: string,
): readonly Preference[] {
  const { cluster, settings } = incident;
  // Each round begins with another standby: an unknown error must not lead to the same pick for ever.
  const tried = standbyPickOf(incident)?.tried ?? [];
  const provenBefore = Date.parse(now) - settings.readyWithinMinutes * 60_000;
  const proven: Preference = {
    rank: ({ launchedAt }) => Number(Date.parse(launchedAt) > provenBefore),
    after: `launched less than ${settings.readyWithinMinutes} minutes ago`,
  };
  return [
    {
      rank: ({ instanceId }) => tried.filter((id) => id === instanceId).length,
      after: 'it was tried before in this execution',
    },
    { rank: ({ instanceId }) => Number(instanceId !== asked), after: 'not asked for' },
    ...(isUpgrade(incident) ? [] : [proven]),
    { rank: (one) => Number(isOutdated(one, cluster)), after: otherVersion },
    // The longest running standby has proven most.
    { rank: ({ launchedAt }) => Date.parse(launchedAt), after: 'launched later' },
  ];
}

/** This or another execution has made room for an upgrade. */
function isUpgrade(incident: Incident): boolean {
  if (decisionOf(incident)?.rule === 'outdated') return true;
  const termination = terminationOf(incident);
  if (termination?.kind === 'fenced' && termination.rule === 'outdated') return true;
  return isUpgraded(movedOff(incident));
}

/**
 * The tag of the instance that is losing the address on a person's request, or null. Every execution sees
 * the address vacant meanwhile, and the first to attach must fulfil the request.
 */
function movedOff(incident: Incident): string | null {
  const holderId = surveyOf(incident)?.address?.attachment?.instanceId;
  const left = coordinatorsOf(incident).find(
    ({ retired, instanceId }) =>
      (isUpgraded(retired) || standbyAskedFor(retired) !== null) &&
      (holderId === undefined || holderId === instanceId),
  );
  return left?.retired ?? null;
}

function compare(preferences: readonly Preference[], one: Coordinator, other: Coordinator): number {
  for (const { rank } of preferences) {
    const difference = rank(one) - rank(other);
    if (difference !== 0) return difference;
  }
  return one.instanceId.localeCompare(other.instanceId);
}

function whyAfter(
  preferences: readonly Preference[],
  picked: Coordinator,
  later: Coordinator,
): string {
  const decisive = preferences.find(({ rank }) => rank(later) > rank(picked));
  return decisive?.after ?? 'launched later';
}

function mainReason(
  picked: Coordinator,
  later: readonly Coordinator[],
  preferences: readonly Preference[],
  again: boolean,
): string {
  if (again) return 'the next to be tried';
  const byVersion = later.some((one) => whyAfter(preferences, picked, one) === otherVersion);
  return byVersion ? "of the cluster's launch template version" : 'running the longest';
}
