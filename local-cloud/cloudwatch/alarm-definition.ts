/**
 * The configuration of an alarm: read from CloudFormation properties, shown by DescribeAlarms and
 * events.
 */
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import {
  flag,
  list,
  oneOf,
  optionalNumber,
  optionalText,
  type Properties,
  PropertyError,
  propertiesOf,
  record,
  requiredNumber,
  text,
  textList,
} from '../service/properties.ts';
import { type AlarmRule, comparisons, missingDataTreatments } from './alarm-evaluation.ts';
import { type MetricName, type StatisticName, statisticNames } from './metric-store.ts';

export interface AlarmDefinition {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly actionsEnabled: boolean;
  /** The topics to publish to, by the state that is entered. */
  readonly actions: Readonly<Record<'ALARM' | 'OK', readonly string[]>>;
  readonly metric: MetricName;
  readonly statistic: StatisticName;
  readonly periodSeconds: number;
  readonly rule: AlarmRule;
  /**
   * Seconds after the creation without evaluation. The wait ends earlier when data fill the window,
   * unless the definition forbids that (PutMetricAlarm, WarmUpConfiguration).
   */
  readonly warmUpSeconds: number;
  readonly waitsForWarmUp: boolean;
}

const implemented = [
  'AlarmName',
  'AlarmDescription',
  'ActionsEnabled',
  'AlarmActions',
  'OKActions',
  'ComparisonOperator',
  'DatapointsToAlarm',
  'Dimensions',
  'EvaluationPeriods',
  'MetricName',
  'Namespace',
  'Period',
  'Statistic',
  'Threshold',
  'TreatMissingData',
  'WarmUpConfiguration',
];

/** Reads `AWS::CloudWatch::Alarm`. `fallbackName` is used when the properties have no name. */
export function alarmDefinitionFrom(
  properties: unknown,
  place: { readonly region: string; readonly accountId: string; readonly fallbackName?: string },
): AlarmDefinition {
  const given = propertiesOf('AWS::CloudWatch::Alarm', properties, implemented);
  const name = optionalText(given, 'AlarmName') ?? place.fallbackName ?? text(given, 'AlarmName');
  const named = { ...given, what: `AWS::CloudWatch::Alarm ${name}` };
  const evaluationPeriods = requiredNumber(named, 'EvaluationPeriods');
  const warmUp = propertiesOf(
    `${named.what} WarmUpConfiguration`,
    record(named, 'WarmUpConfiguration'),
    ['WarmUpPeriodDurationInMinutes', 'OnlyStartEvaluatingAfterWarmUpPeriodEnds'],
  );
  const definition: AlarmDefinition = {
    warmUpSeconds: 60 * (optionalNumber(warmUp, 'WarmUpPeriodDurationInMinutes') ?? 0),
    waitsForWarmUp: flag(warmUp, 'OnlyStartEvaluatingAfterWarmUpPeriodEnds', false),
    name,
    arn: `arn:aws:cloudwatch:${place.region}:${place.accountId}:alarm:${name}`,
    description: optionalText(named, 'AlarmDescription'),
    actionsEnabled: flag(named, 'ActionsEnabled', true),
    actions: { ALARM: topicsIn(named, 'AlarmActions'), OK: topicsIn(named, 'OKActions') },
    metric: {
      namespace: text(named, 'Namespace'),
      metricName: text(named, 'MetricName'),
      dimensions: list(named, 'Dimensions').map((item) => {
        const dimension = propertiesOf(`${named.what} Dimensions`, item, ['Name', 'Value']);
        return { name: text(dimension, 'Name'), value: text(dimension, 'Value') };
      }),
    },
    statistic: oneOf(named, 'Statistic', statisticNames),
    periodSeconds: requiredNumber(named, 'Period'),
    rule: {
      comparison: oneOf(named, 'ComparisonOperator', comparisonNames()),
      threshold: requiredNumber(named, 'Threshold'),
      evaluationPeriods,
      datapointsToAlarm: optionalNumber(named, 'DatapointsToAlarm') ?? evaluationPeriods,
      treatMissingData: oneOf(named, 'TreatMissingData', missingDataTreatments, 'missing'),
    },
  };
  check(named.what, definition);
  return definition;
}

/** As in a state-change event: `detail.configuration`. */
export function eventConfiguration(definition: AlarmDefinition, metricId: string): object {
  return {
    ...(definition.description === undefined ? {} : { description: definition.description }),
    metrics: [
      {
        id: metricId,
        metricStat: {
          metric: {
            namespace: definition.metric.namespace,
            name: definition.metric.metricName,
            dimensions: Object.fromEntries(
              definition.metric.dimensions.map(({ name, value }) => [name, value]),
            ),
          },
          period: definition.periodSeconds,
          stat: definition.statistic,
        },
        returnData: true,
      },
    ],
  };
}

/** The part of DescribeAlarms' answer that a change of state leaves alone. */
export function describedDefinition(definition: AlarmDefinition): MetricAlarm {
  const { rule, metric } = definition;
  return {
    AlarmName: definition.name,
    AlarmArn: definition.arn,
    AlarmDescription: definition.description,
    ActionsEnabled: definition.actionsEnabled,
    OKActions: [...definition.actions.OK],
    AlarmActions: [...definition.actions.ALARM],
    InsufficientDataActions: [],
    MetricName: metric.metricName,
    Namespace: metric.namespace,
    Statistic: definition.statistic,
    Dimensions: metric.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
    Period: definition.periodSeconds,
    EvaluationPeriods: rule.evaluationPeriods,
    DatapointsToAlarm: rule.datapointsToAlarm,
    Threshold: rule.threshold,
    ComparisonOperator: rule.comparison,
    TreatMissingData: rule.treatMissingData,
  };
}

/** PutMetricAlarm takes up to 5 actions per state. Only topics are carried out here. */
function topicsIn(named: Properties, property: 'AlarmActions' | 'OKActions'): readonly string[] {
  const actions = textList(named, property);
  const other = actions.find((action) => !/^arn:[\w-]+:sns:[^:]*:\d*:[^:]+$/.test(action));
  if (other !== undefined || actions.length > mostActions) {
    throw new PropertyError(
      `${named.what}: ${property} is ${JSON.stringify(actions)}, but the local cloud takes up to ${mostActions} SNS topics.`,
    );
  }
  return actions;
}

const mostActions = 5;

function comparisonNames(): AlarmRule['comparison'][] {
  return Object.keys(comparisons) as AlarmRule['comparison'][];
}

/** Refuses what PutMetricAlarm refuses. */
function check(what: string, { periodSeconds, rule }: AlarmDefinition): void {
  const highResolution = [10, 20, 30].includes(periodSeconds);
  if (!highResolution && !(periodSeconds > 0 && periodSeconds % 60 === 0)) {
    throw new PropertyError(
      `${what}: Period is ${periodSeconds}, but must be 10, 20, 30 or a multiple of 60.`,
    );
  }
  if (!Number.isInteger(rule.evaluationPeriods) || rule.evaluationPeriods < 1) {
    throw new PropertyError(
      `${what}: EvaluationPeriods is ${rule.evaluationPeriods}, but must be a whole number from 1.`,
    );
  }
  const most = rule.evaluationPeriods;
  const chosen = rule.datapointsToAlarm;
  if (!Number.isInteger(chosen) || chosen < 1 || chosen > most) {
    throw new PropertyError(
      `${what}: DatapointsToAlarm is ${chosen}, but must be a whole number from 1 to EvaluationPeriods, ${most}.`,
    );
  }
}
