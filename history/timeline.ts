/**
 * The phases of an execution. The drill, the command line and the report tell the same story because
 * it is read here only. Nothing is invented: what the history does not hold is undefined.
 */
import { type ExecutionStatus, endOf } from './ends.ts';
import { findingsOf } from './findings.ts';
import type { ExecutionHistory } from './visits.ts';

/** Times are milliseconds since the epoch, by the clock of Step Functions. */
export interface Timeline {
  readonly executionStartedAt?: number;
  /** The first decision that moves the address. */
  readonly confirmedAt?: number;
  /** The old active lost the address; undefined when it was vacant. */
  readonly fencedAt?: number;
  /** The attachment that was verified, else the last one. */
  readonly attachedAt?: number;
  readonly verifiedAt?: number;
  /** Launch standby was done after that: what is missing is on its way. */
  readonly standbyRestoredAt?: number;
  readonly endedAt?: number;
  readonly status: ExecutionStatus;
  /** The name of the last state entered: the end, once it has ended. */
  readonly lastState?: string;
}

export function timelineOf(history: ExecutionHistory): Timeline {
  const { status, at: endedAt } = endOf(history);
  const started = history.events.find(({ type }) => type === 'ExecutionStarted');
  const confirmed = findingsOf(history, 'decision').find(
    ({ finding: { outcome, dryRun } }) =>
      (outcome === 'failed' || outcome === 'vacant') && dryRun !== true,
  );
  const fenced = findingsOf(history, 'termination').find(
    ({ finding }) => finding.kind === 'fenced',
  );
  const verified = findingsOf(history, 'verification').find(
    ({ finding }) => finding.kind === 'verified',
  );
  const verifiedEvent = verified?.eventId ?? Number.POSITIVE_INFINITY;
  const attached = findingsOf(history, 'attachment').findLast(
    ({ finding, eventId }) => finding.kind === 'attached' && (eventId ?? 0) < verifiedEvent,
  );
  const restored = findingsOf(history, 'standbyLaunch').find(
    ({ eventId }) => (eventId ?? 0) > verifiedEvent,
  );
  return {
    executionStartedAt: timeOf(started?.at),
    confirmedAt: timeOf(confirmed?.foundAt),
    fencedAt: timeOf(fenced?.foundAt),
    attachedAt: timeOf(attached?.foundAt),
    verifiedAt: timeOf(verified?.foundAt),
    standbyRestoredAt: timeOf(restored?.foundAt),
    endedAt: timeOf(endedAt),
    status,
    lastState: history.visits.at(-1)?.state,
  };
}

function timeOf(at: string | null | undefined): number | undefined {
  return at === null || at === undefined ? undefined : Date.parse(at);
}
