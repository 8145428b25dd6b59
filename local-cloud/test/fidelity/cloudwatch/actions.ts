/** What an alarm does beside its event: it publishes to topics. And when a new alarm begins to do so. */
import { DescribeAlarmHistoryCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { expect } from 'vitest';
import { alarmProperties, namespace, topicArn } from '../../cloudwatch/cloudwatch-fixture.ts';
import type { Area } from '../row.ts';
import { type CloudWatchFixture, onCloudWatch } from '../worlds.ts';

const telling = { ...alarmProperties, AlarmActions: [topicArn], OKActions: [topicArn] };

export const cloudWatchActions: Area = {
  title: 'CloudWatch, alarm actions',
  file: 'test/fidelity/cloudwatch/actions.ts',
  rows: [
    {
      behaviour:
        'an alarm that enters ALARM or OK publishes to its topics, once per transition: a JSON message with the alarm, both states and the trigger',
      source:
        'CloudWatch user guide, alarm actions; Lambda developer guide, sample SNS message of an alarm',
      localCloud:
        'The same fields. The subject is `ALARM: "name" in REGION`; regions are named as in the console for those that a drill uses, by their code otherwise.',
      check: onCloudWatch(async (fixture) => {
        fixture.cloudWatch.createAlarm(telling);
        await fixture.publish(1, 60);
        await fixture.publish(0, 300);
        await fixture.publish(1, 60);
        const messages = fixture.sns.messages().map(({ subject, message }) => ({
          subject,
          ...(JSON.parse(message) as object),
        }));
        expect(messages).toMatchObject([
          { NewStateValue: 'OK', OldStateValue: 'INSUFFICIENT_DATA' },
          {
            subject: 'ALARM: "active-health" in EU (Frankfurt)',
            AlarmName: 'active-health',
            AlarmDescription: 'The server is down.',
            AWSAccountId: '123456789012',
            NewStateValue: 'ALARM',
            NewStateReason: expect.stringMatching(/^Threshold Crossed: 1 datapoint \[0\.0 /),
            StateChangeTime: expect.stringMatching(/\.\d{3}\+0000$/),
            Region: 'EU (Frankfurt)',
            AlarmArn: 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:active-health',
            OldStateValue: 'OK',
            AlarmActions: [topicArn],
            Trigger: {
              MetricName: 'ActiveHealth',
              Namespace: namespace,
              StatisticType: 'Statistic',
              Statistic: 'MINIMUM',
              Dimensions: [{ name: 'Cluster', value: 'analytics' }],
              Period: 10,
              EvaluationPeriods: 1,
              ComparisonOperator: 'LessThanThreshold',
              Threshold: 1,
            },
          },
          { NewStateValue: 'OK', OldStateValue: 'ALARM' },
        ]);
      }),
    },
    {
      behaviour:
        'no action is carried out while ActionsEnabled is false; the event goes out all the same',
      source: 'CloudWatch API reference, PutMetricAlarm: ActionsEnabled',
      localCloud: 'The same.',
      check: onCloudWatch(async (fixture) => {
        fixture.cloudWatch.createAlarm({ ...telling, ActionsEnabled: false });
        await fixture.publish(0, 60);
        expect(fixture.sns.messages()).toEqual([]);
        expect(fixture.events.at(-1)).toMatchObject({ detail: { state: { value: 'ALARM' } } });
      }),
    },
    {
      behaviour: 'an action that was refused stands in the history and changes nothing else',
      source: 'CloudWatch user guide, alarm actions; API reference, AlarmHistoryItem: Action',
      localCloud: 'The same; history data have the state, the topic and the error only.',
      check: onCloudWatch(async (fixture) => {
        const nobody = `${topicArn}-2`;
        fixture.cloudWatch.createAlarm({ ...alarmProperties, AlarmActions: [nobody, topicArn] });
        await ring(fixture);
        await fixture.clock.advance(1);
        const command = new DescribeAlarmHistoryCommand({ HistoryItemType: 'Action' });
        const { AlarmHistoryItems = [] } = await fixture.client.send(command);
        expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary).reverse()).toEqual([
          `Failed to execute action ${nobody}`,
          `Successfully executed action ${topicArn}`,
        ]);
        expect(fixture.sns.messages()).toHaveLength(1);
      }),
    },
    {
      behaviour:
        'an alarm that warms up stays INSUFFICIENT_DATA for so many minutes after its creation, or until data fill its window',
      source: 'CloudWatch API reference, PutMetricAlarm: WarmUpConfiguration',
      localCloud: 'The same. How an update of the alarm restarts it is not implemented.',
      check: onCloudWatch(async (fixture) => {
        const WarmUpConfiguration = { WarmUpPeriodDurationInMinutes: 5 };
        fixture.cloudWatch.createAlarm({ ...telling, WarmUpConfiguration });
        await fixture.clock.advance(240_000);
        expect(await fixture.state()).toBe('INSUFFICIENT_DATA');
        await fixture.clock.advance(90_000);
        expect(await fixture.state()).toBe('ALARM');
      }),
    },
    {
      behaviour: 'data that fill its window end the warm-up, unless the alarm is told to wait',
      source:
        'CloudWatch API reference, WarmUpConfiguration: OnlyStartEvaluatingAfterWarmUpPeriodEnds',
      localCloud: 'The same.',
      check: onCloudWatch(async (fixture) => {
        const WarmUpConfiguration = { WarmUpPeriodDurationInMinutes: 60 };
        const waiting = {
          AlarmName: 'waiting',
          WarmUpConfiguration: {
            ...WarmUpConfiguration,
            OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
          },
        };
        fixture.cloudWatch.createAlarm({ ...telling, WarmUpConfiguration });
        fixture.cloudWatch.createAlarm({ ...telling, ...waiting });
        await fixture.publish(0, 60);
        const names = fixture.sns.messages().map(({ subject }) => subject);
        expect(names).toEqual(['ALARM: "active-health" in EU (Frankfurt)']);
      }),
    },
    {
      behaviour:
        'an alarm of 60 s or more is evaluated once a minute; M of N counts its newest periods',
      source: 'CloudWatch user guide, evaluating an alarm',
      localCloud: 'The same.',
      check: onCloudWatch(async (fixture) => {
        const slow = {
          Period: 300,
          EvaluationPeriods: 3,
          DatapointsToAlarm: 2,
          Statistic: 'Maximum',
        };
        fixture.cloudWatch.createAlarm({ ...telling, ...slow, TreatMissingData: 'missing' });
        await fixture.publish(1, 960);
        expect(await fixture.state()).toBe('OK');
        await fixture.publish(0, 540);
        expect(await fixture.state()).toBe('OK');
        await fixture.publish(0, 360);
        expect(await fixture.state()).toBe('ALARM');
      }),
    },
  ],
};

async function ring({ client }: CloudWatchFixture): Promise<void> {
  const change = { StateValue: 'ALARM', StateReason: 'By hand.' } as const;
  await client.send(new SetAlarmStateCommand({ AlarmName: 'active-health', ...change }));
}
