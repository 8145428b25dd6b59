/**
 * One coordinator as its witnesses see it: its probe, the other probes, and this command line where it
 * can be reached. Pure. Silence is not "no": it is a readiness of its own.
 */
import type { CoordinatorView } from '../../aws/coordinators.ts';
import { isRunning } from '../../workflow/model/instance-state.ts';
import { defaultSettings, type Settings } from '../../workflow/model/settings.ts';
import { valueOr } from '../cluster/read-result.ts';
import { ageText } from '../terminal/times.ts';
import type { AnswerFromHere, ClusterObservation } from './observe.ts';

export interface Member {
  readonly instanceId: string;
  readonly state: string;
  /** By its self-report, and by its answer where it could be asked. */
  readonly readiness: 'ready' | 'not ready' | 'silent' | 'unknown';
  readonly sentence: string;
}

/** The defaults where the state machine was not read. */
export function settingsOf({ machine }: Pick<ClusterObservation, 'machine'>): Settings {
  return machine.kind === 'read' ? machine.value.settings : defaultSettings;
}

export function memberOf(
  observation: ClusterObservation,
  host: CoordinatorView,
  isActive: boolean,
): Member {
  const { instanceId, state } = host;
  const health = healthOf(observation, instanceId);
  const answer = valueOr(observation.answers, undefined)?.get(instanceId);
  const told = [
    ...(isRunning(host) ? [] : [`its instance is ${state}`]),
    health.words,
    ...(isActive ? [] : reachingWords(observation, instanceId)),
    ...(answer === undefined ? [] : [answerWords(answer)]),
  ];
  const sentence = told.join(', ');
  if (answer?.ready) return { instanceId, state, readiness: 'ready', sentence };
  if ((answer?.reached && !answer.unverified) || !isRunning(host)) {
    return { instanceId, state, readiness: 'not ready', sentence };
  }
  return { instanceId, state, readiness: health.readiness, sentence };
}

function answerWords(answer: AnswerFromHere): string {
  if (answer.ready) return 'answers from here';
  return answer.reached ? `from here: ${answer.sentence}` : 'cannot be reached from here';
}

function healthOf(
  observation: ClusterObservation,
  instanceId: string,
): { readonly readiness: Member['readiness']; readonly words: string } {
  const { samples, at } = observation;
  if (samples.kind === 'unread') {
    return { readiness: 'unknown', words: 'its samples could not be read' };
  }
  const health = samples.value.get(instanceId)?.health;
  if (!health) return { readiness: 'silent', words: 'its probe was not heard in 15 minutes' };
  const age = `${ageText(health.at, at)} ago`;
  if (!isFresh(observation, health.at)) {
    return { readiness: 'silent', words: `its probe was last heard ${age}` };
  }
  return health.value === 1
    ? { readiness: 'ready', words: `says healthy ${age}` }
    : { readiness: 'not ready', words: `says not ready ${age}` };
}

/** Whether the standby's probe reaches the address; undefined when the probe is silent. */
export function reachesAddress(
  observation: ClusterObservation,
  instanceId: string,
): boolean | undefined {
  const reachable = valueOr(observation.samples, undefined)?.get(instanceId)?.reachable;
  if (!reachable || !isFresh(observation, reachable.at)) return undefined;
  return reachable.value === 1;
}

function reachingWords(observation: ClusterObservation, instanceId: string): string[] {
  const reaches = reachesAddress(observation, instanceId);
  if (reaches === undefined) return [];
  return [reaches ? 'reaches the address' : 'does not reach the address'];
}

export function isFresh(
  observation: Pick<ClusterObservation, 'at' | 'machine'>,
  time: string,
): boolean {
  const ageMs = Date.parse(observation.at) - Date.parse(time);
  return ageMs < settingsOf(observation).freshSeconds * 1000;
}
