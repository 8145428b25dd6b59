/**
 * Reset alarms, ACT: sets an alarm that is still in ALARM to OK, so that the alarm can fire again.
 * CloudWatch sends events on transitions only. Its next evaluation restores the true state; if that is
 * ALARM, the next execution starts.
 * What can go wrong: too many executions, because under a lasting fault each reset starts another. So
 * only the execution that the alarm's last transition started resets the alarm. If that execution has
 * died, the schedule's next execution does: it begins after the transition.
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
  // The cluster alone is read: a document of another version must not leave an alarm masked.
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
  // Only after every alarm had its turn; the step is tried again.
  if (problems.length > 0) throw new TryAgain(problems.join(' '));
  const reset = stuck.map(({ name }) => name);
  return { kind: 'reset', at: isoNow(clock), sentence: sentenceFor(reset, left), reset };
}

/** A fence or a move resets every alarm: the next failure must not stay masked. */
function hasMoved(event: unknown): boolean {
  return kindOf(event, 'termination') === 'fenced' || kindOf(event, 'attachment') === 'attached';
}

function kindOf(event: unknown, finding: string): unknown {
  return Reflect.get(Object(Reflect.get(Object(event), finding)), 'kind');
}

/** The alarm went into ALARM before this execution began. */
function isOwn(event: unknown, { since }: AlarmView): boolean {
  const execution: unknown = Reflect.get(Object(event), 'execution');
  const startedMs = Date.parse(String(Reflect.get(Object(execution), 'startedAt')));
  // In doubt the alarm is reset: false needs both times, and the start before the transition.
  return !(since !== null && Date.parse(since) > startedMs);
}

function sentenceFor(reset: readonly string[], left: readonly AlarmView[]): string {
  const first = reset.length === 0 ? 'No alarm was stuck in ALARM.' : `Reset: ${reset.join(', ')}.`;
  if (left.length === 0) return first;
  const names = left.map(({ name }) => name).join(', ');
  return `${first} ${names} went into ALARM after this execution began: left to the execution that it started.`;
}
