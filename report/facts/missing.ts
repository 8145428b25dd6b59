/**
 * What the report does not know. Is the whole history here? What was cut off, read too early or read
 * without its data is said, so that "not in the report" is never taken for "did not happen". And what an
 * auditor may look for and no history can hold is named, with where to find it instead.
 */

import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { endStatusOf } from '../../history/ends.ts';
import { fieldsOf, isFields } from '../../history/values.ts';
import type { EventView, ExecutionHistory, StateVisit } from '../../history/visits.ts';
import type { Report } from '../report.ts';

/** A sentence per gap; empty when the history is whole. */
export function gapsOf({ given, events, visits }: ExecutionHistory): readonly string[] {
  if (events.length === 0) return ['The history has no events.'];
  return [
    ...beginningAndEnd(events),
    ...missingIds(events),
    ...unusable(given.length - events.length),
    ...withoutData(events),
    ...cutOff(given),
    ...foreign(visits),
  ];
}

function beginningAndEnd(events: readonly EventView[]): string[] {
  const gaps: string[] = [];
  const [first] = events;
  if (first?.type !== 'ExecutionStarted') {
    gaps.push(`The beginning is missing: the first event is ${first?.type} (event ${first?.id}).`);
  }
  const last = events.at(-1);
  if (endStatusOf(last?.type) === undefined) {
    gaps.push(
      `The end is missing: the last event is ${last?.type} (event ${last?.id}, ${last?.at}). ` +
        'The execution was still running when the history was read, or the history is cut off.',
    );
  }
  return gaps;
}

/** Ids count from 1 without gaps (GetExecutionHistory). */
function missingIds(events: readonly EventView[]): string[] {
  const gaps: string[] = [];
  for (const [index, { id }] of events.entries()) {
    const before = events[index - 1]?.id ?? 0;
    if (id === before) gaps.push(`Event ${id} is there twice.`);
    if (id > before + 1) gaps.push(`Events ${before + 1} to ${id - 1} are missing.`);
  }
  return gaps;
}

function unusable(count: number): string[] {
  return count === 0 ? [] : [`${count} events have no id, time or type and were left out.`];
}

function withoutData(events: readonly EventView[]): string[] {
  const carriers = events.filter(({ type }) => /State(?:Entered|Exited)$/.test(type));
  const empty = carriers.filter(({ details }) => !('input' in details || 'output' in details));
  if (empty.length === 0) return [];
  const all = empty.length === carriers.length ? 'All' : `${empty.length} of`;
  return [
    `${all} ${carriers.length} state events have neither input nor output: the history was read without ` +
      'its execution data (includeExecutionData: false), or the data was withheld. What the states found is missing.',
  ];
}

function cutOff(given: readonly HistoryEvent[]): string[] {
  const ids = given
    .filter((event) =>
      Object.values(event).some((details) =>
        Object.values(fieldsOf(isPlain(details) ? details : {})).some(
          (part) => isFields(part) && part.truncated === true,
        ),
      ),
    )
    .map(({ id }) => id);
  if (ids.length === 0) return [];
  return [`Step Functions cut off the data of ${ids.length} events: ${ids.join(', ')}.`];
}

function isPlain(value: unknown): boolean {
  return isFields(value) && !(value instanceof Date);
}

const ownStates = ['Receive request', 'Survey coordinators', 'Confirm failure'];

function foreign(visits: readonly StateVisit[]): string[] {
  if (visits.length === 0 || visits.some(({ state }) => ownStates.includes(state))) return [];
  return [
    `None of its states is one of the coordinator failover (first: "${visits[0]?.state}"): ` +
      'this may be an execution of another state machine.',
  ];
}

/** What no execution history holds, a sentence each. */
export function missingFrom(known: Known): readonly string[] {
  const { trigger, outage, outcome, fencings, standbyLaunches } = known;
  const fenced = fencings.filter(({ kind }) => kind === 'fenced');
  return [
    ...(trigger.kind === 'person'
      ? [
          'Who the person is: only the input is here. The identity is in CloudTrail, under StartExecution.',
        ]
      : []),
    ...(trigger.kind === 'alarm' && trigger.alarm?.firstBadSampleAt === null
      ? [
          "The first bad sample: the alarm's event does not name one. The metrics are in CloudWatch for 3 hours by the second.",
        ]
      : []),
    ...(outage.kind === 'over' || outage.kind === 'not over'
      ? [
          'The moment of the failure itself: it lies before the first bad sign.',
          'The outage as clients saw it, and the queries that were lost: clients and query logs know.',
        ]
      : []),
    ...(fenced.some(({ steps }) => steps === null)
      ? ['The single steps of fencing: this version records their result only (the sentence).']
      : []),
    ...(fenced.length > 0 || outcome.terminated.length > 0
      ? [
          'Whether a terminated instance has ended: the request was accepted. EC2 and CloudTrail (TerminateInstances) know.',
        ]
      : []),
    ...(standbyLaunches.some(({ launched }) => launched.length > 0)
      ? ['Whether a launched coordinator became ready: the execution does not wait for it.']
      : []),
  ];
}

type Known = Pick<Report, 'trigger' | 'outage' | 'outcome' | 'fencings' | 'standbyLaunches'>;
