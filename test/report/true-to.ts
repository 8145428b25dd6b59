/**
 * Is a report true to the history that it was made from, event by event? Counted here in the plainest
 * way, from the events alone, so that it shares no code with what it judges.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import type { Report } from '../../report/report.ts';

export function expectTrueTo(report: Report, events: readonly HistoryEvent[]): void {
  expect(report.visits.map(({ state, firstEventId }) => [firstEventId, state])).toEqual(
    events.flatMap(({ id, stateEnteredEventDetails }) =>
      stateEnteredEventDetails ? [[id, stateEnteredEventDetails.name]] : [],
    ),
  );
  expect(report.visits.flatMap(({ tries }) => tries.map(({ startedAt }) => startedAt))).toEqual(
    events
      .filter(({ type }) => type === 'LambdaFunctionScheduled' || type === 'TaskScheduled')
      .map(({ timestamp }) => timestamp?.toISOString()),
  );
  expect(report.failures.map(({ eventId }) => eventId)).toEqual(
    events.filter(({ type }) => failed.test(type ?? '')).map(({ id }) => id),
  );
  expectFindings(report, events);
  expectTimes(report, events);
}

const failed =
  /^(?:(?:LambdaFunction|Task)(?:Failed|TimedOut)|Execution(?:Failed|TimedOut|Aborted))$/;

/** Every finding's sentence and time stand in the very event that the report names. */
function expectFindings(report: Report, events: readonly HistoryEvent[]): void {
  const findings = [
    ...report.fencings,
    ...report.standbyPicks,
    ...report.attachments,
    ...report.verifications,
    ...report.standbyLaunches,
    ...report.alarmResets,
    ...report.records,
  ];
  for (const { eventId, sentence, at } of findings) {
    const output = events.find(({ id }) => id === eventId)?.stateExitedEventDetails?.output ?? '';
    expect(output, `event ${eventId}`).toContain(JSON.stringify(sentence));
    expect(output, `event ${eventId}`).toContain(JSON.stringify(at));
  }
  for (const { decision, eventIds } of report.observations) {
    if (decision === null) continue;
    const output = events.find(({ id }) => id === eventIds.at(-1))?.stateExitedEventDetails?.output;
    expect(output).toContain(JSON.stringify(decision.sentence));
  }
  const left = (name: string) =>
    events.filter(({ stateExitedEventDetails: details }) => details?.name === name).length;
  expect(report.verifications.length).toBe(left('Verify coordinator'));
  expect(report.observations.length).toBe(left('Survey coordinators'));
}

/** No time in the report that the history does not hold, but its own. */
function expectTimes(report: Report, events: readonly HistoryEvent[]): void {
  const { madeAt: _own, ...rest } = report;
  const known = JSON.stringify(events);
  const times = JSON.stringify(rest).match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g) ?? [];
  for (const time of new Set(times)) {
    if (time === exampleInHow) continue;
    const asWritten = [time, time.replace('Z', '+0000'), time.replace('.000Z', 'Z')];
    expect(
      asWritten.some((text) => known.includes(text)),
      `${time} is in the history`,
    ).toBe(true);
  }
}

/** Stands in the words about the checksum. */
const exampleInHow = '2026-01-31T12:00:00.000Z';
