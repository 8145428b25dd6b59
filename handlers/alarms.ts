/** The two alarms that start an execution: which of them are in ALARM, and since when. */
import type { Cluster } from '../workflow/cluster.ts';
import type { Cloud } from './cloud.ts';

export interface RingingAlarm {
  readonly name: string;
  /** When it went into ALARM, milliseconds since the epoch: what EventBridge was told. */
  readonly sinceMs: number;
}

/** Throws what CloudWatch throws. */
export async function alarmsInAlarm(cloud: Cloud, { alarms }: Cluster): Promise<RingingAlarm[]> {
  const { MetricAlarms = [] } = await cloud.describeAlarms({
    AlarmNames: [alarms.activeHealth, alarms.reachable],
  });
  return MetricAlarms.flatMap(({ AlarmName, StateValue, StateTransitionedTimestamp }) =>
    AlarmName === undefined || StateValue !== 'ALARM'
      ? []
      : // Not known since when: long ago, so that it is rearmed rather than left masked.
        [{ name: AlarmName, sinceMs: StateTransitionedTimestamp?.getTime() ?? 0 }],
  );
}
