/** Publishing and reading metrics. */
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { expect } from 'vitest';
import { namespace } from '../../cloudwatch/cloudwatch-fixture.ts';
import { type Area, refused } from '../row.ts';
import { type CloudWatchFixture, onCloudWatch } from '../worlds.ts';

export const cloudWatchMetrics: Area = {
  title: 'CloudWatch, metrics',
  file: 'test/fidelity/cloudwatch/metrics.ts',
  rows: [
    {
      behaviour: '`PutMetricData`: data are usable only some seconds after they were put',
      source: 'CloudWatch user guide, publish custom metrics; API reference, PutMetricData',
      localCloud:
        'The same; `metricIngestion`, drawn for each call, so that calls overtake each other.',
      check: onCloudWatch(async (fixture) => {
        await fixture.put(1);
        await fixture.clock.advance(1_999);
        expect(await values(fixture, 'Minimum', 1)).toEqual([]);
        await fixture.clock.advance(1);
        expect(await values(fixture, 'Minimum', 1)).toEqual([1]);
      }),
    },
    {
      behaviour:
        'a metric is its namespace, its name and all of its dimensions, in whatever order: what has one more is another',
      source: 'CloudWatch user guide, metrics concepts: dimensions',
      localCloud: 'The same.',
      check: onCloudWatch(async (fixture) => {
        const [Cluster, InstanceId] = [
          { Name: 'Cluster', Value: 'analytics' },
          { Name: 'InstanceId', Value: 'i-1' },
        ];
        await fixture.put(1);
        for (const more of [
          { Dimensions: [Cluster, InstanceId] },
          { Dimensions: [{ ...Cluster, Value: 'other' }] },
          { Dimensions: [] },
          { MetricName: 'Other' },
        ]) {
          await fixture.put(0, more);
        }
        await fixture.clock.advance(2_000);
        expect(await values(fixture, 'SampleCount', 60)).toEqual([1]);
        await fixture.put(0, { Dimensions: [InstanceId, Cluster] });
        await fixture.clock.advance(2_000);
        const Metric = {
          Namespace: namespace,
          MetricName: 'ActiveHealth',
          Dimensions: [Cluster, InstanceId],
        };
        const MetricStat = { Metric, Period: 60, Stat: 'SampleCount' };
        const two = await fixture.read('Minimum', 60, {
          MetricDataQueries: [{ Id: 'two', MetricStat }],
        });
        expect(two.MetricDataResults).toMatchObject([{ Id: 'two', Values: [2] }]);
      }),
    },
    {
      behaviour: '`StorageResolution: 1` keeps the second; without it only the minute is kept',
      source: 'CloudWatch API reference, MetricDatum: StorageResolution, 1 or 60, default 60',
      localCloud: 'The same; other resolutions are refused.',
      check: onCloudWatch(async (fixture) => {
        await fixture.clock.advance(25_000);
        await fixture.put(1);
        await fixture.put(0, { StorageResolution: undefined });
        await fixture.clock.advance(2_000);
        const answer = await fixture.read('Minimum', 1);
        const times = answer.MetricDataResults?.[0]?.Timestamps;
        expect(times).toEqual([new Date('2025-11-23T17:04:00Z'), new Date('2025-11-23T17:04:25Z')]);
        await refused(fixture.put(1, { StorageResolution: 10 }), 'InvalidParameterValueException');
      }),
    },
    {
      behaviour: 'a datum may carry up to 150 values with their counts',
      source: 'CloudWatch API reference, MetricDatum: Values, Counts',
      localCloud: 'The same. Statistic sets (`StatisticValues`) are not implemented, and refused.',
      check: onCloudWatch(async (fixture) => {
        await fixture.put(0, { Value: undefined, Values: [2, 4], Counts: [3, 1] });
        await fixture.clock.advance(2_000);
        expect(await values(fixture, 'Average', 10)).toEqual([2.5]);
        expect(await values(fixture, 'SampleCount', 10)).toEqual([4]);
        const many = { Value: undefined, Values: Array.from({ length: 151 }, () => 1) };
        await refused(fixture.put(0, many), 'InvalidParameterValueException');
        const set = { Value: undefined, StatisticValues: { Sum: 1 } };
        await refused(fixture.put(0, set), 'NotImplementedByLocalCloud', /StatisticValues/);
      }),
    },
    {
      behaviour: '`GetMetricData`: statistics of periods that are aligned to their own length',
      source: 'CloudWatch API reference, GetMetricData: StartTime, Period, Stat',
      localCloud: 'The same for the five plain statistics; no percentiles, no expressions.',
      check: onCloudWatch(async (fixture) => {
        for (const value of [1, 0, 1]) {
          await fixture.put(value);
          await fixture.clock.advance(5_000);
        }
        expect(await values(fixture, 'Minimum', 10)).toEqual([0, 1]);
        expect(await values(fixture, 'Maximum', 10)).toEqual([1, 1]);
        expect(await values(fixture, 'Average', 10)).toEqual([0.5, 1]);
        expect(await values(fixture, 'Sum', 10)).toEqual([1, 1]);
        expect(await values(fixture, 'SampleCount', 10)).toEqual([2, 1]);
        await refused(fixture.read('Minimum', 7), 'ValidationException');
      }),
    },
    {
      behaviour: 'a metric that nobody has published is no error: the answer has no values',
      source: 'CloudWatch API reference, GetMetricData',
      localCloud: 'The same. So "no value" and "no such metric" look alike to a reader.',
      check: onCloudWatch(async (fixture) => {
        const answer = await fixture.read('Minimum', 10);
        expect(answer.MetricDataResults).toMatchObject([{ Values: [], StatusCode: 'Complete' }]);
      }),
    },
    {
      behaviour:
        'a query may have a `Label` of its own, and with `ReturnData` false no answer; data may have a `Unit`, which tells no metrics apart for a reader that asks for none',
      source: 'CloudWatch API reference, MetricDataQuery, MetricDatum: Unit; MetricStat: Unit',
      localCloud: 'The same. To ask for a unit is not implemented, and refused.',
      check: onCloudWatch(async (fixture) => {
        await fixture.put(1, { Unit: 'Count' });
        await fixture.put(0, { Unit: 'None' });
        await fixture.clock.advance(2_000);
        const Metric = {
          Namespace: namespace,
          MetricName: 'ActiveHealth',
          Dimensions: [{ Name: 'Cluster', Value: 'analytics' }],
        };
        const query = { MetricStat: { Metric, Period: 10, Stat: 'SampleCount' } };
        const answer = await fixture.read('Minimum', 10, {
          MetricDataQueries: [
            { ...query, Id: 'one', Label: 'How many' },
            { ...query, Id: 'two', ReturnData: false },
          ],
        });
        expect(answer.MetricDataResults).toMatchObject([
          { Id: 'one', Label: 'How many', Values: [2] },
        ]);
        const inCounts = { ...query.MetricStat, Unit: 'Count' as const };
        const asked = fixture.read('Minimum', 10, {
          MetricDataQueries: [{ Id: 'one', MetricStat: inCounts }],
        });
        await refused(asked, 'NotImplementedByLocalCloud', /Unit/);
      }),
    },
    {
      behaviour:
        'newest first unless told otherwise; in pages of `MaxDatapoints`, the last one `Complete`',
      source: 'CloudWatch API reference, GetMetricData: ScanBy, MaxDatapoints, StatusCode',
      localCloud: 'The same; a token that is none: `InvalidNextToken`.',
      check: onCloudWatch(async (fixture) => {
        await fixture.publish(1, 10);
        await fixture.publish(0, 10);
        const pages = { MaxDatapoints: 1, ScanBy: undefined };
        const first = await fixture.read('Minimum', 10, pages);
        expect(first.MetricDataResults).toMatchObject([{ Values: [0], StatusCode: 'PartialData' }]);
        const more = { ...pages, NextToken: first.NextToken };
        const second = await fixture.read('Minimum', 10, more);
        expect(second.MetricDataResults).toMatchObject([{ Values: [1], StatusCode: 'Complete' }]);
        expect(second.NextToken).toBeUndefined();
        await refused(fixture.read('Minimum', 10, { NextToken: 'x' }), 'InvalidNextToken');
      }),
    },
    {
      behaviour:
        'at most 1000 data a call; times from two weeks ago to two hours from now; finite values; no namespace of AWS’s own',
      source: 'CloudWatch API reference, PutMetricData, MetricDatum',
      localCloud:
        'The same; `InvalidParameterValue`, in the SDK `InvalidParameterValueException`. AWS’s megabyte a call is not measured.',
      check: onCloudWatch(async (fixture) => {
        const put = (MetricData: object[], Namespace = namespace) =>
          fixture.client.send(
            new PutMetricDataCommand({
              Namespace,
              MetricData: MetricData.map((datum) => ({ MetricName: 'x', Value: 1, ...datum })),
            }),
          );
        const wrong = 'InvalidParameterValueException';
        await refused(put(Array.from({ length: 1001 }, () => ({}))), wrong);
        await refused(put([{ Timestamp: new Date(0) }]), wrong);
        await refused(put([{ Timestamp: new Date(fixture.clock.now() + 7_300_000) }]), wrong);
        await refused(put([{ Value: Number.NaN }]), wrong);
        await refused(put([{}], 'AWS/EC2'), wrong);
      }),
    },
  ],
};

async function values(fixture: CloudWatchFixture, stat: string, periodSeconds: number) {
  return (await fixture.read(stat, periodSeconds)).MetricDataResults?.[0]?.Values;
}
