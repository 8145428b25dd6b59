/**
 * Executions of a state machine and their histories. A listing lags by seconds and may be endless: callers
 * bound the pages, and hear whether more are left.
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
  /** Are there earlier executions that were not listed? */
  readonly more: boolean;
}

export interface History {
  /** Oldest first. */
  readonly events: readonly HistoryEvent[];
  /** The pages exceed the bound: the history's end is missing. */
  readonly cutOff: boolean;
}

/** The most that ListExecutions, GetExecutionHistory and ListStateMachines put on a page. */
const perPage = 1000;
/** The most time for a listing or a history of any length. */
const mostMs = 5 * 60_000;
/** An execution has at most 25,000 events (Step Functions quotas), but a page may hold less. */
const historyBound = { mostPages: 60, mostMs } as const;
/** An account may have 10,000 state machines, unless its quota was raised. */
const machinesBound = { mostPages: 10, mostMs } as const;
/** The first page is enough for a caller that follows the execution. */
const newEventsPerPage = 20;

/** The executions since `since` (ISO 8601), and earlier executions on the same page. */
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

/** Running executions: one page of a hundred, since few work on a cluster at one moment. */
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

/** The events after `lastId`, oldest first. @throws TryAgain when there are too many */
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
  /** The execution's input; undefined when absent or not JSON. */
  readonly input: unknown;
  /** The final document; undefined while the execution runs, and after a failure. */
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

/** DescribeExecution is eventually consistent; the history, which tells of the end, is not. */
const mostDescribeTries = 10;
const betweenTriesMs = 1_000;

/** Waits until DescribeExecution shows the end of an ended execution; after ten tries returns it as shown. */
export async function describeEnded(
  calls: Pick<StepFunctionsCalls, 'describeExecution'>,
  executionArn: string,
  rest: (milliseconds: number) => Promise<void>,
): Promise<Described> {
  for (let tries = 1; ; tries += 1) {
    try {
      const execution = await describeExecution(calls, executionArn);
      if (execution.status !== 'RUNNING' || tries === mostDescribeTries) return execution;
    } catch (error) {
      const isUnseen = errorName(error) === 'ExecutionDoesNotExist';
      if (!isUnseen || tries === mostDescribeTries) throw error;
    }
    await rest(betweenTriesMs);
  }
}

/** The state machine's ARN, or `null`. @throws TryAgain when not all state machines could be read */
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
