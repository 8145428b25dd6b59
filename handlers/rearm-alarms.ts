/**
 * Rearm alarms, ACT: an alarm that is still in ALARM is set to OK, so that it can fire again.
 * CloudWatch sends events on transitions only; its next evaluation puts the true state back, and
 * if that is ALARM, the next execution starts.
 */
import { readIncident } from '../workflow/document.ts';
import type { Rearming } from '../workflow/incident.ts';
import { alarmsInAlarm } from './alarms.ts';
import type { Cloud } from './cloud.ts';
import { actingHandler, type Clock, isoNow } from './entry.ts';

export const handler = actingHandler(rearmAlarms);

export async function rearmAlarms(event: unknown, cloud: Cloud, clock: Clock): Promise<Rearming> {
  const { cluster, execution } = readIncident(event);
  const stuck = await alarmsInAlarm(cloud, cluster);
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
