/** The probes' newest samples. Silence is `null`, never a 0. */
import type { MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { Sample } from '../../workflow/incident.ts';
import { dimensionNames, metricNames, metricNamespace } from '../../workflow/names.ts';
import type { Cloud } from '../cloud.ts';

export interface BoxSamples {
  readonly health: Sample | null;
  /** Whether its probe, as a standby, got a ready answer at the coordinator address. */
  readonly reachable: Sample | null;
}

/** How far back: older samples say nothing that matters now, but their age says something. */
const samplesBackMs = 15 * 60_000;
/** A box's clock may be ahead of ours. */
const aheadMs = 60_000;
const mostPages = 3;

/** By instance id. Throws what CloudWatch throws. */
export async function readSamples(
  cloud: Cloud,
  clusterName: string,
  instanceIds: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, BoxSamples>> {
  if (instanceIds.length === 0) return new Map();
  const queries = instanceIds.flatMap((instanceId, index) =>
    [['health', metricNames.health] as const, ['reachable', metricNames.reachable] as const].map(
      ([prefix, MetricName]) => ({
        Id: `${prefix}${index}`,
        MetricStat: {
          Metric: {
            Namespace: metricNamespace(clusterName),
            MetricName,
            Dimensions: [
              { Name: dimensionNames.cluster, Value: clusterName },
              { Name: dimensionNames.instanceId, Value: instanceId },
            ],
          },
          Period: 1,
          Stat: 'Maximum',
        },
      }),
    ),
  );
  const newest = new Map<string, Sample>();
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await cloud.getMetricData({
      MetricDataQueries: queries,
      StartTime: new Date(now - samplesBackMs),
      EndTime: new Date(now + aheadMs),
      ScanBy: 'TimestampDescending',
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    });
    for (const result of answer.MetricDataResults ?? []) keepNewest(newest, result);
    nextToken = answer.NextToken;
    if (!nextToken) break;
  }
  return new Map(
    instanceIds.map((instanceId, index) => [
      instanceId,
      {
        health: newest.get(`health${index}`) ?? null,
        reachable: newest.get(`reachable${index}`) ?? null,
      },
    ]),
  );
}

function keepNewest(newest: Map<string, Sample>, result: MetricDataResult): void {
  const { Id: id = '', StatusCode: status, Timestamps: times = [], Values: values = [] } = result;
  if (status === 'InternalError' || status === 'Forbidden') {
    throw new Error(`GetMetricData answered ${status} for ${id}.`);
  }
  for (const [index, time] of times.entries()) {
    const value = values[index];
    const at = time.toISOString();
    const known = newest.get(id);
    if (value === undefined || (known !== undefined && known.at >= at)) continue;
    newest.set(id, { value: value >= 1 ? 1 : 0, at });
  }
}
