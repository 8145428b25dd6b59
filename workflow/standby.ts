/**
 * Candidates -> the one to promote, and why not the others. Deterministic: two executions that see
 * the same world and are asked for the same pick the same standby.
 */
import { isInZone, living, readEvidence } from './evidence.ts';
import type { Coordinator, Incident, Promotion } from './incident.ts';

/** Reads the incident's last survey and answers. `now` is ISO 8601. */
export function pickStandby(incident: Incident, now: string): Promotion {
  const survey = incident.survey?.kind === 'surveyed' ? incident.survey : null;
  const { readyStandbys: ready, request } = readEvidence(incident, now);
  const look = incident.verdict?.kind === 'verdict' ? incident.verdict.look : 0;
  const candidates = survey?.coordinators ?? [];
  const passedOver: { instanceId: string; why: string }[] = [];
  const fit = candidates.filter((candidate) => {
    const why = unfitness(candidate, incident, ready);
    if (why !== null) passedOver.push({ instanceId: candidate.instanceId, why });
    return why === null;
  });
  const tried = triedBefore(incident);
  const times = ({ instanceId }: Coordinator) => tried.filter((id) => id === instanceId).length;
  const isAsked = ({ instanceId }: Coordinator) => instanceId === request.standby;
  const [picked, ...later] = fit.sort(
    (one, other) =>
      times(one) - times(other) ||
      Number(isAsked(other)) - Number(isAsked(one)) ||
      byPreference(one, other),
  );
  for (const one of later) {
    const triedMore = picked !== undefined && times(one) > times(picked);
    const byAge = picked !== undefined && isAsked(picked) ? 'not asked for' : 'launched later';
    const why = triedMore ? 'it was tried before in this execution' : byAge;
    passedOver.push({ instanceId: one.instanceId, why: `ready too, but ${why}` });
  }
  if (!picked) {
    const sentence = 'Nobody is ready to take over: a coordinator is launched.';
    return { kind: 'nobody', at: now, instanceId: null, sentence, passedOver, look, tried };
  }
  return {
    kind: 'picked',
    at: now,
    instanceId: picked.instanceId,
    sentence: isAsked(picked)
      ? `${picked.instanceId} takes over: ready, and asked for (${request.startedBy}).`
      : `${picked.instanceId} takes over: ready, and ${tried.length === 0 ? 'running the longest' : 'the next to be tried'} (since ${picked.launchedAt}).`,
    passedOver,
    look,
    tried: [...tried, picked.instanceId],
  };
}

/**
 * Whatever kept an earlier pick from serving, known to us or not, the next round begins with another
 * one: an error without a name must not lead to the same standby for ever.
 */
function triedBefore({ promotion }: Incident): readonly string[] {
  return promotion && 'tried' in promotion ? promotion.tried : [];
}

/** Why this one cannot be promoted, or null. */
function unfitness(
  candidate: Coordinator,
  incident: Incident,
  ready: readonly string[],
): string | null {
  const { instanceId, condemned, state, ours } = candidate;
  const attached = incident.verdict?.kind === 'verdict' ? incident.verdict.pin?.instanceId : null;
  if (!ours) return 'not tagged as a coordinator of this cluster';
  if (condemned !== null) return `condemned by ${condemned}`;
  if (state !== 'running') return `its instance is ${state}`;
  if (instanceId === attached) return 'it held the address when it failed';
  if (has(incident.termination, 'fenced', instanceId)) return 'fenced by this execution';
  if (has(incident.verification, 'rejected', instanceId)) return 'it did not verify just now';
  if (has(incident.attachment, 'unfit', instanceId)) return 'the ENI could not be attached to it';
  const survey = incident.survey?.kind === 'surveyed' ? incident.survey : null;
  if (!isInZone(candidate, survey)) return `it is in another zone, ${candidate.availabilityZone}`;
  if (!ready.includes(instanceId)) return notReady(candidate, incident);
  if (living([candidate]).length === 0) return 'not living';
  return null;
}

function has<Key extends string>(
  finding: object | undefined,
  key: Key,
  instanceId: string,
): boolean {
  const list: unknown = finding && key in finding ? Reflect.get(finding, key) : undefined;
  return Array.isArray(list) && list.includes(instanceId);
}

function notReady({ instanceId }: Coordinator, { answers }: Incident): string {
  const answer =
    answers?.kind === 'asked' ? answers.answers.find(({ name }) => name === instanceId) : undefined;
  return `not ready: ${answer?.sentence ?? 'it was not asked'}`;
}

/** The one that has run longest has proven most. Ids break ties. */
function byPreference(one: Coordinator, other: Coordinator): number {
  return (
    Date.parse(one.launchedAt) - Date.parse(other.launchedAt) ||
    one.instanceId.localeCompare(other.instanceId)
  );
}
