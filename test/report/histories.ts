/** Histories for tests that read them in many ways: made once per file, then cut and bent as wanted. */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { buildReport } from '../../report/build-report.ts';
import type { Report } from '../../report/report.ts';
import { executionArn, rehearse } from './rehearsal.ts';
import { alarmEvent } from './rehearsal-hosts.ts';

/** A whole failover, started by the alarm. */
export async function failoverHistory(): Promise<readonly HistoryEvent[]> {
  const world = await rehearse();
  world.dead.add(world.account.coordinatorIds[0] ?? '');
  await world.pause(6);
  const events = await world.run(alarmEvent(world, 4));
  await world.end();
  return events;
}

/** An observation that a person asked for, in so many words. */
export async function askedHistory(input: unknown): Promise<readonly HistoryEvent[]> {
  const world = await rehearse();
  const events = await world.run(input);
  await world.end();
  return events;
}

/** More than 500 events: the address never becomes usable, round after round. */
export async function longHistory(): Promise<readonly HistoryEvent[]> {
  const world = await rehearse({ usableAfterMs: 3_600_000 });
  world.dead.add(world.account.coordinatorIds[0] ?? '');
  await world.pause(6);
  const events = await world.run(alarmEvent(world, 4));
  await world.end();
  return events;
}

export function reportOf(events: readonly HistoryEvent[]): Report {
  return buildReport({ executionArn, events, now: '2026-10-03T00:00:00.000Z' });
}

/** As GetExecutionHistory answers with includeExecutionData: false. */
export function withoutData(events: readonly HistoryEvent[]): HistoryEvent[] {
  return events.map((event) => {
    const bare = structuredClone(event);
    const parts: unknown[] = Object.values(bare);
    for (const details of parts) {
      if (typeof details !== 'object' || details === null) continue;
      for (const key of ['input', 'inputDetails', 'output', 'outputDetails', 'cause']) {
        Reflect.deleteProperty(details, key);
      }
    }
    return bare;
  });
}

/** As `aws stepfunctions get-execution-history --output json` (version 2) writes it. */
export function asAwsCliWrites(events: readonly HistoryEvent[]): string {
  const written = events.map(({ timestamp, ...rest }) => ({
    // Another key order and another way to write the time, in another zone.
    ...Object.fromEntries(Object.entries(rest).reverse()),
    timestamp: inBerlin(timestamp ?? new Date(0)),
  }));
  return JSON.stringify({ events: written }, null, 4);
}

function inBerlin(time: Date): string {
  const there = new Date(time.getTime() + 2 * 3600_000).toISOString();
  return there.replace('Z', '000+02:00');
}
