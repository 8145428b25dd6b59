/**
 * CloudWatch: metrics, readable some seconds after PutMetricData, and alarms on them.
 * What can go wrong: a reader takes "no value yet" for "the value is bad". What alarms do about
 * missing values is in alarm-evaluation.ts.
 */

import type {
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  MetricDatum,
  PutMetricDataInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import { type Operation, pageOf, type Service, ServiceError } from '../service/service.ts';
import type { ServiceOptions } from '../service/service-options.ts';
import type { CloudEvent, ServiceMetric } from '../service/signals.ts';
import type { AlarmState } from './alarm-evaluation.ts';
import { type AlarmsOptions, type CloudWatchAlarms, createAlarms } from './alarms.ts';
import { getMetricDataOperation } from './metric-queries.ts';
import {
  createMetricStore,
  type Gauge,
  type MetricName,
  type MetricSample,
  type MetricStore,
} from './metric-store.ts';

export interface CloudWatchOptions extends ServiceOptions {
  onEvent(event: CloudEvent): void;
  /** Publishes the message of an alarm. @default there are no topics: every message is refused */
  readonly notify?: AlarmsOptions['notify'];
}

export interface CloudWatch {
  readonly service: Service;
  /** Creates an alarm from the properties of `AWS::CloudWatch::Alarm`, in INSUFFICIENT_DATA. */
  createAlarm(properties: unknown, fallbackName?: string): { alarmName: string; alarmArn: string };
  /** Overwrites an alarm's configuration and keeps its state. */
  changeAlarm(alarmName: string, properties: unknown): void;
  removeAlarm(alarmName: string): void;
  /** A value that another service reports of itself now: `AWS/States` and the like. */
  observe(metric: ServiceMetric): void;
  /** A count of another service, with a sample a minute. */
  addGauge(metric: MetricName, gauge: Gauge): void;
  /** Sets the state as of some time ago, without an event. */
  seedAlarmState(alarmName: string, state: AlarmState, secondsAgo: number): void;
  /** Samples at an interval up to now, readable at once. */
  seedMetric(
    metric: MetricName,
    value: number,
    span: { everySeconds: number; forSeconds: number },
  ): void;
  stop(): Promise<void>;
}

async function noTopics(topicArn: string): Promise<void> {
  throw new ServiceError('NotFound', `Topic does not exist: ${topicArn}`, 404);
}

/** PutMetricData: "up to 1000 different metrics", "up to 150 values" in Values. */
const mostDataPerCall = 1000;
const mostValuesPerDatum = 150;
/** PutMetricData: timestamps from two weeks ago to two hours from now. */
const oldestTimestampMs = 14 * 24 * 3600 * 1000;
const newestTimestampMs = 2 * 3600 * 1000;

export function createCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { clock } = options;
  const metrics = createMetricStore();
  const alarms = createAlarms({ ...options, metrics, notify: options.notify ?? noTopics });
  return {
    service: {
      name: 'cloudwatch',
      operations: {
        PutMetricData: putMetricDataOperation(options, metrics),
        GetMetricData: getMetricDataOperation(metrics, clock),
        ...alarmOperations(alarms),
      },
    },
    createAlarm: alarms.create,
    changeAlarm: alarms.change,
    removeAlarm: alarms.remove,
    observe({ namespace, metricName, dimensions, value }) {
      const named = Object.entries(dimensions).map(([name, text]) => ({ name, value: text }));
      // AWS's own metrics have a resolution of one minute.
      const atMs = Math.floor(clock.now() / 60_000) * 60_000;
      const usableAtMs = clock.now() + options.latencies('metricIngestion');
      const metric = { namespace, metricName, dimensions: named };
      metrics.put(metric, { atMs, usableAtMs, value, count: 1 });
    },
    addGauge: metrics.addGauge,
    seedAlarmState: alarms.seed,
    seedMetric(metric, value, { everySeconds, forSeconds }) {
      const nowMs = clock.now();
      for (let agoSeconds = forSeconds; agoSeconds >= 0; agoSeconds -= everySeconds) {
        const atMs = nowMs - agoSeconds * 1000;
        metrics.put(metric, { atMs, usableAtMs: nowMs, value, count: 1 });
      }
    },
    stop: alarms.stop,
  };
}

function putMetricDataOperation(options: CloudWatchOptions, metrics: MetricStore): Operation {
  return {
    takes: [
      'Namespace',
      'MetricData[].MetricName',
      'MetricData[].Dimensions[].Name',
      'MetricData[].Dimensions[].Value',
      'MetricData[].Timestamp',
      'MetricData[].Value',
      'MetricData[].Values[]',
      'MetricData[].Counts[]',
      'MetricData[].Unit',
      'MetricData[].StorageResolution',
    ],
    async run(input: PutMetricDataInput) {
      const nowMs = options.clock.now();
      const usableAtMs = nowMs + options.latencies('metricIngestion');
      for (const { metric, sample } of samplesOf(input, nowMs, usableAtMs)) {
        metrics.put(metric, sample);
      }
      return {};
    },
  };
}

function alarmOperations(alarms: CloudWatchAlarms): Readonly<Record<string, Operation>> {
  return {
    SetAlarmState: {
      takes: ['AlarmName', 'StateValue', 'StateReason', 'StateReasonData'],
      run: async (input: SetAlarmStateInput) => setAlarmState(alarms, input),
    },
    DescribeAlarms: {
      takes: [
        'AlarmNames[]',
        'AlarmNamePrefix',
        'AlarmTypes[]',
        'StateValue',
        'MaxRecords',
        'NextToken',
      ],
      run: async (input: DescribeAlarmsInput) => describeAlarms(alarms, input),
    },
    DescribeAlarmHistory: {
      takes: [
        'AlarmName',
        'AlarmTypes[]',
        'HistoryItemType',
        'StartDate',
        'EndDate',
        'MaxRecords',
        'NextToken',
        'ScanBy',
      ],
      run: async (input: DescribeAlarmHistoryInput) => describeHistory(alarms, input),
    },
  };
}

function samplesOf(
  input: PutMetricDataInput,
  nowMs: number,
  usableAtMs: number,
): { metric: MetricName; sample: MetricSample }[] {
  const data = input.MetricData ?? [];
  const namespace = input.Namespace ?? '';
  if (namespace === '' || namespace.startsWith('AWS/')) {
    throw invalid(`The value ${namespace} for parameter Namespace is invalid.`);
  }
  if (data.length > mostDataPerCall) {
    throw invalid(`MetricData has ${data.length} items, but at most ${mostDataPerCall} are taken.`);
  }
  return data.flatMap((datum) => {
    const dimensions = (datum.Dimensions ?? []).map(({ Name = '', Value = '' }) => ({
      name: Name,
      value: Value,
    }));
    const metric = { namespace, metricName: datum.MetricName ?? '', dimensions };
    const atMs = timestampOf(datum, nowMs);
    return valuesOf(datum).map(({ value, count }) => ({
      metric,
      sample: { atMs, usableAtMs, value, count },
    }));
  });
}

/** StorageResolution 1 keeps the second, 60 (the default) only the minute. */
function timestampOf(datum: MetricDatum, nowMs: number): number {
  const atMs = datum.Timestamp?.getTime() ?? nowMs;
  if (atMs < nowMs - oldestTimestampMs || atMs > nowMs + newestTimestampMs) {
    throw invalid(
      `The Timestamp ${new Date(atMs).toISOString()} is not within two weeks before and two hours after now.`,
    );
  }
  const resolution = datum.StorageResolution ?? 60;
  if (resolution !== 1 && resolution !== 60) {
    throw invalid(`The value ${resolution} for parameter StorageResolution is invalid: 1 or 60.`);
  }
  return resolution === 1 ? atMs : Math.floor(atMs / 60_000) * 60_000;
}

function valuesOf(datum: MetricDatum): { value: number; count: number }[] {
  const values = datum.Values ?? (datum.Value === undefined ? [] : [datum.Value]);
  const counts = datum.Counts ?? values.map(() => 1);
  const fits =
    values.length > 0 &&
    values.length <= mostValuesPerDatum &&
    values.length === counts.length &&
    [...values, ...counts].every(Number.isFinite) &&
    !(datum.Value !== undefined && datum.Values !== undefined);
  if (!fits) {
    throw invalid(
      `The metric datum ${datum.MetricName} needs a finite Value, or up to ${mostValuesPerDatum} Values with as many Counts.`,
    );
  }
  return values.map((value, index) => ({ value, count: counts[index] ?? 1 }));
}

function setAlarmState(alarms: CloudWatchAlarms, input: SetAlarmStateInput): object {
  const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
  const state = states.find((candidate) => candidate === input.StateValue);
  if (state === undefined) {
    throw new ServiceError(
      'ValidationError',
      `StateValue is ${input.StateValue}, but must be one of ${states.join(', ')}.`,
    );
  }
  if (input.StateReasonData !== undefined && !isJson(input.StateReasonData)) {
    throw new ServiceError('InvalidFormat', 'StateReasonData is not JSON.');
  }
  alarms.set(input.AlarmName ?? '', {
    state,
    reason: input.StateReason ?? '',
    reasonData: input.StateReasonData,
  });
  return {};
}

function describeAlarms(
  alarms: CloudWatchAlarms,
  input: DescribeAlarmsInput,
): DescribeAlarmsOutput {
  const found = alarms.describe(
    (alarmName, state) =>
      (input.AlarmNames === undefined || input.AlarmNames.includes(alarmName)) &&
      alarmName.startsWith(input.AlarmNamePrefix ?? '') &&
      (input.AlarmTypes?.includes('MetricAlarm') ?? true) &&
      (input.StateValue === undefined || input.StateValue === state),
  );
  const page = pageOf(found, { size: input.MaxRecords ?? 50, token: input.NextToken });
  return { MetricAlarms: page.items, CompositeAlarms: [], NextToken: page.nextToken };
}

function describeHistory(
  alarms: CloudWatchAlarms,
  input: DescribeAlarmHistoryInput,
): DescribeAlarmHistoryOutput {
  const fromMs = input.StartDate?.getTime() ?? Number.NEGATIVE_INFINITY;
  const toMs = input.EndDate?.getTime() ?? Number.POSITIVE_INFINITY;
  const found = alarms.history().filter((item) => {
    const atMs = item.Timestamp?.getTime() ?? 0;
    return (
      (input.AlarmName === undefined || input.AlarmName === item.AlarmName) &&
      (input.AlarmTypes?.includes('MetricAlarm') ?? true) &&
      (input.HistoryItemType === undefined || input.HistoryItemType === item.HistoryItemType) &&
      atMs >= fromMs &&
      atMs <= toMs
    );
  });
  const ordered = input.ScanBy === 'TimestampAscending' ? found : found.reverse();
  const page = pageOf(ordered, { size: input.MaxRecords ?? 100, token: input.NextToken });
  return { AlarmHistoryItems: page.items, NextToken: page.nextToken };
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message);
}
