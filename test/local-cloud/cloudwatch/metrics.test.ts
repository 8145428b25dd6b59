import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cloudWatchFixture } from './cloudwatch-fixture.ts';

let fixture: ReturnType<typeof cloudWatchFixture>;
beforeEach(() => {
  fixture = cloudWatchFixture();
});
afterEach(() => fixture.cloudWatch.stop());

async function read(stat: string, periodSeconds: number) {
  return (await fixture.read(stat, periodSeconds)).MetricDataResults?.[0]?.Values;
}

describe('CloudWatch metrics', () => {
  test('are usable only after their ingestion', async () => {
    await fixture.put(1);
    await fixture.clock.advance(1_900);
    expect(await read('Minimum', 1)).toEqual([]);
    await fixture.clock.advance(100);
    expect(await read('Minimum', 1)).toEqual([1]);
  });

  test.each([
    ['Minimum', [0, 1]],
    ['Maximum', [1, 1]],
    ['Average', [0.5, 1]],
    ['Sum', [1, 1]],
    ['SampleCount', [2, 1]],
  ])('are read as statistics of aligned periods (%s)', async (stat, expected) => {
    await fixture.put(1);
    await fixture.clock.advance(5_000);
    await fixture.put(0);
    await fixture.clock.advance(5_000);
    await fixture.put(1);
    await fixture.clock.advance(5_000);
    expect(await read(stat, 10)).toEqual(expected);
  });

  test('take many values in one datum', async () => {
    await fixture.put(0, { Value: undefined, Values: [2, 4], Counts: [3, 1] });
    await fixture.clock.advance(2_000);
    expect(await read('Average', 10)).toEqual([2.5]);
  });

  test('without StorageResolution keep only the minute', async () => {
    await fixture.clock.advance(25_000);
    await fixture.put(1, { StorageResolution: undefined });
    await fixture.clock.advance(2_000);
    const answer = await fixture.read('Minimum', 1);
    expect(answer.MetricDataResults?.[0]?.Timestamps).toEqual([new Date('2025-11-23T17:04:00Z')]);
  });

  test('are read newest first unless told otherwise', async () => {
    await fixture.publish(1, 10);
    await fixture.publish(0, 10);
    const answer = await fixture.read('Minimum', 10, { ScanBy: undefined });
    expect(answer.MetricDataResults?.[0]?.Values).toEqual([0, 1]);
  });

  test('are read in pages of MaxDatapoints', async () => {
    await fixture.publish(1, 30);
    const first = await fixture.read('Minimum', 10, { MaxDatapoints: 2 });
    expect(first.MetricDataResults?.[0]).toMatchObject({
      Values: [1, 1],
      StatusCode: 'PartialData',
    });
    const next = await fixture.read('Minimum', 10, {
      MaxDatapoints: 2,
      NextToken: first.NextToken,
    });
    expect(next.MetricDataResults?.[0]).toMatchObject({ Values: [1], StatusCode: 'Complete' });
    expect(next.NextToken).toBeUndefined();
  });

  test('are not read with a period that is none', async () => {
    await expect(fixture.read('Minimum', 7)).rejects.toThrow(
      'The query one has the Period 7, but it must be 1, 5, 10, 20, 30 or a multiple of 60.',
    );
  });

  test.each([
    ['a value that is not a number', { Value: Number.NaN }, /finite Value/],
    ['a resolution of 10', { StorageResolution: 10 }, /StorageResolution is invalid: 1 or 60/],
    ['statistic sets', { Value: undefined, StatisticValues: { Sum: 1 } }, /does not implement/],
    ['a time three weeks ago', { Timestamp: new Date(0) }, /is not within two weeks/],
  ])('refuse %s', async (_what, datum, message) => {
    await expect(fixture.put(1, datum)).rejects.toThrow(message);
  });
});
