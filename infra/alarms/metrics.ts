/**
 * The cluster's metrics, for whoever wants to graph or alarm on them: made of the same names as the
 * probes and the functions publish them by.
 * What can go wrong: high-resolution data are kept for three hours at their full resolution; over
 * longer times the statistic is one of minutes.
 */
import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { dimensionNames, metricNames, metricNamespace } from '../../workflow/model/names.ts';

export type ClusterMetricName = keyof typeof metricNames;

/** What each metric is read by unless somebody asks for something else. */
const defaults: Readonly<Record<ClusterMetricName, MetricOptions>> = {
  health: { statistic: Stats.MINIMUM, period: Duration.seconds(10) },
  activeHealth: { statistic: Stats.MINIMUM, period: Duration.seconds(10) },
  reachable: { statistic: Stats.MINIMUM, period: Duration.seconds(10) },
  imageProblems: { statistic: 'Maximum', period: Duration.minutes(1) },
  readyCoordinators: { statistic: Stats.MINIMUM, period: Duration.minutes(5) },
  readyStandbys: { statistic: Stats.MINIMUM, period: Duration.minutes(5) },
  failoverSeconds: { statistic: Stats.MAXIMUM, period: Duration.minutes(5) },
};

export function clusterMetric(
  clusterName: string,
  name: ClusterMetricName,
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: metricNamespace(clusterName),
    metricName: metricNames[name],
    ...defaults[name],
    ...options,
    dimensionsMap: { [dimensionNames.cluster]: clusterName, ...options.dimensionsMap },
  });
}
