/**
 * Rearm alarms, ACT: an alarm that is still in ALARM is set to OK, so that it can fire again.
 * CloudWatch sends events on transitions only; its next evaluation puts the true state back, and
 * if that is ALARM, the next execution starts.
 */
import { readIncidentToActOn } from '../workflow/document.ts';
import type { Rearming } from '../workflow/incident.ts';
import type { Cloud } from './cloud.ts';
import { actingHandler, type Clock, isoNow } from './entry.ts';

export const handler = actingHandler(rearmAlarms);

export async function rearmAlarms(event: unknown, cloud: Cloud, clock: Clock): Promise<Rearming> {
  const { cluster, execution } = readIncidentToActOn(event);
  const names = [cluster.alarms.activeHealth, cluster.alarms.reachable];
  const { MetricAlarms = [] } = await cloud.describeAlarms({ AlarmNames: names });
  const stuck = MetricAlarms.filter(({ StateValue }) => StateValue === 'ALARM')
    .map(({ AlarmName }) => AlarmName)
    .filter((name) => name !== undefined);
  for (const name of stuck) {
    await cloud.setAlarmState({
      AlarmName: name,
      StateValue: 'OK',
      StateReason: `Rearmed at the end of ${execution.id}, so that it can fire again.`,
    });
  }
  const sentence =
    stuck.length === 0 ? 'No alarm was stuck in ALARM.' : `Rearmed: ${stuck.join(', ')}.`;
  return { kind: 'rearmed', at: isoNow(clock), sentence, rearmed: stuck };
}
