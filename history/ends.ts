/**
 * How an execution has ended, and the newest document of one that may still run.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { endingOfState } from '../workflow/model/ending.ts';
import type { Ending } from '../workflow/model/incident.ts';
import { type Fields, isFields, parseJson, textOf } from './values.ts';
import { type ExecutionHistory, idOf } from './visits.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** Undefined for an event that ends nothing. */
export function endStatusOf(type: string | undefined): ExecutionStatus | undefined {
  return endStatuses.get(type ?? '');
}

const endStatuses: ReadonlyMap<string, ExecutionStatus> = new Map([
  ['ExecutionSucceeded', 'SUCCEEDED'],
  ['ExecutionFailed', 'FAILED'],
  ['ExecutionTimedOut', 'TIMED_OUT'],
  ['ExecutionAborted', 'ABORTED'],
]);

export interface ExecutionEnd {
  /** RUNNING when the history has no end. */
  readonly status: ExecutionStatus;
  readonly at: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

/** The end is the last event. An execution may be continued after its end (redriven). */
export function endOf({ events }: ExecutionHistory): ExecutionEnd {
  const last = events.at(-1);
  const status = endStatusOf(last?.type);
  if (last === undefined || status === undefined) {
    return { status: 'RUNNING', at: null, error: null, cause: null };
  }
  const { error, cause } = last.details;
  return { status, at: last.at, error: textOf(error), cause: textOf(cause) };
}

/** Null where an execution came to no end of the state machine: it runs, was stopped, or broke off. */
export function endingOf(history: ExecutionHistory): Ending | null {
  const { status } = endOf(history);
  if (status !== 'SUCCEEDED' && status !== 'FAILED') return null;
  return endingOfState(history.visits.at(-1)?.state);
}

/** Each state is entered and left with the whole document: a few of the newest events suffice. */
export function newestDocument(events: readonly HistoryEvent[]): Fields {
  for (const event of events.toSorted((one, other) => idOf(other) - idOf(one))) {
    const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
    const document = parseJson(exited?.output ?? entered?.input);
    // What comes into the first state is the request.
    if (isFields(document) && 'cluster' in document) return document;
  }
  return {};
}
