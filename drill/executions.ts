/**
 * Reads executions and alarms as any client of AWS would: what the drill says about the failover
 * comes from here and from the independent client, from nowhere else.
 * What can go wrong: a history has up to 25,000 events; pages are bounded, and more is an error.
 */
import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  type SFNClient,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { readFinding } from '../history/findings.ts';
import { documentBefore, historyFrom } from '../history/visits.ts';

export interface Execution {
  readonly arn: string;
  readonly startedAt: number;
  /** RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED. */
  readonly status: string;
  readonly events: readonly HistoryEvent[];
}

export interface AlarmChange {
  readonly alarmName: string;
  readonly at: number;
  /** OK, ALARM, INSUFFICIENT_DATA. */
  readonly to: string;
}

const mostPages = 30;
const eventsPerPage = 1000;

/** Keeps the history of executions that have ended: it does not change any more. */
export interface ExecutionReader {
  /** All executions, the earliest first. */
  read(): Promise<readonly Execution[]>;
}

export function createExecutionReader(client: SFNClient, stateMachineArn: string): ExecutionReader {
  const endedOnes = new Map<string, Execution>();
  return {
    async read() {
      const listed = await client
        .send(new ListExecutionsCommand({ stateMachineArn }))
        .catch((error: unknown) => {
          // Deleted with its stack: what it did before is known.
          if (error instanceof StateMachineDoesNotExist) return undefined;
          throw error;
        });
      if (listed === undefined) return [...endedOnes.values()];
      const executions: Execution[] = [];
      for (const item of listed.executions ?? []) {
        const arn = item.executionArn ?? '';
        const execution = endedOnes.get(arn) ?? {
          arn,
          startedAt: item.startDate?.getTime() ?? 0,
          status: item.status ?? 'RUNNING',
          events: await readHistory(client, arn),
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
  const { promotion } = documentBefore(attaching);
  return readFinding('promotion', promotion)?.instanceId ?? undefined;
}

/** Each alarm's state by name. */
export async function readAlarms(
  client: CloudWatchClient,
  alarmNames: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const described = await client.send(new DescribeAlarmsCommand({ AlarmNames: [...alarmNames] }));
  return new Map(
    (described.MetricAlarms ?? []).map((alarm) => [alarm.AlarmName ?? '', alarm.StateValue ?? '']),
  );
}

/** All state changes of some alarms, the earliest first. */
export async function readAlarmHistory(
  client: CloudWatchClient,
  alarmNames: readonly string[],
): Promise<readonly AlarmChange[]> {
  const changes: AlarmChange[] = [];
  for (const alarmName of alarmNames) {
    let token: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const answer = await client.send(
        new DescribeAlarmHistoryCommand({
          AlarmName: alarmName,
          HistoryItemType: 'StateUpdate',
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
      for (const item of answer.AlarmHistoryItems ?? []) {
        changes.push({
          alarmName,
          at: item.Timestamp?.getTime() ?? 0,
          to: newState(item.HistoryData),
        });
      }
      token = answer.NextToken;
      if (token === undefined) break;
    }
  }
  return changes.sort((a, b) => a.at - b.at);
}

async function readHistory(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let token: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await client.send(
      new GetExecutionHistoryCommand({
        executionArn,
        maxResults: eventsPerPage,
        ...(token === undefined ? {} : { nextToken: token }),
      }),
    );
    events.push(...(answer.events ?? []));
    token = answer.nextToken;
    if (token === undefined) return events;
  }
  throw new Error(
    `The history of ${executionArn} has more than ${mostPages * eventsPerPage} events.`,
  );
}

/** HistoryData of a StateUpdate: `{ "oldState": {...}, "newState": { "stateValue": "ALARM" } }`. */
function newState(historyData: string | undefined): string {
  const data: unknown = JSON.parse(historyData ?? 'null');
  if (typeof data !== 'object' || data === null || !('newState' in data)) return '';
  const state = data.newState;
  if (typeof state !== 'object' || state === null || !('stateValue' in state)) return '';
  return String(state.stateValue);
}
