import { describe, expect, test } from 'vitest';
import { type LatencyName, latenciesFrom, latencyTable, noLatencies } from '../latency.ts';
import { randomFrom } from '../random.ts';

const rows = Object.entries(latencyTable).map(([name, row]) => ({ name, ...row }));

describe('latencies', () => {
  test.each(rows)('a row: its draws have its p50 and p95 ($name)', ({ name, p50Ms, p95Ms }) => {
    const draw = latenciesFrom(randomFrom(3));
    const draws = Array.from({ length: 4000 }, () => draw(name as LatencyName));
    draws.sort((left, right) => left - right);
    expect(draws[2000]).toBeGreaterThan(p50Ms * 0.9);
    expect(draws[2000]).toBeLessThan(p50Ms * 1.1);
    expect(draws[3800]).toBeGreaterThan(p95Ms * 0.8);
    expect(draws[3800]).toBeLessThan(p95Ms * 1.2);
  });

  test.each(rows)('a row: no draw is above its most ($name)', ({ name, mostMs }) => {
    const draw = latenciesFrom({ next: () => 1 - Number.EPSILON });
    expect(draw(name as LatencyName)).toBeLessThanOrEqual(mostMs);
  });

  test.each(rows)('a row: it says where its numbers are from ($name)', ({ source }) => {
    expect(source.length).toBeGreaterThan(40);
  });

  test('seeds: the same seed draws the same, another one does not', () => {
    const draws = (seed: number) => {
      const draw = latenciesFrom(randomFrom(seed));
      return Array.from({ length: 5 }, () => draw('eniDetach'));
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
  });

  test('none: everything is at once', () => {
    expect(noLatencies('runInstancesToRunning')).toBe(0);
  });
});
