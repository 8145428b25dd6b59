import { manualClock } from '@coordinator-failover/local-cloud';
import { describe, expect, test } from 'vitest';
import { sampleOnCadence } from '../../../probe/loop/sampler.ts';

describe('sampler: the cadence', () => {
  test('looks begin every interval, however long they take, and never more than the bound', async () => {
    const { sampling, manual, begun, stop } = begin({ lastsMs: 3500, inFlightLimit: 4 });
    await manual.advance(10_000);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((each) => each * 1000));
    stop.abort();
    await sampling;
  });

  test('where the bound is lower, an observation is left out, not queued', async () => {
    const { sampling, manual, begun, stop } = begin({ lastsMs: 3500, inFlightLimit: 2 });
    await manual.advance(9000);
    expect(begun).toEqual([0, 1000, 4000, 5000, 8000, 9000]);
    stop.abort();
    await sampling;
  });

  test('a process that stood still does not make up for what it missed', async () => {
    let lostMs = 0;
    const { sampling, manual, begun, stop } = begin({ lostMs: () => lostMs });
    await manual.advance(1500);
    lostMs = 600_000;
    await manual.advance(3000);
    expect(begun.length).toBeLessThanOrEqual(6);
    stop.abort();
    await sampling;
  });

  test('an observation that throws is a bug and ends it', async () => {
    const manual = manualClock(0);
    const sampling = sampleOnCadence(
      {
        clock: { ...manual, monotonicMs: () => manual.now() },
        intervalMs: 1000,
        inFlightLimit: 2,
        take: () => Promise.reject(new Error('a bug')),
      },
      new AbortController().signal,
    );
    await expect(sampling).rejects.toThrow('a bug');
    await manual.advance(0);
    expect(manual.sleepers()).toBe(0);
  });
});

function begin(options: {
  readonly lastsMs?: number;
  readonly inFlightLimit?: number;
  readonly lostMs?: () => number;
}) {
  const manual = manualClock(0);
  const begun: number[] = [];
  const stop = new AbortController();
  const sampling = sampleOnCadence(
    {
      clock: { ...manual, monotonicMs: () => manual.now() + (options.lostMs?.() ?? 0) },
      intervalMs: 1000,
      inFlightLimit: options.inFlightLimit ?? 3,
      take: async () => {
        begun.push(manual.now());
        if (options.lastsMs !== undefined) await manual.sleep(options.lastsMs);
      },
    },
    stop.signal,
  );
  return { sampling, manual, begun, stop };
}
