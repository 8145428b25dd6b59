/**
 * The probes' samples in CloudWatch. A sample that is late or missing is silence, never a 0.
 */
import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { Cluster } from '../workflow/model/cluster.ts';
import { TryAgain } from '../workflow/model/errors.ts';
import type { Coordinator, Sample } from '../workflow/model/incident.ts';
import { dimensionNames, metricNames } from '../workflow/model/names.ts';
import type { Settings } from '../workflow/model/settings.ts';
import type { CloudWatchCalls } from './calls.ts';
import { readWantedPages } from './pages.ts';

type Read = Pick<CloudWatchCalls, 'getMetricData'>;
type Published = Pick<Cluster, 'clusterName' | 'metricNamespace'>;

/** What a survey takes from an instance's probe. */
type ProbeEvidence = Pick<Coordinator, 'health' | 'reachable' | 'lastHealthyAt' | 'lastReachingAt'>;

/** The newest sample of each kind within the asked time. */
export type NewestSamples = Pick<Coordinator, 'health' | 'reachable'>;

/** How far back the newest samples are sought: ten times the longest publishing interval. */
const recentMs = 120_000;
/** A host's clock may be ahead of ours. */
const aheadMs = 60_000;
/** GetMetricData answers in pages of 100,800 points: four series per instance never fill one. */
const bound = { mostPages: 5, mostMs: 30_000 } as const;

/**
 * By instance id: each probe's newest samples, to the second; and the times of the last good samples within
 * the boot limit, to the minute. Throws as `readNewestSamples` does.
 */
export async function readProbeEvidence(
  calls: Read,
  cluster: Published,
  settings: Pick<Settings, 'readyWithinMinutes'>,
  instanceIds: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, ProbeEvidence>> {
  const [recent, long] = await Promise.all([
    readNewestSamples(calls, cluster, instanceIds, { now, backMs: recentMs }),
    readSeries(calls, cluster, instanceIds, {
      now,
      backMs: settings.readyWithinMinutes * 60_000,
      periodSeconds: 60,
    }),
  ]);
  return new Map(
    instanceIds.map((instanceId) => {
      const { health = [], reachable = [] } = long.get(instanceId) ?? {};
      return [
        instanceId,
        {
          health: recent.get(instanceId)?.health ?? null,
          reachable: recent.get(instanceId)?.reachable ?? null,
          lastHealthyAt: newestGood(health),
          lastReachingAt: newestGood(reachable),
        },
      ];
    }),
  );
}

/** By instance id. @throws TryAgain when the answer is incomplete */
export async function readNewestSamples(
  calls: Read,
  cluster: Published,
  instanceIds: readonly string[],
  { now, backMs }: { readonly now: number; readonly backMs: number },
): Promise<ReadonlyMap<string, NewestSamples>> {
  const found = await readSeries(calls, cluster, instanceIds, { now, backMs, periodSeconds: 1 });
  return new Map(
    [...found].map(([instanceId, { health, reachable }]) => [
      instanceId,
      { health: newest(health), reachable: newest(reachable) },
    ]),
  );
}

interface Span {
  readonly now: number;
  readonly backMs: number;
  readonly periodSeconds: number;
}

interface Series {
  readonly health: readonly Sample[];
  readonly reachable: readonly Sample[];
}

async function readSeries(
  calls: Read,
  cluster: Published,
  instanceIds: readonly string[],
  { now, backMs, periodSeconds }: Span,
): Promise<ReadonlyMap<string, Series>> {
  if (instanceIds.length === 0) return new Map();
  const queriesFor = (prefix: string, metricName: string) =>
    instanceIds.map((instanceId, index) =>
      queryFor(`${prefix}${index}`, cluster, instanceId, metricName, periodSeconds),
    );
  const pages = await readWantedPages(
    'GetMetricData',
    calls.getMetricData,
    'NextToken',
    {
      MetricDataQueries: [
        ...queriesFor('health', metricNames.health),
        ...queriesFor('reachable', metricNames.reachable),
      ],
      StartTime: new Date(now - backMs),
      EndTime: new Date(now + aheadMs),
      ScanBy: 'TimestampDescending',
    },
    bound,
  );
  const results = pages.flatMap(({ MetricDataResults = [] }) => MetricDataResults);
  const samples = (id: string) => results.filter(({ Id }) => Id === id).flatMap(samplesFrom);
  return new Map(
    instanceIds.map((instanceId, index) => [
      instanceId,
      { health: samples(`health${index}`), reachable: samples(`reachable${index}`) },
    ]),
  );
}

function queryFor(
  id: string,
  { clusterName, metricNamespace }: Published,
  instanceId: string,
  metricName: string,
  periodSeconds: number,
): MetricDataQuery {
  return {
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: metricNamespace,
        MetricName: metricName,
        Dimensions: [
          { Name: dimensionNames.cluster, Value: clusterName },
          { Name: dimensionNames.instanceId, Value: instanceId },
        ],
      },
      Period: periodSeconds,
      Stat: 'Maximum',
    },
  };
}

function samplesFrom({ Id, StatusCode, Timestamps = [], Values = [] }: MetricDataResult): Sample[] {
  if (StatusCode === 'InternalError' || StatusCode === 'Forbidden') {
    throw new TryAgain(`GetMetricData answered ${StatusCode} for ${Id}.`);
  }
  return Timestamps.flatMap((at, index) => {
    const value = Values[index];
    return value === undefined ? [] : [{ value: value >= 1 ? 1 : 0, at: at.toISOString() }];
  });
}

function newest(samples: readonly Sample[]): Sample | null {
  return samples.reduce<Sample | null>(
    (latest, sample) => (latest === null || sample.at > latest.at ? sample : latest),
    null,
  );
}

function newestGood(samples: readonly Sample[]): string | null {
  return newest(samples.filter(({ value }) => value === 1))?.at ?? null;
}
