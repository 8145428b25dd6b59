/**
 * Reads executions and alarms as any client of AWS would: what the drill says about the failover
 * comes from here and from the independent client, from nowhere else.
 */
import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  type DescribeAlarmHistoryCommandInput,
} from '@aws-sdk/client-cloudwatch';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StepFunctionsCalls } from '../../aws/calls.ts';
import { errorName } from '../../aws/errors.ts';
import { listExecutions, readHistory } from '../../aws/executions.ts';
import { readWantedPages } from '../../aws/pages.ts';
import { readFinding } from '../../history/findings.ts';
import { documentBefore, historyFrom } from '../../history/visits.ts';

export interface DrillExecution {
  readonly arn: string;
  readonly startedAt: number;
  /** RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED. */
  readonly status: string;
  readonly events: readonly HistoryEvent[];
}

export interface AlarmTransition {
  readonly alarmName: string;
  readonly at: number;
  /** OK, ALARM, INSUFFICIENT_DATA. */
  readonly to: string;
}

/** A drill makes some dozens of executions and alarm changes. */
const bound = { mostPages: 30, mostMs: 60_000 } as const;

/** Keeps the history of executions that have ended: it does not change any more. */
export interface ExecutionReader {
  /** All executions, the earliest first. */
  read(): Promise<readonly DrillExecution[]>;
}

export function createExecutionReader(
  calls: StepFunctionsCalls,
  stateMachineArn: string,
): ExecutionReader {
  const endedOnes = new Map<string, DrillExecution>();
  return {
    async read() {
      const listed = await listExecutions(calls, stateMachineArn, bound).catch((error: unknown) => {
        // Deleted with its stack: what it did before is known.
        if (errorName(error) === 'StateMachineDoesNotExist') return undefined;
        throw error;
      });
      if (listed === undefined) return [...endedOnes.values()];
      if (listed.more) throw new Error('There are more executions than a drill makes.');
      const executions: DrillExecution[] = [];
      for (const { arn, startedAt, status } of listed.executions) {
        const execution = endedOnes.get(arn) ?? {
          arn,
          startedAt: Date.parse(startedAt),
          status,
          events: await readEvents(calls, arn),
        };
        if (execution.status !== 'RUNNING') endedOnes.set(arn, execution);
        executions.push(execution);
      }
      return executions.sort((a, b) => a.startedAt - b.startedAt);
    },
  };
}

/** The standby that an execution is about to give the address to. */
export function pickedStandby(events: readonly HistoryEvent[]): string | undefined {
  const attaching = historyFrom(events).visits.findLast(({ path }) => path === 'attachment');
  const { standbyPick } = documentBefore(attaching);
  return readFinding('standbyPick', standbyPick)?.instanceId ?? undefined;
}

/** All state changes of some alarms, the earliest first. */
export async function readAlarmHistory(
  client: CloudWatchClient,
  alarmNames: readonly string[],
): Promise<readonly AlarmTransition[]> {
  const changes: AlarmTransition[] = [];
  for (const alarmName of alarmNames) {
    const pages = await readWantedPages(
      'DescribeAlarmHistory',
      (input: DescribeAlarmHistoryCommandInput) =>
        client.send(new DescribeAlarmHistoryCommand(input)),
      'NextToken',
      { AlarmName: alarmName, HistoryItemType: 'StateUpdate' },
      bound,
    );
    for (const { Timestamp, HistoryData } of pages.flatMap(
      (page) => page.AlarmHistoryItems ?? [],
    )) {
      changes.push({ alarmName, at: Timestamp?.getTime() ?? 0, to: newState(HistoryData) });
    }
  }
  return changes.sort((a, b) => a.at - b.at);
}

async function readEvents(
  calls: StepFunctionsCalls,
  executionArn: string,
): Promise<readonly HistoryEvent[]> {
  const { events, cutOff } = await readHistory(calls, executionArn);
  if (cutOff) throw new Error(`The history of ${executionArn} could not be read to its end.`);
  return events;
}

/** HistoryData of a StateUpdate: `{ "oldState": {...}, "newState": { "stateValue": "ALARM" } }`. */
function newState(historyData: string | undefined): string {
  const data: unknown = JSON.parse(historyData ?? 'null');
  if (typeof data !== 'object' || data === null || !('newState' in data)) return '';
  const state = data.newState;
  if (typeof state !== 'object' || state === null || !('stateValue' in state)) return '';
  return String(state.stateValue);
}
