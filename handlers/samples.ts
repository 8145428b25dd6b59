/**
 * The probes' newest samples, out of CloudWatch: per instance its Health and its Reachable by the
 * second, and both by the minute for as long as a coordinator may take to boot.
 * What can go wrong: points come late or not at all; that is silence, and never a 0.
 */
import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { Cluster } from '../workflow/cluster.ts';
import { TryAgain } from '../workflow/errors.ts';
import type { Coordinator, Sample } from '../workflow/incident.ts';
import { dimensionNames, metricNames } from '../workflow/names.ts';
import type { Settings } from '../workflow/settings.ts';
import type { Cloud } from './cloud.ts';
import type { Clock } from './entry.ts';

export type Samples = Pick<
  Coordinator,
  'health' | 'reachable' | 'lastHealthyAt' | 'lastReachingAt'
>;

/** Newest samples are looked for this far back: ten times the longest publishing interval. */
const recentMs = 120_000;
/** A box's clock may be ahead of ours; its points are read all the same. */
const aheadMs = 60_000;
/** GetMetricData answers in pages of 100,800 points: four series per instance never fill one. */
const mostPages = 5;

/** By instance id. Throws what CloudWatch throws, and TryAgain when the answer is incomplete. */
export async function readSamples(
  cloud: Cloud,
  cluster: Cluster,
  settings: Settings,
  instanceIds: readonly string[],
  clock: Clock,
): Promise<ReadonlyMap<string, Samples>> {
  const until = new Date(clock.now() + aheadMs);
  const [recent, long] = await Promise.all([
    query(cloud, new Date(clock.now() - recentMs), until, [
      ...series(cluster, instanceIds, 'health', metricNames.health, 1),
      ...series(cluster, instanceIds, 'reachable', metricNames.reachable, 1),
    ]),
    query(cloud, new Date(clock.now() - settings.readyWithinMinutes * 60_000), until, [
      ...series(cluster, instanceIds, 'healthy', metricNames.health, 60),
      ...series(cluster, instanceIds, 'reaching', metricNames.reachable, 60),
    ]),
  ]);
  return new Map(
    instanceIds.map((instanceId, index) => [
      instanceId,
      {
        health: newest(recent.get(`health${index}`)),
        reachable: newest(recent.get(`reachable${index}`)),
        lastHealthyAt: newestGood(long.get(`healthy${index}`)),
        lastReachingAt: newestGood(long.get(`reaching${index}`)),
      },
    ]),
  );
}

interface Point {
  readonly at: Date;
  readonly value: number;
}

function series(
  cluster: Cluster,
  instanceIds: readonly string[],
  prefix: string,
  metricName: string,
  periodSeconds: number,
): MetricDataQuery[] {
  return instanceIds.map((instanceId, index) => ({
    Id: `${prefix}${index}`,
    MetricStat: {
      Metric: {
        Namespace: cluster.metricNamespace,
        MetricName: metricName,
        Dimensions: [
          { Name: dimensionNames.cluster, Value: cluster.clusterName },
          { Name: dimensionNames.instanceId, Value: instanceId },
        ],
      },
      Period: periodSeconds,
      Stat: 'Maximum',
    },
  }));
}

async function query(
  cloud: Cloud,
  startTime: Date,
  endTime: Date,
  queries: MetricDataQuery[],
): Promise<ReadonlyMap<string, Point[]>> {
  const found = new Map<string, Point[]>();
  if (queries.length === 0) return found;
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await cloud.getMetricData({
      MetricDataQueries: queries,
      StartTime: startTime,
      EndTime: endTime,
      ScanBy: 'TimestampDescending',
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    });
    for (const result of answer.MetricDataResults ?? []) {
      found.set(result.Id ?? '', [...(found.get(result.Id ?? '') ?? []), ...points(result)]);
    }
    nextToken = answer.NextToken;
    if (!nextToken) return found;
  }
  throw new TryAgain(`GetMetricData has more than ${mostPages} pages.`);
}

function points({ Id, StatusCode, Timestamps = [], Values = [] }: MetricDataResult): Point[] {
  if (StatusCode === 'InternalError' || StatusCode === 'Forbidden') {
    throw new TryAgain(`GetMetricData answered ${StatusCode} for ${Id}.`);
  }
  return Timestamps.flatMap((at, index) => {
    const value = Values[index];
    return value === undefined ? [] : [{ at, value }];
  });
}

function newest(found: readonly Point[] = []): Sample | null {
  const last = found.reduce<Point | null>(
    (latest, point) => (latest === null || point.at > latest.at ? point : latest),
    null,
  );
  return last && { value: last.value >= 1 ? 1 : 0, at: last.at.toISOString() };
}

function newestGood(found: readonly Point[] = []): string | null {
  return newest(found.filter(({ value }) => value >= 1))?.at ?? null;
}
