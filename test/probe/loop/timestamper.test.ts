import { expect, test } from 'vitest';
import { createTimestamper } from '../../../probe/loop/timestamper.ts';

const health = { metricName: 'Health', dimensions: { Cluster: 'analytics' } };
const reachable = { metricName: 'Reachable', dimensions: { Cluster: 'analytics' } };

test('stamps: a value gets the time at which it is said', () => {
  const stamp = createTimestamper(() => 5_250);
  expect([stamp(health, 1), stamp(health, 1)]).toEqual([5_250, 5_250]);
});

test('stamps: another value in the same second gets the next one, and so it is the newest', () => {
  let nowMs = 5_250;
  const stamp = createTimestamper(() => nowMs);
  stamp(health, 1);
  nowMs = 5_900;
  expect(stamp(health, 0)).toBe(6_000);
  expect(stamp(health, 1)).toBe(7_000);
  expect(stamp(reachable, 0)).toBe(5_900);
});

test('stamps: a value that stands ahead is not outdone by the same value said again before', () => {
  let nowMs = 5_250;
  const stamp = createTimestamper(() => nowMs);
  stamp(health, 1);
  stamp(health, 0);
  nowMs = 5_900;
  expect(stamp(health, 0)).toBe(5_900);
  expect(stamp(health, 1)).toBe(7_000);
});

test('stamps: a clock that is set back is believed: nothing is put far ahead of it', () => {
  let nowMs = 3_600_000;
  const stamp = createTimestamper(() => nowMs);
  stamp(health, 1);
  nowMs = 60_000;
  expect(stamp(health, 0)).toBe(60_000);
  expect(stamp(health, 1)).toBe(61_000);
});
