/**
 * Reset alarms, ACT: an alarm that is still in ALARM is set to OK, so that it can fire again.
 * CloudWatch sends events on transitions only; its next evaluation puts the true state back, and
 * if that is ALARM, the next execution starts.
 * What can go wrong: too many executions. Under a lasting fault each resetting starts another one, so
 * an alarm belongs to the execution that its last transition has started: others leave it to that
 * one. Where that one has died, the schedule's next execution is younger than the transition.
 */
import { type AlarmView, alarmsInAlarm } from '../aws/alarms.ts';
import type { FailoverCalls } from '../aws/calls.ts';
import { describeError } from '../aws/errors.ts';
import { readCluster } from '../workflow/model/document.ts';
import { TryAgain } from '../workflow/model/errors.ts';
import type { AlarmReset } from '../workflow/model/incident.ts';
import { actingHandler, type Clock, executionId, isoNow } from './entry.ts';

export const handler = actingHandler(resetAlarms);

export async function resetAlarms(
  event: unknown,
  cloud: FailoverCalls,
  clock: Clock,
): Promise<AlarmReset> {
  // Only what is needed: a document that another version wrote must not leave an alarm masked.
  const cluster = readCluster(Reflect.get(Object(event), 'cluster'));
  const execution = String(executionId(event));
  const ringing = await alarmsInAlarm(cloud, cluster);
  const stuck = hasMoved(event) ? ringing : ringing.filter((alarm) => isOwn(event, alarm));
  const left = ringing.filter((alarm) => !stuck.includes(alarm));
  const problems: string[] = [];
  for (const { name } of stuck) {
    try {
      await cloud.setAlarmState({
        AlarmName: name,
        StateValue: 'OK',
        StateReason: `Reset at the end of ${execution}, so that it can fire again.`,
      });
    } catch (error) {
      problems.push(`${name} was not reset. ${describeError(error)}`);
    }
  }
  // Said after the others have had their turn; the step is tried again.
  if (problems.length > 0) throw new TryAgain(problems.join(' '));
  const reset = stuck.map(({ name }) => name);
  return { kind: 'reset', at: isoNow(clock), sentence: sentenceFor(reset, left), reset };
}

/** After a move nothing may keep the next failure masked, whoever was started by what. */
function hasMoved(event: unknown): boolean {
  return kindOf(event, 'termination') === 'fenced' || kindOf(event, 'attachment') === 'attached';
}

function kindOf(event: unknown, finding: string): unknown {
  return Reflect.get(Object(Reflect.get(Object(event), finding)), 'kind');
}

/** It went into ALARM before this execution began. */
function isOwn(event: unknown, { since }: AlarmView): boolean {
  const execution: unknown = Reflect.get(Object(event), 'execution');
  const startedMs = Date.parse(String(Reflect.get(Object(execution), 'startedAt')));
  // False only where both are known, and the start is earlier: in doubt it is reset.
  return !(since !== null && Date.parse(since) > startedMs);
}

function sentenceFor(reset: readonly string[], left: readonly AlarmView[]): string {
  const first = reset.length === 0 ? 'No alarm was stuck in ALARM.' : `Reset: ${reset.join(', ')}.`;
  if (left.length === 0) return first;
  const names = left.map(({ name }) => name).join(', ');
  return `${first} ${names} rang after this execution began: its own execution resets it.`;
}
