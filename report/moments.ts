/**
 * What is marked in the drawing: signs from before the execution by whoever saw them, and the phases
 * by the events of the history (workflow/timeline.ts: the drill and the command line tell the same).
 */
import { readTimeline, type HistoryEvent as TimelineEvent } from '../workflow/timeline.ts';
import type { Moment, Outage, Trigger } from './report.ts';

export function momentsOf(
  events: readonly TimelineEvent[],
  trigger: Trigger,
  outage: Outage,
): readonly Moment[] {
  const timeline = readTimeline(events);
  const marks: readonly (readonly [string, string | null, string])[] = [
    ['First bad sign', outage.firstBad?.at ?? null, outage.firstBad?.what ?? ''],
    ['Alarm', trigger.alarm?.changedAt ?? null, `${trigger.alarm?.name} went to ALARM`],
    ['Event', trigger.alarm ? null : trigger.at, trigger.sentence],
    ['Execution started', iso(timeline.executionStartedAt), trigger.sentence],
    ['Confirmed', iso(timeline.confirmedAt), 'the first verdict that moves the address'],
    ['Fenced', iso(timeline.fencedAt), 'the old active lost the address'],
    ['Attached', iso(timeline.attachedAt), 'the address was given to the standby'],
    ['Verified', iso(timeline.verifiedAt), 'the standby answered at the address'],
    ['Restored', iso(timeline.standbyRestoredAt), 'what was missing is there or on its way'],
    ['Ended', iso(timeline.endedAt), timeline.lastState ?? 'the execution ended'],
  ];
  return marks
    .flatMap(([name, at, what]) => (at === null ? [] : [{ at, name, what }]))
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function iso(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
