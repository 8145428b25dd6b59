/**
 * Execution history -> report. Nothing else is asked: no AWS, no clock, no tags of today. So the
 * same history gives the same report in a year, when the instances are long gone.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { readTimeline } from '../workflow/timeline.ts';
import {
  attachmentsOf,
  fencingsOf,
  promotionsOf,
  rearmingsOf,
  recordsOf,
  restorationsOf,
  verificationsOf,
} from './actions.ts';
import { checksumOf } from './checksum.ts';
import { gapsOf } from './completeness.ts';
import { consoleLinks, type ExecutionName, parseExecutionArn } from './console-links.ts';
import { failuresOf, messageOf } from './failures.ts';
import { documentBefore, type EventView, eventsOf, type StateVisit, visitsOf } from './history.ts';
import { identityOf } from './identity.ts';
import { looksOf } from './looks.ts';
import { missingFrom } from './missing.ts';
import { momentsOf } from './moments.ts';
import { outageOf } from './outage.ts';
import { outcomeOf } from './outcome.ts';
import { type Fields, fieldsOf, isFields, listOf, secondsBetween, textOf } from './reading.ts';
import type { ExecutionFacts, Look, Report, Visit } from './report.ts';
import { triggerOf } from './trigger.ts';

export interface ReportSource {
  readonly executionArn: string;
  /** @default the one that the execution's ARN names */
  readonly stateMachineArn?: string;
  /** All pages of GetExecutionHistory. */
  readonly events: readonly HistoryEvent[];
  /** @default the one that the execution's ARN names */
  readonly region?: string;
  /** When the report is made: ISO 8601. */
  readonly now: string;
}

/** @throws Error when `executionArn` is not one; whatever the history holds gives a report */
export function buildReport(source: ReportSource): Report {
  const name = nameOf(source);
  const given = inOrder(source.events);
  const events = eventsOf(given);
  const visits = visitsOf(events);
  const execution = executionFacts(name, events, given);
  const trigger = triggerOf(events);
  const looks = looksOf(visits);
  const fencings = fencingsOf(visits);
  const attachments = attachmentsOf(visits);
  const verifications = verificationsOf(visits);
  const restorations = restorationsOf(visits);
  const outage = outageOf({ trigger, looks, fencings, verifications });
  const outcome = outcomeOf({
    execution,
    endedInState: visits.at(-1)?.type === 'Fail',
    looks,
    fencings,
    attachments,
    verifications,
    restorations,
    outage,
    standbysIncomplete: areStandbysIncomplete(visits.at(-1)),
  });
  const identity = identityOf(looks, verifications, outcome.to);
  const { cluster, settings } = recordOf(visits);
  const gaps = gapsOf(given, events, visits);
  return {
    format: 'coordinator-failover report, version 1',
    madeAt: source.now,
    execution,
    outcome,
    cluster,
    settings,
    trigger,
    looks,
    fencings,
    promotions: promotionsOf(visits),
    attachments,
    verifications,
    identity,
    restorations,
    rearmings: rearmingsOf(visits),
    records: recordsOf(visits),
    outage,
    visits: visits.map(visitFacts),
    moments: momentsOf(given, trigger, outage),
    failures: failuresOf(events, visits),
    links: consoleLinks(name, {
      cluster,
      instanceIds: instanceIds(looks, outcome.launched),
      functionArns: functionArns(events),
    }),
    history: {
      events: given.length,
      complete: gaps.length === 0,
      gaps,
      checksum: checksumOf(given, name.executionArn, name.region),
    },
    missing: missingFrom({ trigger, outage, outcome, fencings, identity, restorations }),
  };
}

/** Pages may come newest first (reverseOrder). */
function inOrder(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  return [...events].sort((one, other) => (one.id ?? 0) - (other.id ?? 0));
}

function nameOf({ executionArn, stateMachineArn, region }: ReportSource): ExecutionName {
  const name = parseExecutionArn(executionArn);
  return {
    ...name,
    ...(stateMachineArn === undefined ? {} : { stateMachineArn }),
    ...(region === undefined ? {} : { region }),
  };
}

function executionFacts(
  { executionArn, name, stateMachineArn, region, accountId }: ExecutionName,
  events: readonly EventView[],
  given: readonly HistoryEvent[],
): ExecutionFacts {
  const { status, lastState } = readTimeline(given);
  const startedAt = events.find(({ type }) => type === 'ExecutionStarted')?.at ?? null;
  const end = events.findLast(({ type }) => endTypes.includes(type));
  // Continued after its end, and not ended again.
  const ended = end?.id === events.at(-1)?.id ? end : undefined;
  const endedAt = ended?.at ?? null;
  return {
    executionArn,
    name,
    stateMachineArn,
    region,
    accountId,
    startedAt,
    endedAt,
    seconds: secondsBetween(startedAt, endedAt),
    status: ended === undefined ? 'RUNNING' : status,
    lastState: lastState ?? null,
    error: textOf(ended?.details.error),
    cause: messageOf(textOf(ended?.details.cause)),
  };
}

const endTypes = ['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted'];

/** Told from the document that came into the last state. */
function areStandbysIncomplete(last: StateVisit | undefined): boolean {
  const { kind, problems } = fieldsOf(documentBefore(last).restoration);
  return kind === 'no-answer' || listOf(problems).length > 0;
}

/** Settings and cluster stand in the document from the first state on. */
function recordOf(visits: readonly StateVisit[]): {
  cluster: Fields | null;
  settings: Fields | null;
} {
  for (const visit of visits) {
    const { cluster, settings } = documentBefore(visit);
    if (isFields(cluster) && isFields(settings)) return { cluster, settings };
  }
  return { cluster: null, settings: null };
}

function visitFacts(visit: StateVisit): Visit {
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

function instanceIds(looks: readonly Look[], launched: readonly string[]): readonly string[] {
  const seen = looks.flatMap(({ coordinators }) => coordinators.map((one) => one.instanceId));
  return [...new Set([...seen, ...launched])];
}

function functionArns(events: readonly EventView[]): readonly string[] {
  const resources = events
    .filter(({ type }) => type === 'LambdaFunctionScheduled')
    .flatMap(({ details }) => textOf(details.resource) ?? []);
  return [...new Set(resources)];
}
