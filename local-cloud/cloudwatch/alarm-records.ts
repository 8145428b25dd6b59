/** What is kept of an alarm, and its history as DescribeAlarmHistory answers it. */
import type { AlarmHistoryItem } from '@aws-sdk/client-cloudwatch';
import { type AlarmDefinition, describedDefinition } from './alarm-definition.ts';
import type { AlarmState } from './alarm-evaluation.ts';

export interface StateChange {
  readonly state: AlarmState;
  readonly reason: string;
  /** JSON */
  readonly reasonData: string | undefined;
}

export interface Alarm {
  definition: AlarmDefinition;
  readonly metricId: string;
  readonly createdAtMs: number;
  readonly phaseMs: number;
  readonly extraPeriods: number;
  readonly removed: AbortController;
  state: TimedState;
  transitionedAtMs: number;
}

export interface TimedState extends StateChange {
  readonly atMs: number;
}

export function stateUpdate(alarm: Alarm, previous: StateChange): AlarmHistoryItem {
  return {
    AlarmName: alarm.definition.name,
    AlarmType: 'MetricAlarm',
    Timestamp: new Date(alarm.state.atMs),
    HistoryItemType: 'StateUpdate',
    HistorySummary: `Alarm updated from ${previous.state} to ${alarm.state.state}`,
    HistoryData: JSON.stringify({
      version: '1.0',
      oldState: historyState(previous),
      newState: historyState(alarm.state),
    }),
  };
}

function historyState({ state, reason, reasonData }: StateChange): object {
  return {
    stateValue: state,
    stateReason: reason,
    ...(reasonData === undefined ? {} : { stateReasonData: JSON.parse(reasonData) }),
  };
}

export function configurationUpdate(alarm: Alarm): AlarmHistoryItem {
  return {
    AlarmName: alarm.definition.name,
    AlarmType: 'MetricAlarm',
    Timestamp: new Date(alarm.createdAtMs),
    HistoryItemType: 'ConfigurationUpdate',
    HistorySummary: `Alarm "${alarm.definition.name}" created`,
    HistoryData: JSON.stringify({
      version: '1.0',
      type: 'Create',
      createdAlarm: describedDefinition(alarm.definition),
    }),
  };
}
