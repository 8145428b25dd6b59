/**
 * Rearm alarms, ACT: an alarm that is still in ALARM is set to OK, so that it can fire again.
 * CloudWatch sends events on transitions only; its next evaluation puts the true state back, and
 * if that is ALARM, the next execution starts.
 */
import { readCluster } from '../workflow/document.ts';
import { TryAgain } from '../workflow/errors.ts';
import type { Rearming } from '../workflow/incident.ts';
import { alarmsInAlarm } from './alarms.ts';
import { type Cloud, describeError } from './cloud.ts';
import { actingHandler, type Clock, executionId, isoNow } from './entry.ts';

export const handler = actingHandler(rearmAlarms);

export async function rearmAlarms(event: unknown, cloud: Cloud, clock: Clock): Promise<Rearming> {
  // Only what is needed: a document that another version wrote must not leave an alarm masked.
  const cluster = readCluster(Reflect.get(Object(event), 'cluster'));
  const execution = String(executionId(event));
  const stuck = await alarmsInAlarm(cloud, cluster);
  const problems: string[] = [];
  for (const name of stuck) {
    try {
      await cloud.setAlarmState({
        AlarmName: name,
        StateValue: 'OK',
        StateReason: `Rearmed at the end of ${execution}, so that it can fire again.`,
      });
    } catch (error) {
      problems.push(`${name} was not rearmed. ${describeError(error)}`);
    }
  }
  // Said after the others have had their turn; the step is tried again.
  if (problems.length > 0) throw new TryAgain(problems.join(' '));
  const sentence =
    stuck.length === 0 ? 'No alarm was stuck in ALARM.' : `Rearmed: ${stuck.join(', ')}.`;
  return { kind: 'rearmed', at: isoNow(clock), sentence, rearmed: stuck };
}
