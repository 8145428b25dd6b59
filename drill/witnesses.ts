/** What the probes have published, read as any client of CloudWatch reads it. */
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { dimensionNames, metricNames, metricNamespace } from '../workflow/names.ts';
import { defaultSettings } from '../workflow/settings.ts';

export interface Heard {
  /** undefined: nothing fresh. */
  readonly health: number | undefined;
  readonly reachable: number | undefined;
}

/** Newest fresh value of each instance's own metrics. */
export async function readProbes(
  client: CloudWatchClient,
  clusterName: string,
  instanceIds: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, Heard>> {
  if (instanceIds.length === 0) return new Map();
  const answer = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - defaultSettings.freshSeconds * 1000),
      // A second more, so that the second that is not over yet is read too.
      EndTime: new Date(now + 1000),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: instanceIds.flatMap((instanceId, index) => [
        query(`health${index}`, metricNames.health, clusterName, instanceId),
        query(`reachable${index}`, metricNames.reachable, clusterName, instanceId),
      ]),
    }),
  );
  const newest = (id: string) =>
    answer.MetricDataResults?.find((result) => result.Id === id)?.Values?.[0];
  return new Map(
    instanceIds.map((instanceId, index) => [
      instanceId,
      { health: newest(`health${index}`), reachable: newest(`reachable${index}`) },
    ]),
  );
}

function query(
  id: string,
  metricName: string,
  clusterName: string,
  instanceId: string,
): MetricDataQuery {
  return {
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: metricNamespace(clusterName),
        MetricName: metricName,
        Dimensions: [
          { Name: dimensionNames.cluster, Value: clusterName },
          { Name: dimensionNames.instanceId, Value: instanceId },
        ],
      },
      Period: 1,
      Stat: 'Minimum',
    },
  };
}
