/** The two alarms that start an execution: which of them are in ALARM. */
import type { Cluster } from '../workflow/cluster.ts';
import type { Cloud } from './cloud.ts';

/** Names. Throws what CloudWatch throws. */
export async function alarmsInAlarm(cloud: Cloud, { alarms }: Cluster): Promise<string[]> {
  const { MetricAlarms = [] } = await cloud.describeAlarms({
    AlarmNames: [alarms.activeHealth, alarms.reachable],
  });
  return MetricAlarms.filter(({ StateValue }) => StateValue === 'ALARM')
    .map(({ AlarmName }) => AlarmName)
    .filter((name) => name !== undefined);
}
