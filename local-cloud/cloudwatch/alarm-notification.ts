/**
 * What CloudWatch publishes to a topic when an alarm changes its state.
 * Source of the fields: sample messages of alarms in the Lambda developer guide and the CloudWatch
 * user guide ("Trigger", "NewStateValue" ...).
 */
import type { AlarmDefinition } from './alarm-definition.ts';
import type { AlarmState } from './alarm-evaluation.ts';
import type { TimedState } from './alarm-records.ts';

interface Changed {
  readonly definition: AlarmDefinition;
  readonly createdAtMs: number;
  readonly state: TimedState;
  readonly previous: TimedState;
}

/** No topics while actions are disabled, and none for INSUFFICIENT_DATA. */
export function actionsOf(definition: AlarmDefinition, state: AlarmState): readonly string[] {
  if (!definition.actionsEnabled || state === 'INSUFFICIENT_DATA') return [];
  return definition.actions[state];
}

export function notification(
  place: { readonly region: string; readonly accountId: string },
  { definition, createdAtMs, state, previous }: Changed,
): { readonly subject: string; readonly message: string } {
  const { name, description, rule, metric } = definition;
  const region = regionNames[place.region] ?? place.region;
  const message = {
    AlarmName: name,
    AlarmDescription: description ?? null,
    AWSAccountId: place.accountId,
    AlarmConfigurationUpdatedTimestamp: time(createdAtMs),
    NewStateValue: state.state,
    NewStateReason: state.reason,
    StateChangeTime: time(state.atMs),
    Region: region,
    AlarmArn: definition.arn,
    OldStateValue: previous.state,
    OKActions: definition.actions.OK,
    AlarmActions: definition.actions.ALARM,
    InsufficientDataActions: [],
    Trigger: {
      MetricName: metric.metricName,
      Namespace: metric.namespace,
      StatisticType: 'Statistic',
      Statistic: definition.statistic.toUpperCase(),
      Unit: null,
      Dimensions: metric.dimensions,
      Period: definition.periodSeconds,
      EvaluationPeriods: rule.evaluationPeriods,
      DatapointsToAlarm: rule.datapointsToAlarm,
      ComparisonOperator: rule.comparison,
      Threshold: rule.threshold,
      TreatMissingData: rule.treatMissingData,
      EvaluateLowSampleCountPercentile: '',
    },
  };
  const subject = `${state.state}: "${name}" in ${region}`.slice(0, longestSubject);
  return { subject, message: JSON.stringify(message) };
}

/** SNS takes fewer than 100 characters. */
const longestSubject = 99;

/** Regions as the console names them; only some are known here. */
const regionNames: Readonly<Record<string, string>> = {
  'eu-central-1': 'EU (Frankfurt)',
  'eu-west-1': 'EU (Ireland)',
  'us-east-1': 'US East (N. Virginia)',
};

/** `2026-10-02T17:04:40.989+0000` */
function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '+0000');
}
