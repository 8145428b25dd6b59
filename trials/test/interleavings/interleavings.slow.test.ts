/**
 * Two executions of one incident at every interleaving with one switch, and at the switches around
 * every call that changes something: one failover, nothing healthy terminated, one replacement.
 * `npm run interleavings` runs every pair of calls.
 */
import { describe, expect, test } from 'vitest';
import { exploreRow, rowsOf } from '../../interleavings/explore.ts';
import { play, undisturbedCalls } from '../../interleavings/run.ts';
import {
  type PaceName,
  type PairName,
  pairNames,
  pointsOf,
  type Schedule,
  sentenceOf,
} from '../../interleavings/schedule.ts';
import { useTemplate } from '../simulation/template.ts';

const templateInHand = useTemplate();

describe('interleavings: the first is held, or dies, at each of its calls', () => {
  const cases: readonly (readonly [PairName, PaceName])[] = [
    ...pairNames.map((pair) => [pair, 'prompt'] as const),
    ['two observations', 'slow'],
  ];
  test.each(cases)('%s (%s)', async (pair, setting) => {
    const rows = await rowsOf(pair, setting, { template: templateInHand() });
    // Before and after each call, held and dying: that many calls were discovered.
    expect(rows.length).toBeGreaterThanOrEqual(4 * 20);
    for (const row of rows) {
      const { failures, reached, schedules } = await exploreRow(
        row,
        { template: templateInHand() },
        'one switch',
      );
      expect(failures).toEqual([]);
      expect(reached).toBe(schedules);
    }
  });
});

test('interleavings: both are interrupted, around every call that changes something', async () => {
  const pair = 'two observations';
  const setting = 'prompt';
  const calls = await undisturbedCalls(
    { pair, setting, which: 'first' },
    { template: templateInHand() },
  );
  const points = pointsOf(calls.length).filter(
    ({ call, effect }) => effect && !/^(Describe|Get)/.test(calls[call] ?? ''),
  );
  expect(points.length).toBeGreaterThanOrEqual(8);
  for (const first of points) {
    for (const other of points) {
      const schedule: Schedule = { pair, setting, kind: 'hold', first, other };
      const { problems } = await play(schedule, { template: templateInHand() });
      expect(problems, sentenceOf(schedule)).toEqual([]);
    }
  }
});
