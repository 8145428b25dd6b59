/** GetMetricData: statistics of metrics per period. */
import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { type Operation, ServiceError } from '../service/service.ts';
import type { Clock } from '../time/clock.ts';
import { type MetricStore, type StatisticName, statisticNames } from './metric-store.ts';

/** GetMetricData: up to 500 queries, up to 100,800 points a call. */
const mostQueries = 500;
const mostDatapoints = 100_800;

export function getMetricDataOperation(metrics: MetricStore, clock: Clock): Operation {
  return {
    takes: [
      'StartTime',
      'EndTime',
      'ScanBy',
      'MaxDatapoints',
      'NextToken',
      'MetricDataQueries[].Id',
      'MetricDataQueries[].Label',
      'MetricDataQueries[].ReturnData',
      'MetricDataQueries[].MetricStat.Metric.Namespace',
      'MetricDataQueries[].MetricStat.Metric.MetricName',
      'MetricDataQueries[].MetricStat.Metric.Dimensions[].Name',
      'MetricDataQueries[].MetricStat.Metric.Dimensions[].Value',
      'MetricDataQueries[].MetricStat.Period',
      'MetricDataQueries[].MetricStat.Stat',
    ],
    run: async (input: GetMetricDataInput) => getMetricData(metrics, clock.now(), input),
  };
}

function getMetricData(
  metrics: MetricStore,
  nowMs: number,
  input: GetMetricDataInput,
): GetMetricDataOutput {
  const queries = input.MetricDataQueries ?? [];
  if (queries.length === 0 || queries.length > mostQueries) {
    throw invalid(`MetricDataQueries has ${queries.length} items, but takes 1 to ${mostQueries}.`);
  }
  const repeated = queries.find((query, index) =>
    queries.slice(0, index).some((earlier) => earlier.Id === query.Id),
  );
  if (repeated !== undefined) throw invalid(`Two queries have the id ${repeated.Id}.`);
  const results = queries
    .filter((query) => query.ReturnData !== false)
    .map((query) => resultOf(metrics, nowMs, input, query));
  return paged(results, input);
}

function resultOf(
  metrics: MetricStore,
  nowMs: number,
  input: GetMetricDataInput,
  query: MetricDataQuery,
): MetricDataResult {
  const { periodSeconds, statistic, metric } = metricStatOf(query);
  const { fromMs, toMs } = rangeOf(input, periodSeconds);
  const found = metrics.read({ metric, fromMs, toMs, periodSeconds, nowMs });
  if (input.ScanBy !== 'TimestampAscending') found.reverse();
  return {
    Id: query.Id,
    Label: query.Label ?? metric.metricName,
    Timestamps: found.map(({ startMs }) => new Date(startMs)),
    Values: found.map((point) => point[statistic]),
    StatusCode: 'Complete',
  };
}

function metricStatOf(query: MetricDataQuery) {
  const stat = query.MetricStat;
  if (stat === undefined) throw invalid(`The query ${query.Id} has no MetricStat.`);
  const periodSeconds = stat.Period ?? 0;
  if (
    ![1, 5, 10, 20, 30].includes(periodSeconds) &&
    !(periodSeconds > 0 && periodSeconds % 60 === 0)
  ) {
    throw invalid(
      `The query ${query.Id} has the Period ${periodSeconds}, but it must be 1, 5, 10, 20, 30 or a multiple of 60.`,
    );
  }
  const statistic: StatisticName | undefined = statisticNames.find((name) => name === stat.Stat);
  if (statistic === undefined) {
    throw invalid(
      `The query ${query.Id} has the Stat ${stat.Stat}, but it must be one of ${statisticNames.join(', ')}.`,
    );
  }
  const metric = {
    namespace: stat.Metric?.Namespace ?? '',
    metricName: stat.Metric?.MetricName ?? '',
    dimensions: (stat.Metric?.Dimensions ?? []).map(({ Name = '', Value = '' }) => ({
      name: Name,
      value: Value,
    })),
  };
  return { periodSeconds, statistic, metric };
}

/**
 * GetMetricData rounds StartTime down: to the period below 60 s, else to the minute. EndTime is
 * exclusive. Periods here are aligned to the epoch.
 */
function rangeOf(input: GetMetricDataInput, periodSeconds: number) {
  const startMs = input.StartTime?.getTime() ?? Number.NaN;
  const endMs = input.EndTime?.getTime() ?? Number.NaN;
  if (!(startMs < endMs)) throw invalid('StartTime must be before EndTime.');
  const stepMs = Math.min(periodSeconds, 60) * 1000;
  return { fromMs: Math.floor(startMs / stepMs) * stepMs, toMs: endMs };
}

/** The limit of points holds for all results together. A result that is cut is PartialData. */
function paged(results: MetricDataResult[], input: GetMetricDataInput): GetMetricDataOutput {
  const from = Number(input.NextToken ?? 0);
  if (!Number.isInteger(from) || from < 0) {
    throw new ServiceError('InvalidNextToken', `The token ${input.NextToken} is not one of ours.`);
  }
  const to = from + Math.min(input.MaxDatapoints ?? mostDatapoints, mostDatapoints);
  let before = 0;
  const page = results.map((result): MetricDataResult => {
    const count = result.Values?.length ?? 0;
    const first = Math.max(0, from - before);
    const last = Math.max(0, to - before);
    before += count;
    return {
      ...result,
      Timestamps: result.Timestamps?.slice(first, last),
      Values: result.Values?.slice(first, last),
      StatusCode: last < count ? 'PartialData' : 'Complete',
    };
  });
  return {
    MetricDataResults: page,
    ...(to < before ? { NextToken: String(to) } : {}),
  };
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}
