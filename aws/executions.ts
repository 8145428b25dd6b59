/**
 * Executions of a state machine: listed, described, and their histories as Step Functions tells them.
 * A listing lags by seconds and has no end: callers say how far they read, and hear what is left.
 */
import type {
  DescribeExecutionCommandOutput,
  ExecutionListItem,
  HistoryEvent,
} from '@aws-sdk/client-sfn';
import type { StepFunctionsCalls } from './calls.ts';
import { errorName } from './errors.ts';
import { readPages, readWantedPages } from './pages.ts';

export interface Execution {
  readonly arn: string;
  readonly name: string;
  /** RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE. */
  readonly status: string;
  readonly startedAt: string;
  readonly stoppedAt: string | null;
}

export interface Listing {
  /** Newest first. */
  readonly executions: readonly Execution[];
  /** There are earlier ones that were not listed. */
  readonly more: boolean;
}

export interface History {
  /** Oldest first. */
  readonly events: readonly HistoryEvent[];
  /** The pages did not end within the bound: the beginning is there, the end is not. */
  readonly cutOff: boolean;
}

/** The most that ListExecutions, GetExecutionHistory and ListStateMachines put on a page. */
const perPage = 1000;
/** A listing or a history of any length is worth that much patience, and no more. */
const mostMs = 5 * 60_000;
/** An execution has at most 25,000 events (Step Functions quotas), but a page may hold less. */
const historyBound = { mostPages: 60, mostMs } as const;
/** An account may have 10,000 state machines, unless its quota was raised. */
const machinesBound = { mostPages: 10, mostMs } as const;
/** What is new to somebody who watches stands on the first of these pages. */
const newEventsPerPage = 20;

/** All that started after `since` (ISO 8601), and those before it that stand on the same page. */
export async function listExecutions(
  calls: Pick<StepFunctionsCalls, 'listExecutions'>,
  stateMachineArn: string,
  { mostPages, since = '' }: { readonly mostPages: number; readonly since?: string },
): Promise<Listing> {
  const { pages, left } = await readPages(
    calls.listExecutions,
    'nextToken',
    { stateMachineArn, maxResults: perPage },
    {
      mostPages,
      mostMs,
      enough: ({ executions = [] }) => {
        const last = executions.at(-1);
        return last !== undefined && executionFrom(last).startedAt < since;
      },
    },
  );
  const executions = pages.flatMap((page) => (page.executions ?? []).map(executionFrom));
  return { executions, more: left !== 'nothing' };
}

/** Those that run: one page of a hundred, since what works on a cluster at one moment are a few. */
export async function listRunning(
  calls: Pick<StepFunctionsCalls, 'listExecutions'>,
  stateMachineArn: string,
): Promise<Listing> {
  const { executions = [], nextToken } = await calls.listExecutions({
    stateMachineArn,
    statusFilter: 'RUNNING',
    maxResults: 100,
  });
  return { executions: executions.map(executionFrom), more: nextToken !== undefined };
}

export async function readHistory(
  calls: Pick<StepFunctionsCalls, 'getExecutionHistory'>,
  executionArn: string,
): Promise<History> {
  const { pages, left } = await readPages(
    calls.getExecutionHistory,
    'nextToken',
    { executionArn, maxResults: perPage },
    historyBound,
  );
  return { events: pages.flatMap(({ events = [] }) => events), cutOff: left !== 'nothing' };
}

/** The events after `lastId`, oldest first. @throws TryAgain when there are too many to be read */
export async function readNewEvents(
  calls: Pick<StepFunctionsCalls, 'getExecutionHistory'>,
  executionArn: string,
  lastId: number,
): Promise<HistoryEvent[]> {
  const isKnown = ({ id = 0 }: HistoryEvent) => id <= lastId;
  const pages = await readWantedPages(
    `The history of ${executionArn}`,
    calls.getExecutionHistory,
    'nextToken',
    { executionArn, reverseOrder: true, maxResults: newEventsPerPage },
    { ...historyBound, enough: ({ events = [] }) => events.some(isKnown) },
  );
  return pages
    .flatMap(({ events = [] }) => events)
    .filter((event) => !isKnown(event))
    .reverse();
}

/** The newest events, the newest first: at most `most`, however many there are. */
export async function readNewestEvents(
  calls: Pick<StepFunctionsCalls, 'getExecutionHistory'>,
  executionArn: string,
  most: number,
): Promise<readonly HistoryEvent[]> {
  const { events = [] } = await calls.getExecutionHistory({
    executionArn,
    reverseOrder: true,
    maxResults: most,
  });
  return events;
}

export interface Described extends Execution {
  readonly stateMachineArn: string;
  /** What it was started with; undefined when it is not JSON or was not told. */
  readonly input: unknown;
  /** The final document; undefined while it runs and when it failed. */
  readonly output: unknown;
  readonly error: string | null;
  readonly cause: string | null;
}

export async function describeExecution(
  calls: Pick<StepFunctionsCalls, 'describeExecution'>,
  executionArn: string,
): Promise<Described> {
  const answer = await calls.describeExecution({ executionArn });
  return {
    ...executionFrom(answer),
    stateMachineArn: answer.stateMachineArn ?? '',
    input: parsed(answer.input),
    output: parsed(answer.output),
    error: answer.error ?? null,
    cause: answer.cause ?? null,
  };
}

/** DescribeExecution is eventually consistent; its history, which says that it has ended, is not. */
const mostObservationsAtTheEnd = 10;
const betweenObservationsMs = 1_000;

/** An execution that has ended, as soon as it can be seen; after ten observations as it is. */
export async function describeEnded(
  calls: Pick<StepFunctionsCalls, 'describeExecution'>,
  executionArn: string,
  rest: (milliseconds: number) => Promise<void>,
): Promise<Described> {
  for (let observations = 1; ; observations += 1) {
    try {
      const execution = await describeExecution(calls, executionArn);
      if (execution.status !== 'RUNNING' || observations === mostObservationsAtTheEnd)
        return execution;
    } catch (error) {
      const isUnseen = errorName(error) === 'ExecutionDoesNotExist';
      if (!isUnseen || observations === mostObservationsAtTheEnd) throw error;
    }
    await rest(betweenObservationsMs);
  }
}

/** Its ARN; `null` when there is none of that name. @throws TryAgain when not all could be read */
export async function findStateMachine(
  calls: Pick<StepFunctionsCalls, 'listStateMachines'>,
  name: string,
): Promise<string | null> {
  const pages = await readWantedPages(
    'ListStateMachines',
    calls.listStateMachines,
    'nextToken',
    { maxResults: perPage },
    {
      ...machinesBound,
      enough: ({ stateMachines = [] }) => stateMachines.some((machine) => machine.name === name),
    },
  );
  const all = pages.flatMap(({ stateMachines = [] }) => stateMachines);
  return all.find((machine) => machine.name === name)?.stateMachineArn ?? null;
}

function executionFrom(item: ExecutionListItem | DescribeExecutionCommandOutput): Execution {
  return {
    arn: item.executionArn ?? '',
    name: item.name ?? '',
    status: item.status ?? 'RUNNING',
    startedAt: (item.startDate ?? new Date(0)).toISOString(),
    stoppedAt: item.stopDate?.toISOString() ?? null,
  };
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
