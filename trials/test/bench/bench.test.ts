/** A tiny benchmark: that it measures, not how long anything takes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesize } from '../../../infra/stack/synthesize.ts';
import { documentOf } from '../../bench/document.ts';
import { floorSeconds } from '../../bench/floor.ts';
import { type BenchIncident, runBenchIncident } from '../../bench/incident.ts';
import { failureKinds, percentile, summarize } from '../../bench/summary.ts';
import { pictureOf } from '../../bench/svg.ts';

const data = { seed: 3, coordinators: 2 };
let template: object;
let directory: string;
const incidents: BenchIncident[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bench-'));
  ({ template } = await synthesize(directory));
  for (const kind of failureKinds) {
    for (const number of [0, 1]) {
      incidents.push(await runBenchIncident({ kind, number }, { ...data, template }));
    }
  }
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('bench: an incident', () => {
  test('ends for its client, and its phases add up to the outage', () => {
    for (const { outageSeconds, phases } of incidents) {
      const sum = Object.values(phases).reduce((total, seconds) => total + seconds, 0);
      expect(outageSeconds).toBeGreaterThan(5);
      expect(sum).toBeCloseTo(outageSeconds ?? 0, 3);
    }
  });

  test('takes no less than what AWS alone takes, and that is not nothing', () => {
    for (const { outageSeconds, floor } of incidents) {
      expect(floorSeconds(floor)).toBeGreaterThan(0.5);
      expect(floorSeconds(floor)).toBeLessThan(outageSeconds ?? 0);
    }
  });

  test('waits out the grace time and sees a hang later than an exit', () => {
    const of = (kind: string) => incidents.find((one) => one.kind === kind)?.phases;
    expect(of('process-exit')?.grace).toBeCloseTo(5, 1);
    expect(of('process-hang')?.detection).toBeGreaterThan(of('process-exit')?.detection ?? 0);
  });

  test('is the same one for the same seed', async () => {
    const again = await runBenchIncident(
      { kind: 'process-hang', number: 1 },
      { ...data, template },
    );
    expect(again).toEqual(
      incidents.find(({ kind, number }) => kind === 'process-hang' && number === 1),
    );
  });
});

describe('bench: what is told', () => {
  const summaries = () => failureKinds.map((kind) => summarize(incidents, kind, data.seed));

  test('percentiles are values that were seen (nearest rank)', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([
      50, 95, 99, 100,
    ]);
    expect(percentile([7], 0.5)).toBe(7);
  });

  test('an alternative that does not notice a failure says so instead of a number', () => {
    const [exit, , , gone] = summaries();
    const group = (summary: typeof exit) => summary?.alternatives[0]?.outage;
    expect(group(exit)).toBeNull();
    expect(group(gone)?.p50).toBeGreaterThan(20);
  });

  test('the picture and the document name every kind, the seed and the command', () => {
    const kinds = summaries();
    const picture = pictureOf({ incidents: 2, seed: 3, kinds });
    const text = documentOf({
      incidents: 2,
      seed: 3,
      fewer: 1,
      kinds,
      tried: [{ what: 'no grace', price: 'false alarms', kinds }],
    });
    for (const kind of failureKinds) {
      expect(picture).toContain(`>${kind}<`);
      expect(text).toContain(`| ${kind} |`);
    }
    expect(text).toContain('npm run bench -- --incidents 2 --seed 3 --write docs');
    expect(`${picture}${text}`).not.toMatch(/NaN|undefined|Infinity/);
    expect(picture.match(/<(text|g|svg)\b/g)?.length).toBe(
      picture.match(/<\/(text|g|svg)>/g)?.length,
    );
  });
});
