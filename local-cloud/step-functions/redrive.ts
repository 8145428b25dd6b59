/**
 * RedriveExecution: an unsuccessful execution goes on in the state in which it ended, with that
 * state's input, the same definition and the same history.
 * Source: Step Functions developer guide, restarting executions with redrive: a Task or Wait goes
 * on within its visit, other states are entered again; retries and timeouts start anew; only within
 * 14 days, and only with room left in the history.
 */
import type { DescribeExecutionOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import { ServiceError } from '../service/service.ts';
import { mostEvents } from './execution-history.ts';
import type { LoadedDefinition } from './state-machine-definition.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** The status of an execution, and after its end the outcome. */
export interface ExecutionOutcome {
  readonly status: ExecutionStatus;
  readonly stoppedAtMs?: number;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Where a redrive goes on. */
export interface Redrive {
  readonly startAt: string;
  /** The input of that state, JSON. */
  readonly input: string;
  readonly earlier: readonly HistoryEvent[];
  /** The number of the redrive: 1 for the first. */
  readonly count: number;
}

const redrivableMs = 14 * 24 * 3_600_000;

/** A client token of RedriveExecution, and its first use. */
export interface UsedToken {
  readonly token: string;
  readonly atMs: number;
}

/** RedriveExecution remembers the last 10 tokens, each for up to 15 minutes. */
const mostTokens = 10;
const tokenMs = 15 * 60_000;

/** The tokens that are still remembered. */
export function usableTokens(used: readonly UsedToken[] | undefined, nowMs: number): UsedToken[] {
  return (used ?? []).slice(0, mostTokens).filter(({ atMs }) => nowMs - atMs < tokenMs);
}

/** @throws ServiceError ExecutionNotRedrivable, with the reason */
export function redriveOf(
  executionArn: string,
  outcome: ExecutionOutcome,
  history: readonly HistoryEvent[],
  redriveCount: number,
  nowMs: number,
): Redrive {
  const refusal = refusalOf(outcome, history, nowMs);
  if (refusal !== undefined) {
    throw new ServiceError('ExecutionNotRedrivable', `${refusal}: '${executionArn}'`);
  }
  const entered = history.findLast((event) => event.stateEnteredEventDetails !== undefined);
  const { name, input } = entered?.stateEnteredEventDetails ?? {};
  if (name === undefined || input === undefined) {
    throw new ServiceError(
      'ExecutionNotRedrivable',
      `Execution ended before its first state: '${executionArn}'`,
    );
  }
  return { startAt: name, input, earlier: history, count: redriveCount + 1 };
}

/** DescribeExecution: redriveStatus and its reason. */
export function redriveStatus(status: ExecutionStatus): Partial<DescribeExecutionOutput> {
  const redriveStatusReason = refusalOf({ status }, [], 0);
  if (redriveStatusReason === undefined) return { redriveStatus: 'REDRIVABLE' };
  return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason };
}

function refusalOf(
  { status, stoppedAtMs = 0 }: ExecutionOutcome,
  history: readonly HistoryEvent[],
  nowMs: number,
): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED') {
    return `Execution is ${status} and cannot be redriven`;
  }
  if (history.length >= mostEvents) return 'Execution history event limit exceeded';
  if (nowMs - stoppedAtMs > redrivableMs && stoppedAtMs > 0) {
    return 'Execution redriving period exceeded';
  }
  return undefined;
}

/**
 * The definition from the redriven state on. The engine would take that state's input for the
 * execution's and now for its start: both are taken from the first start.
 */
export function goingOn(
  definition: LoadedDefinition['forEngine'],
  { startAt }: Redrive,
): LoadedDefinition['forEngine'] {
  const text = JSON.stringify({ ...definition, StartAt: startAt });
  return JSON.parse(
    text.replaceAll(/\$\$\.Execution\.(Input|StartTime)/g, '$$$$.FirstStart.$1'),
  ) as LoadedDefinition['forEngine'];
}

/** `input` of the first start, JSON. */
export function firstStart({ input }: { readonly input: string }, { earlier }: Redrive): object {
  return { Input: JSON.parse(input) as unknown, StartTime: earlier[0]?.timestamp?.toISOString() };
}
