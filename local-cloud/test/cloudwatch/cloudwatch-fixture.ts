/** A CloudWatch on a manual clock, with an SDK client. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type GetMetricDataInput,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { randomFrom } from '../../chance/random.ts';
import { createCloudWatch } from '../../cloudwatch/cloudwatch.ts';
import { connect } from '../../service/in-process.ts';
import type { CloudEvent } from '../../service/signals.ts';
import { createSns } from '../../sns/sns.ts';
import { manualClock } from '../../time/manual-clock.ts';

export const namespace = 'CoordinatorFailover/analytics';
export const topicArn = 'arn:aws:sns:eu-central-1:123456789012:incidents';
const dimensions = [{ Name: 'Cluster', Value: 'analytics' }];

/** Properties of `AWS::CloudWatch::Alarm`, some as text as CloudFormation may have them. */
export const alarmProperties = {
  AlarmName: 'active-health',
  AlarmDescription: 'The server is down.',
  Namespace: namespace,
  MetricName: 'ActiveHealth',
  Dimensions: dimensions,
  Statistic: 'Minimum',
  Period: '10',
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  ComparisonOperator: 'LessThanThreshold',
  Threshold: 1,
  TreatMissingData: 'breaching',
};

/** Data are usable 2 s after they were put. The seed decides an alarm's phase and read range. */
export function cloudWatchFixture(seed = 7) {
  const clock = manualClock();
  const events: CloudEvent[] = [];
  const sns = createSns({ clock, random: randomFrom(2) });
  sns.addTopic(topicArn);
  const cloudWatch = createCloudWatch({
    clock,
    random: randomFrom(seed),
    latencies: (name) => (name === 'metricIngestion' ? 2_000 : 0),
    region: 'eu-central-1',
    accountId: '123456789012',
    onEvent: (event) => events.push(event),
    notify: sns.publish,
  });
  const client = new CloudWatchClient({ region: 'eu-central-1' });
  connect(client, cloudWatch.service, {
    accessKeyId: 'LOCAL',
    principalArn: 'arn:aws:iam::123456789012:root',
  });

  const put = async (value: number, more: object = {}) => {
    const datum = { MetricName: 'ActiveHealth', Dimensions: dimensions, Value: value };
    const at = { Timestamp: new Date(clock.now()), StorageResolution: 1 };
    await client.send(
      new PutMetricDataCommand({
        Namespace: namespace,
        MetricData: [{ ...datum, ...at, ...more }],
      }),
    );
  };
  return {
    clock,
    events,
    sns,
    cloudWatch,
    client,
    put,
    /** Publishes every 5 s. */
    async publish(value: number, seconds: number) {
      for (let passed = 0; passed < seconds; passed += 5) {
        await put(value);
        await clock.advance(5_000);
      }
    },
    /** The last minute, oldest first. */
    read: (stat: string, periodSeconds: number, more: Partial<GetMetricDataInput> = {}) =>
      client.send(
        new GetMetricDataCommand({
          StartTime: new Date(clock.now() - 60_000),
          EndTime: new Date(clock.now() + 1),
          ScanBy: 'TimestampAscending',
          MetricDataQueries: [
            {
              Id: 'one',
              MetricStat: {
                Metric: {
                  Namespace: namespace,
                  MetricName: 'ActiveHealth',
                  Dimensions: dimensions,
                },
                Period: periodSeconds,
                Stat: stat,
              },
            },
          ],
          ...more,
        }),
      ),
    async state() {
      const answer = await client.send(
        new DescribeAlarmsCommand({ AlarmNames: ['active-health'] }),
      );
      return answer.MetricAlarms?.[0]?.StateValue;
    },
  };
}
