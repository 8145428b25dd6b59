/** The record of an alarm, and its history as DescribeAlarmHistory answers it. */
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

/** `failure` is why the action could not be carried out. */
export function actionItem(
  { name }: AlarmDefinition,
  state: TimedState,
  actionArn: string,
  failure: string | undefined,
): AlarmHistoryItem {
  const done = failure === undefined ? 'Successfully executed' : 'Failed to execute';
  return {
    AlarmName: name,
    AlarmType: 'MetricAlarm',
    Timestamp: new Date(state.atMs),
    HistoryItemType: 'Action',
    HistorySummary: `${done} action ${actionArn}`,
    HistoryData: JSON.stringify({
      actionState: failure === undefined ? 'Succeeded' : 'Failed',
      notificationResource: actionArn,
      stateUpdateTimestamp: state.atMs,
      error: failure ?? null,
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
