/** CloudWatch's alarms, as they are at the moment. */
import type { Cluster } from '../workflow/model/cluster.ts';
import type { CloudWatchCalls } from './calls.ts';

export interface AlarmView {
  readonly name: string;
  /** OK, ALARM, INSUFFICIENT_DATA. */
  readonly state: string;
  /** When it went into this state, which is what EventBridge was told; `null` when not known. */
  readonly since: string | null;
  readonly reason: string;
}

/** Those of the named that there are, in CloudWatch's order. Throws what CloudWatch throws. */
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

/** Of the two that start an execution, those that are in ALARM. Throws what CloudWatch throws. */
export async function alarmsInAlarm(
  calls: Pick<CloudWatchCalls, 'describeAlarms'>,
  { alarms }: Pick<Cluster, 'alarms'>,
): Promise<AlarmView[]> {
  const found = await readAlarms(calls, [alarms.activeHealth, alarms.reachable]);
  return found.filter(({ state }) => state === 'ALARM');
}
