/** CloudWatch's alarms and their present states. */
import type { Cluster } from '../workflow/model/cluster.ts';
import type { CloudWatchCalls } from './calls.ts';

export interface AlarmView {
  readonly name: string;
  /** OK, ALARM, INSUFFICIENT_DATA. */
  readonly state: string;
  /** Time of the transition into this state, as in EventBridge's event; `null` when not known. */
  readonly since: string | null;
  readonly reason: string;
}

/** The named alarms that exist, in CloudWatch's order. */
export async function readAlarms(
  calls: Pick<CloudWatchCalls, 'describeAlarms'>,
  names: readonly string[],
): Promise<AlarmView[]> {
  const { MetricAlarms = [] } = await calls.describeAlarms({ AlarmNames: [...names] });
  return MetricAlarms.flatMap(({ AlarmName, StateValue, StateReason, ...alarm }) =>
    AlarmName === undefined
      ? []
      : [
          {
            name: AlarmName,
            state: StateValue ?? 'unknown',
            since: alarm.StateTransitionedTimestamp?.toISOString() ?? null,
            reason: StateReason ?? '',
          },
        ],
  );
}

/** The alarms in ALARM, of the two that start an execution. */
export async function alarmsInAlarm(
  calls: Pick<CloudWatchCalls, 'describeAlarms'>,
  { alarms }: Pick<Cluster, 'alarms'>,
): Promise<AlarmView[]> {
  const found = await readAlarms(calls, [alarms.activeHealth, alarms.reachable]);
  return found.filter(({ state }) => state === 'ALARM');
}
