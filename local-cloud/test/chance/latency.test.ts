import { describe, expect, test } from 'vitest';
import {
  type LatencyRow,
  type LatencyTable,
  latenciesFrom,
  latencyNames,
  noLatencies,
} from '../../chance/latency.ts';
import { randomFrom } from '../../chance/random.ts';

/** A narrow row, a wide one, and one of which the cap cuts a part. */
const shapes: readonly LatencyRow[] = [
  { p50Ms: 20, p95Ms: 60, mostMs: 500 },
  { p50Ms: 3_000, p95Ms: 20_000, mostMs: 200_000 },
  { p50Ms: 3_000, p95Ms: 12_000, mostMs: 12_500 },
];
const table = Object.fromEntries(
  latencyNames.map((name, index) => [name, shapes[index % shapes.length]]),
) as LatencyTable;
const rows = latencyNames.map((name) => ({ name, ...table[name] }));

describe('latencies', () => {
  test.each(rows)('a row: its draws have its p50 and p95 ($name)', ({ name, p50Ms, p95Ms }) => {
    const draw = latenciesFrom(table, randomFrom(3));
    const draws = Array.from({ length: 4000 }, () => draw(name));
    draws.sort((left, right) => left - right);
    expect(draws[2000]).toBeGreaterThan(p50Ms * 0.9);
    expect(draws[2000]).toBeLessThan(p50Ms * 1.1);
    expect(draws[3800]).toBeGreaterThan(p95Ms * 0.8);
    expect(draws[3800]).toBeLessThan(p95Ms * 1.2);
  });

  test.each(rows)('a row: no draw is above its most ($name)', ({ name, mostMs }) => {
    const draw = latenciesFrom(table, randomFrom(3));
    const draws = Array.from({ length: 4000 }, () => draw(name));
    expect(Math.max(...draws)).toBeLessThanOrEqual(mostMs);
  });

  test('a row: a draw above its most is its most', () => {
    const draw = latenciesFrom(table, randomFrom(3));
    const draws = Array.from({ length: 4000 }, () => draw('runInstancesToRunning'));
    expect(table.runInstancesToRunning).toBe(shapes[2]);
    expect(draws.filter((ms) => ms === 12_500).length).toBeGreaterThan(50);
  });

  test('seeds: the same seed draws the same, another one does not', () => {
    const draws = (seed: number) => {
      const draw = latenciesFrom(table, randomFrom(seed));
      return Array.from({ length: 5 }, () => draw('eniDetach'));
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
  });

  test('seeds: each row draws for itself, however the others are drawn meanwhile', () => {
    const alone = latenciesFrom(table, randomFrom(1));
    const among = latenciesFrom(table, randomFrom(1));
    for (const name of latencyNames) if (name !== 'eniDetach') among(name);
    expect(among('eniDetach')).toBe(alone('eniDetach'));
  });

  test('none: everything is at once', () => {
    expect(noLatencies('runInstancesToRunning')).toBe(0);
  });
});
