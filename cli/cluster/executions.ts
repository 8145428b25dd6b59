/**
 * Executions of the cluster's state machine.
 * What can go wrong: a listing lags by seconds and has no end. Pages are followed to a bound, and what
 * was not looked at is said by the callers.
 */
import type {
  DescribeExecutionCommandOutput,
  ExecutionListItem,
  HistoryEvent,
} from '@aws-sdk/client-sfn';
import { currentState } from '../../history/visits.ts';
import type { Cloud } from '../cloud.ts';
import type { Context } from '../context.ts';
import { parseJson } from './fields.ts';

export interface Execution {
  readonly arn: string;
  readonly name: string;
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

const perPage = 1000;
/** An execution has at most 25,000 events (Step Functions quotas), but a page may hold less. */
const mostHistoryPages = 60;

/** All that started after `since` (ISO 8601), and those before it that stand on the same page. */
export async function listExecutions(
  cloud: Cloud,
  stateMachineArn: string,
  since: string,
  mostPages: number,
): Promise<Listing> {
  const executions: Execution[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await cloud.listExecutions({
      stateMachineArn,
      maxResults: perPage,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    executions.push(...(answer.executions ?? []).map(executionFrom));
    nextToken = answer.nextToken;
    const last = executions.at(-1);
    if (!nextToken || (last !== undefined && last.startedAt < since)) break;
  }
  return { executions, more: nextToken !== undefined };
}

export async function readHistory(cloud: Cloud, executionArn: string): Promise<History> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostHistoryPages; page += 1) {
    const answer = await cloud.getExecutionHistory({
      executionArn,
      maxResults: perPage,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    events.push(...(answer.events ?? []));
    nextToken = answer.nextToken;
    if (!nextToken) return { events, cutOff: false };
  }
  return { events, cutOff: true };
}

/** The events after `lastId`, oldest first: what is new to somebody who watches. */
export async function readNewEvents(
  cloud: Cloud,
  executionArn: string,
  lastId: number,
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostHistoryPages; page += 1) {
    const answer = await cloud.getExecutionHistory({
      executionArn,
      reverseOrder: true,
      maxResults: 20,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    const read = answer.events ?? [];
    events.push(...read.filter(({ id = 0 }) => id > lastId));
    nextToken = answer.nextToken;
    if (!nextToken || read.some(({ id = 0 }) => id <= lastId)) break;
  }
  return events.reverse();
}

/** The state that an execution is in, and since when (ISO 8601). */
export async function readCurrentState(
  cloud: Cloud,
  executionArn: string,
): Promise<{ readonly name: string; readonly since: string | null } | null> {
  const answer = await cloud.getExecutionHistory({
    executionArn,
    reverseOrder: true,
    maxResults: 20,
  });
  return currentState(answer.events ?? []) ?? null;
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

export async function describeExecution(cloud: Cloud, executionArn: string): Promise<Described> {
  const answer = await cloud.describeExecution({ executionArn });
  return {
    ...executionFrom(answer),
    stateMachineArn: answer.stateMachineArn ?? '',
    input: parseJson(answer.input),
    output: parseJson(answer.output),
    error: answer.error ?? null,
    cause: answer.cause ?? null,
  };
}

/** DescribeExecution is eventually consistent; its history, which says that it has ended, is not. */
const mostLooksAtTheEnd = 10;
const betweenLooksMs = 1_000;

/** An execution that has ended, as soon as it can be seen; after ten looks as it is. */
export async function describeEnded(
  { cloud, rest }: Pick<Context, 'cloud' | 'rest'>,
  executionArn: string,
): Promise<Described> {
  for (let looks = 1; ; looks += 1) {
    try {
      const execution = await describeExecution(cloud, executionArn);
      if (execution.status !== 'RUNNING' || looks === mostLooksAtTheEnd) return execution;
    } catch (error) {
      const isUnseen = error instanceof Error && error.name === 'ExecutionDoesNotExist';
      if (!isUnseen || looks === mostLooksAtTheEnd) throw error;
    }
    await rest(betweenLooksMs);
  }
}

function executionFrom(item: ExecutionListItem | DescribeExecutionCommandOutput): Execution {
  return {
    arn: item.executionArn ?? '',
    name: item.name ?? '',
    status: item.status ?? 'RUNNING',
    startedAt: isoOf(item.startDate) ?? new Date(0).toISOString(),
    stoppedAt: isoOf(item.stopDate),
  };
}

function isoOf(date: Date | undefined): string | null {
  return date?.toISOString() ?? null;
}
