/**
 * Follows an execution event by event until it ends.
 * What can go wrong: reads fail. After too many in a row the following ends with the reason, while the
 * execution goes on.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describeError } from '../../aws/errors.ts';
import { readNewEvents } from '../../aws/executions.ts';
import { endStatusOf } from '../../history/ends.ts';
import {
  type EventView,
  type Following,
  followVisits,
  type StateVisit,
  viewOf,
} from '../../history/visits.ts';
import { failoverTimeoutSeconds } from '../../workflow/model/timing.ts';
import type { Context } from '../context.ts';

export interface ShownStep {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: string;
  /** Entered: a state begins. Left: it has found something. Failed: a try did not work. */
  readonly kind: 'entered' | 'left' | 'failed';
  readonly sentence: string | null;
  /** Of a decision. */
  readonly rule: string | null;
}

const everyMs = 1_000;
/** As long as an execution may take, and a minute for its end to become visible. */
const mostReads = ((failoverTimeoutSeconds + 60) * 1000) / everyMs;
const mostFailuresInARow = 20;

/** Resolves to `ended`, `interrupted`, or why it cannot be watched any more. Never rejects. */
export async function followExecution(
  { cloud, rest, interrupted }: Pick<Context, 'cloud' | 'rest' | 'interrupted'>,
  executionArn: string,
  onStep: (step: ShownStep) => void,
): Promise<string> {
  const following = followVisits();
  let lastId = 0;
  let failures = 0;
  for (let reads = 0; reads < mostReads; reads += 1) {
    if (interrupted.aborted) return 'interrupted';
    try {
      const events = await readNewEvents(cloud, executionArn, lastId);
      failures = 0;
      lastId = events.at(-1)?.id ?? lastId;
      for (const step of events.flatMap((event) => stepsFrom(event, following))) onStep(step);
      if (events.some(({ type }) => endStatusOf(type) !== undefined)) return 'ended';
    } catch (error) {
      failures += 1;
      if (failures === mostFailuresInARow) return describeError(error);
    }
    await rest(everyMs);
  }
  return 'it takes longer than the state machine allows';
}

/** Choices and passes take no time and say nothing. */
const shownTypes = /^(Task|Wait|Succeed|Fail)StateEntered$/;

/** Findings about the notification of people: a person who watches needs none. */
const unshown = ['record', 'notification'];

/** None for an event that tells a person nothing. */
function stepsFrom(given: HistoryEvent, following: Following): readonly ShownStep[] {
  const event = viewOf(given);
  if (event === undefined) return [];
  following.add(event);
  const visit = following.visits.at(-1);
  return visit === undefined ? [] : stepFrom(event, visit);
}

function stepFrom({ id, at, type }: EventView, visit: StateVisit): ShownStep[] {
  const step = { at: Date.parse(at), state: visit.state, sentence: null, rule: null };
  if (shownTypes.test(type)) return [{ ...step, kind: 'entered' }];
  if (id === visit.exitedId) {
    const { sentence, rule } = visit.finding ?? {};
    if (unshown.includes(visit.path ?? '') || typeof sentence !== 'string') return [];
    return [{ ...step, kind: 'left', sentence, rule: typeof rule === 'string' ? rule : null }];
  }
  const failed = visit.tries.at(-1);
  if (failed?.endedId !== id || failed.error === null) return [];
  const sentence = `${failed.error}: ${failed.cause ?? ''}`.slice(0, 300);
  return [{ ...step, kind: 'failed', sentence }];
}
