/**
 * What the probes say: the host of the active about itself, the standbys about the address.
 * What can go wrong: a witness that could not speak is taken for a witness that said no. So `unknown` is a
 * value of its own.
 */
import type { Answer, Coordinator, Sample, Survey } from '../model/incident.ts';
import { isRunning } from '../model/instance-state.ts';
import { isUnjudged } from './outside-check.ts';

export type SelfReport = 'healthy' | 'unhealthy' | 'silent' | 'unknown';
export type StandbysEvidence = 'reach it' | 'do not reach it' | 'none exist' | 'unknown';

interface Found<Kind> {
  readonly kind: Kind;
  readonly sentence: string;
}

export type Fresh = (sample: Sample | null) => sample is Sample;

export function selfReportOf(
  survey: Survey | null,
  active: Coordinator | null,
  others: readonly Coordinator[],
  fresh: Fresh,
): Found<SelfReport> {
  if (!active) return { kind: 'unknown', sentence: 'There is no host that could report.' };
  if (!survey?.samplesRead) return { kind: 'unknown', sentence: 'The samples could not be read.' };
  const id = active.instanceId;
  if (fresh(active.health)) {
    return active.health.value === 1
      ? { kind: 'healthy', sentence: `The host ${id} says healthy at ${active.health.at}.` }
      : { kind: 'unhealthy', sentence: `The host ${id} says not ready at ${active.health.at}.` };
  }
  const heard = others.find(({ health }) => fresh(health));
  const last = lastHeard(active);
  if (heard) {
    const sentence = `The host ${id} has been silent ${last}, while ${heard.instanceId} was heard.`;
    return { kind: 'silent', sentence };
  }
  if (others.length === 0) {
    const sentence = `The host ${id} has been silent ${last}; there is no other host to hear.`;
    return { kind: 'silent', sentence };
  }
  return { kind: 'unknown', sentence: 'No host was heard at all: the metrics may be late.' };
}

/** Clocks differ: a sample that looks only just younger than the execution may be older. */
const clockSlackMs = 2000;

export function spokeSince(active: Coordinator | null, startedAt: string): boolean {
  const at = active?.health?.at;
  return at !== undefined && Date.parse(at) >= Date.parse(startedAt) + clockSlackMs;
}

function lastHeard({ health }: Coordinator): string {
  return health === null ? 'for two minutes or more' : `since ${health.at}`;
}

export function standbysEvidence(
  survey: Survey | null,
  others: readonly Coordinator[],
  fresh: Fresh,
): Found<StandbysEvidence> {
  if (!survey?.coordinators) return { kind: 'unknown', sentence: 'The standbys are not known.' };
  if (others.length === 0) return { kind: 'none exist', sentence: 'There is no standby.' };
  if (!survey.samplesRead) return { kind: 'unknown', sentence: 'The samples could not be read.' };
  const views = others.flatMap(({ instanceId, reachable }) =>
    fresh(reachable) ? [{ instanceId, value: reachable.value }] : [],
  );
  const reaching = views.filter(({ value }) => value === 1).map(({ instanceId }) => instanceId);
  if (reaching.length > 0) {
    return { kind: 'reach it', sentence: `The address is reached by ${reaching.join(', ')}.` };
  }
  if (views.length === 0) return { kind: 'unknown', sentence: 'No standby has said anything.' };
  const names = views.map(({ instanceId }) => instanceId).join(', ');
  return { kind: 'do not reach it', sentence: `The address is not reached by ${names}.` };
}

/** Ready: it answers so at its own IP or, where the outside check cannot judge, its own fresh sample is 1. */
export function isReady(
  coordinator: Coordinator,
  answers: readonly Answer[],
  fresh: Fresh,
): boolean {
  if (!isRunning(coordinator)) return false;
  const answer = answers.find(({ name }) => name === coordinator.instanceId);
  if (answer?.ready) return true;
  return (
    isUnjudged(answers, coordinator.instanceId) &&
    fresh(coordinator.health) &&
    coordinator.health.value === 1
  );
}
