/**
 * Which schedules there are. They are enumerated, never drawn: the calls of an execution are counted
 * in a run that nobody disturbs, and the other's calls in the very run that is then interrupted at each
 * of them. So a call that is added to the workflow is included by itself.
 */
import { type InterleavingOptions, play, undisturbedCalls } from './run.ts';
import { type PaceName, type PairName, type Point, pointsOf, type Schedule } from './schedule.ts';

/** All schedules in which the first of a pair is interrupted at one point. */
export type Row = Pick<Schedule, 'pair' | 'setting' | 'kind' | 'first'>;

export interface RowResult {
  readonly schedules: number;
  /** Where both came to their points. In the others an execution went another way before. */
  readonly reached: number;
  readonly failures: readonly FailedSchedule[];
}

export interface FailedSchedule {
  readonly schedule: Schedule;
  readonly problems: readonly string[];
}

export async function rowsOf(
  pair: PairName,
  setting: PaceName,
  options: InterleavingOptions,
): Promise<Row[]> {
  const calls = await undisturbedCalls({ pair, setting, which: 'first' }, options);
  return (['hold', 'die'] as const).flatMap((kind) =>
    pointsOf(calls.length).map((first) => ({ pair, setting, kind, first })),
  );
}

/** The schedule in which the other is not interrupted, and those in which it is, at each point. */
export async function exploreRow(
  row: Row,
  options: InterleavingOptions,
  depth: 'one switch' | 'every pair',
): Promise<RowResult> {
  const whole: Schedule = { ...row, other: null };
  const played = await play(whole, options);
  const results = [{ schedule: whole, played }];
  if (depth === 'every pair') {
    for (const other of await pointsOfOther(row, played.calls[1], options)) {
      const schedule: Schedule = { ...row, other };
      results.push({ schedule, played: await play(schedule, options) });
    }
  }
  return {
    schedules: results.length,
    reached: results.filter(({ played: { reached } }) => reached).length,
    failures: results.flatMap(({ schedule, played: { problems } }) =>
      problems.length === 0 ? [] : [{ schedule, problems }],
    ),
  };
}

/** Held by the first, the other goes its own way; before a death it is alone. */
async function pointsOfOther(
  { pair, setting, kind }: Row,
  callsWhileHeld: number,
  options: InterleavingOptions,
): Promise<Point[]> {
  if (kind === 'hold') return pointsOf(callsWhileHeld);
  const calls = await undisturbedCalls({ pair, setting, which: 'other' }, options);
  return pointsOf(calls.length);
}
