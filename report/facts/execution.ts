/**
 * The execution itself: when it ran and how it ended, what it was started with, each state, and the
 * moments that are marked in the drawing.
 */
import { endOf } from '../../history/ends.ts';
import { timelineOf } from '../../history/timeline.ts';
import { type Fields, isFields, secondsBetween } from '../../history/values.ts';
import { documentBefore, type ExecutionHistory, type StateVisit } from '../../history/visits.ts';
import type { ExecutionFacts, Moment, Outage, Trigger, Visit } from '../report.ts';
import { messageOf } from './failures.ts';
import type { ExecutionName } from './links.ts';

export function executionFacts(
  { executionArn, name, stateMachineArn, region, accountId }: ExecutionName,
  history: ExecutionHistory,
): ExecutionFacts {
  const { status, at: endedAt, error, cause } = endOf(history);
  const startedAt = history.events.find(({ type }) => type === 'ExecutionStarted')?.at ?? null;
  return {
    executionArn,
    name,
    stateMachineArn,
    region,
    accountId,
    startedAt,
    endedAt,
    seconds: secondsBetween(startedAt, endedAt),
    status,
    lastState: history.visits.at(-1)?.state ?? null,
    error,
    cause: messageOf(cause),
  };
}

/** Settings and cluster stand in the document from the first state on. */
export function recordOf(visits: readonly StateVisit[]): {
  cluster: Fields | null;
  settings: Fields | null;
} {
  for (const visit of visits) {
    const { cluster, settings } = documentBefore(visit);
    if (isFields(cluster) && isFields(settings)) return { cluster, settings };
  }
  return { cluster: null, settings: null };
}

export function visitFacts(visit: StateVisit): Visit {
  const { state, type, enteredAt, leftAt, firstEventId, lastEventId, tries } = visit;
  return {
    state,
    type,
    enteredAt,
    leftAt,
    seconds: secondsBetween(enteredAt, leftAt),
    firstEventId,
    lastEventId,
    tries: tries.map(({ startedAt, endedAt, error }) => ({ startedAt, endedAt, error })),
  };
}

/** Signs from before the execution by whoever saw them, and the phases. */
export function momentsOf(
  history: ExecutionHistory,
  trigger: Trigger,
  outage: Outage,
): readonly Moment[] {
  const timeline = timelineOf(history);
  const marks: readonly (readonly [string, string | null, string])[] = [
    ['First bad sign', outage.firstBad?.at ?? null, outage.firstBad?.what ?? ''],
    ['Alarm', trigger.alarm?.changedAt ?? null, `${trigger.alarm?.name} went to ALARM`],
    ['Event', trigger.alarm ? null : trigger.at, trigger.sentence],
    ['Execution started', iso(timeline.executionStartedAt), trigger.sentence],
    ['Confirmed', iso(timeline.confirmedAt), 'the first decision that moves the address'],
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
