import type { MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import type { CloudWatchCalls } from '../../aws/calls.ts';
import { readNewestSamples, readProbeEvidence } from '../../aws/samples.ts';

const now = Date.UTC(2026, 0, 1, 12);
const cluster = { clusterName: 'presto', metricNamespace: 'CoordinatorFailover/presto' };
const secondsAgo = (seconds: number) => new Date(now - seconds * 1000);
const isoAgo = (seconds: number) => secondsAgo(seconds).toISOString();

/** Answers with these pages, to a query by the second or by the minute. */
function cloudWatch(
  pagesFor: (periodSeconds: number) => readonly (readonly MetricDataResult[])[],
): Pick<CloudWatchCalls, 'getMetricData'> {
  return {
    getMetricData: async ({ MetricDataQueries: [query] = [], NextToken = '0' }) => {
      const pages = pagesFor(query?.MetricStat?.Period ?? 0);
      const page = Number(NextToken);
      return {
        $metadata: {},
        MetricDataResults: [...(pages[page] ?? [])],
        ...(page + 1 < pages.length ? { NextToken: String(page + 1) } : {}),
      };
    },
  };
}

function series(Id: string, ...points: readonly (readonly [secondsAgo: number, value: number])[]) {
  return {
    Id,
    Timestamps: points.map(([seconds]) => secondsAgo(seconds)),
    Values: points.map(([, value]) => value),
  };
}

test('samples: the newest of each kind, over all pages; silence is null and never a 0', async () => {
  const calls = cloudWatch(() => [
    [series('health0', [30, 0]), series('reachable1', [20, 1])],
    [series('health0', [10, 1], [40, 0])],
  ]);
  const found = await readNewestSamples(calls, cluster, ['i-1', 'i-2'], { now, backMs: 60_000 });
  expect(found).toEqual(
    new Map([
      ['i-1', { health: { value: 1, at: isoAgo(10) }, reachable: null }],
      ['i-2', { health: null, reachable: { value: 1, at: isoAgo(20) } }],
    ]),
  );
});

test('samples: the last good ones come from the minutes, the newest from the seconds', async () => {
  const calls = cloudWatch((periodSeconds) =>
    periodSeconds === 1
      ? [[series('health0', [5, 0])]]
      : [[series('health0', [60, 0], [120, 1], [180, 1]), series('reachable0', [60, 0])]],
  );
  const settings = { readyWithinMinutes: 10 };
  const found = await readProbeEvidence(calls, cluster, settings, ['i-1'], now);
  expect(found.get('i-1')).toEqual({
    health: { value: 0, at: isoAgo(5) },
    reachable: null,
    lastHealthyAt: isoAgo(120),
    lastReachingAt: null,
  });
});

test.each(['InternalError', 'Forbidden'] as const)(
  'samples: an answer that is incomplete (%s) is no silence',
  async (StatusCode) => {
    const calls = cloudWatch(() => [[{ Id: 'health0', StatusCode }]]);
    await expect(
      readNewestSamples(calls, cluster, ['i-1'], { now, backMs: 60_000 }),
    ).rejects.toMatchObject({
      name: 'TryAgain',
      message: `GetMetricData answered ${StatusCode} for health0.`,
    });
  },
);

test('samples: nobody is asked about nobody', async () => {
  const calls = cloudWatch(() => {
    throw new Error('asked');
  });
  expect(await readNewestSamples(calls, cluster, [], { now, backMs: 1 })).toEqual(new Map());
});
