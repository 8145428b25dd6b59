/**
 * Follows an execution event by event until it ends.
 * What can go wrong: a read fails. A few in a row are passed over; more, and the watching ends with a
 * word, while the execution goes on.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describeError } from '../../aws/errors.ts';
import { readNewEvents } from '../../aws/executions.ts';
import { failoverTimeoutSeconds } from '../../workflow/model/timing.ts';
import type { Context } from '../context.ts';
import { fieldAt, parseJson } from './fields.ts';

export interface Step {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: string;
  /** Entered: what begins. Left: what was found. Failed: a try that did not work. */
  readonly kind: 'entered' | 'left' | 'failed';
  readonly sentence: string | null;
  /** Of a verdict. */
  readonly rule: string | null;
}

const everyMs = 1_000;
/** As long as an execution may take, and a minute in which its end becomes visible. */
const mostReads = ((failoverTimeoutSeconds + 60) * 1000) / everyMs;
const mostFailuresInARow = 20;

/** Resolves to `ended`, `interrupted`, or why it cannot be watched any more. Never rejects. */
export async function watchExecution(
  { cloud, rest, interrupted }: Pick<Context, 'cloud' | 'rest' | 'interrupted'>,
  executionArn: string,
  onStep: (step: Step) => void,
): Promise<string> {
  const follower = { lastId: 0, state: '' };
  let failures = 0;
  for (let reads = 0; reads < mostReads; reads += 1) {
    if (interrupted.aborted) return 'interrupted';
    try {
      const events = await readNewEvents(cloud, executionArn, follower.lastId);
      failures = 0;
      for (const event of events) follow(follower, event, onStep);
      if (events.some(isEnd)) return 'ended';
    } catch (error) {
      failures += 1;
      if (failures === mostFailuresInARow) return describeError(error);
    }
    await rest(everyMs);
  }
  return 'it takes longer than the state machine allows';
}

function follow(
  follower: { lastId: number; state: string },
  event: HistoryEvent,
  onStep: (step: Step) => void,
): void {
  follower.lastId = event.id ?? follower.lastId;
  follower.state = event.stateEnteredEventDetails?.name ?? follower.state;
  const step = stepFrom(event, follower.state);
  if (step !== undefined) onStep(step);
}

function isEnd({ type }: HistoryEvent): boolean {
  return /^Execution(Succeeded|Failed|TimedOut|Aborted)$/.test(type ?? '');
}

/** Where in the document each state lays its finding (failover.asl.json). */
const findingPaths: Readonly<Record<string, string>> = {
  'Confirm failure': 'verdict',
  'Terminate instance': 'termination',
  'Pick standby': 'promotion',
  'Attach ENI': 'attachment',
  'Verify coordinator': 'verification',
  'Launch standby': 'restoration',
  'Rearm alarms': 'rearming',
};

/** Choices and passes take no time and say nothing. */
const shownTypes = /^(Task|Wait|Succeed|Fail)StateEntered$/;

/** Undefined for an event that says nothing to a person. */
export function stepFrom(event: HistoryEvent, state: string): Step | undefined {
  const at = event.timestamp?.getTime() ?? 0;
  const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
  if (entered?.name !== undefined && shownTypes.test(event.type ?? '')) {
    return { at, state: entered.name, kind: 'entered', sentence: null, rule: null };
  }
  if (exited?.name !== undefined) return findingStep(at, exited.name, exited.output);
  const failure =
    event.lambdaFunctionFailedEventDetails ?? event.lambdaFunctionTimedOutEventDetails;
  if (failure === undefined) return undefined;
  const sentence = `${failure.error ?? 'error'}: ${failure.cause ?? ''}`.slice(0, 300);
  return { at, state, kind: 'failed', sentence, rule: null };
}

function findingStep(at: number, state: string, output: string | undefined): Step | undefined {
  const path = Object.hasOwn(findingPaths, state) ? findingPaths[state] : undefined;
  if (path === undefined) return undefined;
  const finding = fieldAt(parseJson(output), path);
  const sentence = fieldAt(finding, 'sentence');
  const rule = fieldAt(finding, 'rule');
  if (typeof sentence !== 'string') return undefined;
  return { at, state, kind: 'left', sentence, rule: typeof rule === 'string' ? rule : null };
}
