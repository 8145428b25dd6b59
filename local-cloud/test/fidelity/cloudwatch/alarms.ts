/** Alarms beside their evaluation: states, events, history. */
import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { expect } from 'vitest';
import { alarmProperties, namespace } from '../../cloudwatch/cloudwatch-fixture.ts';
import { type Area, refused } from '../row.ts';
import { type CloudWatchFixture, onCloudWatch } from '../worlds.ts';

export const cloudWatchAlarms: Area = {
  title: 'CloudWatch, alarms',
  file: 'test/fidelity/cloudwatch/alarms.ts',
  rows: [
    {
      behaviour: 'a new alarm starts in INSUFFICIENT_DATA',
      source: 'CloudWatch API reference, PutMetricAlarm',
      localCloud: 'The same; it is first evaluated after one to two rhythms.',
      check: onCloudWatch(async (fixture) => {
        fixture.cloudWatch.createAlarm(alarmProperties);
        expect(await fixture.state()).toBe('INSUFFICIENT_DATA');
        await fixture.publish(1, 20);
        expect(await fixture.state()).toBe('OK');
      }),
    },
    {
      behaviour:
        'events go out on transitions only: an alarm that stays in ALARM is silent for ever',
      source: 'CloudWatch user guide, alarm events and EventBridge',
      localCloud: 'The same.',
      check: onCloudWatch(async (fixture) => {
        fixture.cloudWatch.createAlarm(alarmProperties);
        await fixture.publish(1, 60);
        fixture.events.length = 0;
        await fixture.publish(0, 1_800);
        expect(fixture.events).toHaveLength(1);
        await set(fixture, 'ALARM');
        expect(fixture.events).toHaveLength(1);
      }),
    },
    {
      behaviour:
        'the event: source, detail-type, the alarm’s ARN as its resource, both states in its detail',
      source: 'CloudWatch user guide, alarm events and EventBridge: sample events',
      localCloud: 'The same; times of states like `2026-10-02T17:04:40.989+0000`.',
      check: onCloudWatch(async (fixture) => {
        fixture.cloudWatch.createAlarm(alarmProperties);
        await fixture.publish(1, 60);
        await fixture.publish(0, 30);
        expect(fixture.events.at(-1)).toMatchObject({
          version: '0',
          source: 'aws.cloudwatch',
          'detail-type': 'CloudWatch Alarm State Change',
          resources: ['arn:aws:cloudwatch:eu-central-1:123456789012:alarm:active-health'],
          time: expect.stringMatching(/^2025-11-23T17:0\d:\d\dZ$/),
          detail: {
            alarmName: 'active-health',
            configuration: { metrics: [{ metricStat, returnData: true }] },
            previousState: { value: 'OK' },
            state: {
              value: 'ALARM',
              reason: expect.stringMatching(/^Threshold Crossed: 1 datapoint \[0\.0 /),
              reasonData: expect.stringContaining('"recentDatapoints":[0]'),
              timestamp: expect.stringMatching(/\.\d{3}\+0000$/),
            },
          },
        });
      }),
    },
    {
      behaviour:
        '`SetAlarmState` changes the state at once, with its event, and the next evaluation puts the true one back',
      source:
        'CloudWatch API reference, SetAlarmState; user guide: "only until the next alarm comparison"',
      localCloud: 'The same.',
      check: onCloudWatch(async (fixture) => {
        fixture.cloudWatch.createAlarm(alarmProperties);
        await fixture.publish(1, 60);
        fixture.events.length = 0;
        await set(fixture, 'ALARM', '{"samples":[0,0,0]}');
        expect(await fixture.state()).toBe('ALARM');
        expect(fixture.events).toHaveLength(1);
        await fixture.publish(1, 10);
        expect(await fixture.state()).toBe('OK');
        expect(fixture.events.map((event) => event.detail)).toMatchObject([
          { state: { value: 'ALARM', reason: 'By hand.', reasonData: '{"samples":[0,0,0]}' } },
          { state: { value: 'OK' }, previousState: { reason: 'By hand.' } },
        ]);
      }),
    },
    {
      behaviour:
        'setting OK while the metric is bad resets the alarm: the next evaluation is a transition again',
      source: 'Inferred from the two rows above; Reset alarms rests on it',
      localCloud: 'The same.',
      check: onCloudWatch(async (fixture) => {
        fixture.cloudWatch.createAlarm(alarmProperties);
        await fixture.publish(0, 60);
        fixture.events.length = 0;
        await set(fixture, 'OK');
        await fixture.publish(0, 20);
        expect(fixture.events.map(({ detail }) => detail)).toMatchObject([
          { state: { value: 'OK' } },
          { state: { value: 'ALARM' } },
        ]);
      }),
    },
    {
      behaviour:
        'an alarm that does not exist: `ResourceNotFound`; a state that is none: `ValidationError`; reason data that are no JSON: `InvalidFormat`',
      source: 'CloudWatch API reference, SetAlarmState, errors',
      localCloud:
        'The same; the SDK calls the last two `ValidationException` and `InvalidFormatFault`.',
      check: onCloudWatch(async (fixture) => {
        const AlarmName = 'nobody';
        const command = new SetAlarmStateCommand({ AlarmName, StateValue: 'OK', StateReason: 'x' });
        await refused(fixture.client.send(command), 'ResourceNotFound');
        fixture.cloudWatch.createAlarm(alarmProperties);
        await refused(set(fixture, 'FINE' as StateValue), 'ValidationException');
        await refused(set(fixture, 'OK', 'no JSON'), 'InvalidFormatFault');
      }),
    },
    {
      behaviour:
        '`DescribeAlarms` by names, prefix, state and type; when the state was updated, when it last changed',
      source: 'CloudWatch API reference, DescribeAlarms, MetricAlarm',
      localCloud: 'The same, metric alarms only, in pages.',
      check: onCloudWatch(async (fixture) => {
        fixture.cloudWatch.createAlarm(alarmProperties);
        fixture.cloudWatch.createAlarm({ ...alarmProperties, AlarmName: 'reachable' });
        await set(fixture, 'ALARM');
        const names = async (input: object) => {
          const answer = await fixture.client.send(new DescribeAlarmsCommand(input));
          return answer.MetricAlarms?.map(({ AlarmName }) => AlarmName);
        };
        expect(await names({ AlarmNames: ['reachable', 'nobody'] })).toEqual(['reachable']);
        expect(await names({ AlarmNamePrefix: 'act' })).toEqual(['active-health']);
        expect(await names({ StateValue: 'ALARM' })).toEqual(['active-health']);
        expect(await names({ AlarmTypes: ['CompositeAlarm'] })).toEqual([]);
        expect(await names({ MaxRecords: 1 })).toEqual(['active-health']);
        await fixture.clock.advance(1_000);
        await set(fixture, 'ALARM');
        const { MetricAlarms } = await fixture.client.send(new DescribeAlarmsCommand({}));
        const [{ StateUpdatedTimestamp, StateTransitionedTimestamp } = {}] = MetricAlarms ?? [];
        const updatedMs = StateUpdatedTimestamp?.getTime() ?? 0;
        expect(updatedMs - (StateTransitionedTimestamp?.getTime() ?? 0)).toBe(1_000);
      }),
    },
    {
      behaviour: '`DescribeAlarmHistory`: every transition with both states, newest first',
      source: 'CloudWatch API reference, DescribeAlarmHistory; AlarmHistoryItem as reports show it',
      localCloud:
        'The same, for `StateUpdate` and `ConfigurationUpdate`; kept for good, on AWS for 30 days.',
      check: onCloudWatch(async (fixture) => {
        fixture.cloudWatch.createAlarm(alarmProperties);
        await fixture.publish(1, 20);
        await set(fixture, 'ALARM', '{"by":"hand"}');
        const answer = await fixture.client.send(
          new DescribeAlarmHistoryCommand({
            AlarmName: 'active-health',
            HistoryItemType: 'StateUpdate',
            MaxRecords: 1,
          }),
        );
        const [item] = answer.AlarmHistoryItems ?? [];
        expect(item?.HistorySummary).toBe('Alarm updated from OK to ALARM');
        const stateReasonData = { by: 'hand' };
        expect(JSON.parse(item?.HistoryData ?? '')).toMatchObject({
          oldState: { stateValue: 'OK' },
          newState: { stateValue: 'ALARM', stateReason: 'By hand.', stateReasonData },
        });
        expect(answer.NextToken).toBeDefined();
        // From when, until when, and the other way round.
        const atMs = fixture.clock.now();
        const between = async (fromMs: number, toMs: number) => {
          const [StartDate, EndDate] = [new Date(fromMs), new Date(toMs)];
          const ScanBy = 'TimestampAscending';
          const command = new DescribeAlarmHistoryCommand({ StartDate, EndDate, ScanBy });
          const { AlarmHistoryItems = [] } = await fixture.client.send(command);
          return AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary?.split(' ').at(-1));
        };
        expect(await between(0, atMs)).toEqual(['created', 'OK', 'ALARM']);
        expect(await between(atMs, atMs)).toEqual(['ALARM']);
        expect(await between(0, atMs - 1)).toEqual(['created', 'OK']);
      }),
    },
    {
      behaviour: 'an alarm’s period is 10, 20, 30 or a multiple of 60 s; M is at most N',
      source: 'CloudWatch API reference, PutMetricAlarm: Period, DatapointsToAlarm',
      localCloud:
        'The same, when the template is deployed. Properties that it does not implement (expressions, actions that are not topics) are refused by name.',
      check: onCloudWatch(async (fixture) => {
        const create = (more: object) => () =>
          fixture.cloudWatch.createAlarm({ ...alarmProperties, ...more });
        expect(create({ Period: 15 })).toThrow(/but must be 10, 20, 30 or a multiple of 60/);
        expect(create({ DatapointsToAlarm: 2 })).toThrow(/DatapointsToAlarm is 2/);
        expect(create({ Threshold: 'low' })).toThrow(/Threshold is "low"/);
        expect(create({ TreatMissingData: 'shrug' })).toThrow(/TreatMissingData is "shrug"/);
        expect(create({ Metrics: [] })).toThrow(/not implement the property Metrics/);
        expect(create({ AlarmActions: ['arn:aws:lambda:eu-central-1:1:function:f'] })).toThrow(
          /takes up to 5 SNS topics/,
        );
        expect(create({ Period: 20 })).not.toThrow();
      }),
    },
  ],
};

const metricStat = {
  metric: { namespace, name: 'ActiveHealth', dimensions: { Cluster: 'analytics' } },
  period: 10,
  stat: 'Minimum',
};

async function set(
  { client }: CloudWatchFixture,
  StateValue: StateValue,
  StateReasonData?: string,
): Promise<void> {
  const AlarmName = 'active-health';
  const StateReason = 'By hand.';
  await client.send(
    new SetAlarmStateCommand({ AlarmName, StateValue, StateReason, StateReasonData }),
  );
}
