import { DescribeAlarmHistoryCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alarmProperties, cloudWatchFixture, namespace } from './cloudwatch-fixture.ts';

let fixture: ReturnType<typeof cloudWatchFixture>;
beforeEach(() => {
  fixture = cloudWatchFixture();
});
afterEach(async () => {
  await fixture.cloudWatch.stop();
  expect(fixture.clock.sleepers()).toBe(0);
});

describe('CloudWatch alarms', () => {
  test('go to ALARM within two evaluations of an explicit bad point', async () => {
    fixture.cloudWatch.createAlarm(alarmProperties);
    await fixture.publish(1, 60);
    expect(await fixture.state()).toBe('OK');
    await fixture.publish(0, 30);
    expect(await fixture.state()).toBe('ALARM');
  });

  test('send an event on a transition, in CloudWatch’s shape, and only then', async () => {
    fixture.cloudWatch.createAlarm(alarmProperties);
    await fixture.publish(1, 60);
    fixture.events.length = 0;
    await fixture.publish(0, 60);
    expect(fixture.events).toHaveLength(1);
    expect(fixture.events[0]).toMatchObject({
      version: '0',
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: ['arn:aws:cloudwatch:eu-central-1:123456789012:alarm:active-health'],
      time: expect.stringMatching(/^2025-11-23T17:0\d:\d\dZ$/),
      detail: {
        alarmName: 'active-health',
        configuration: {
          description: 'The coordinator is down.',
          metrics: [
            {
              metricStat: {
                metric: {
                  namespace,
                  name: 'ActiveHealth',
                  dimensions: { Cluster: 'analytics' },
                },
                period: 10,
                stat: 'Minimum',
              },
              returnData: true,
            },
          ],
        },
        previousState: { value: 'OK' },
        state: {
          value: 'ALARM',
          reason: expect.stringMatching(/^Threshold Crossed: 1 datapoint \[0\.0 /),
          reasonData: expect.stringContaining('"recentDatapoints":[0]'),
          timestamp: expect.stringMatching(/\.\d{3}\+0000$/),
        },
      },
    });
  });

  test('start without data, and notice silence later than a bad point', async () => {
    fixture.cloudWatch.createAlarm(alarmProperties);
    expect(await fixture.state()).toBe('INSUFFICIENT_DATA');
    await fixture.publish(1, 60);
    await fixture.clock.advance(10_000);
    expect(await fixture.state()).toBe('OK');
    await fixture.clock.advance(50_000);
    expect(await fixture.state()).toBe('ALARM');
  });

  test('that were set go back at the next evaluation', async () => {
    fixture.cloudWatch.createAlarm(alarmProperties);
    await fixture.publish(1, 60);
    fixture.events.length = 0;
    await fixture.client.send(
      new SetAlarmStateCommand({
        AlarmName: 'active-health',
        StateValue: 'ALARM',
        StateReason: 'Three bad samples in a row.',
        StateReasonData: '{"samples":[0,0,0]}',
      }),
    );
    expect(await fixture.state()).toBe('ALARM');
    expect(fixture.events).toHaveLength(1);
    await fixture.publish(1, 10);
    expect(await fixture.state()).toBe('OK');
    expect(fixture.events.map((event) => event.detail)).toMatchObject([
      { state: { value: 'ALARM', reason: 'Three bad samples in a row.' } },
      { state: { value: 'OK' }, previousState: { reason: 'Three bad samples in a row.' } },
    ]);
  });

  test('set to the state that they have send no event', async () => {
    fixture.cloudWatch.createAlarm(alarmProperties);
    fixture.cloudWatch.seedAlarmState('active-health', 'OK', 3600);
    await fixture.client.send(
      new SetAlarmStateCommand({
        AlarmName: 'active-health',
        StateValue: 'OK',
        StateReason: 'Rearmed.',
      }),
    );
    expect(fixture.events).toEqual([]);
  });

  test('keep a history of what happened to them', async () => {
    fixture.cloudWatch.createAlarm(alarmProperties);
    await fixture.publish(1, 20);
    const set = { AlarmName: 'active-health', StateReason: 'By hand.' };
    await fixture.client.send(
      new SetAlarmStateCommand({ ...set, StateValue: 'ALARM', StateReasonData: '{"by":"hand"}' }),
    );
    const answer = await fixture.client.send(
      new DescribeAlarmHistoryCommand({
        AlarmName: 'active-health',
        HistoryItemType: 'StateUpdate',
        ScanBy: 'TimestampDescending',
        MaxRecords: 1,
      }),
    );
    const item = answer.AlarmHistoryItems?.[0];
    expect(item?.HistorySummary).toBe('Alarm updated from OK to ALARM');
    expect(JSON.parse(item?.HistoryData ?? '')).toMatchObject({
      oldState: { stateValue: 'OK' },
      newState: {
        stateValue: 'ALARM',
        stateReason: 'By hand.',
        stateReasonData: { by: 'hand' },
      },
    });
    expect(answer.NextToken).toBe('1');
  });

  test('as after an hour are OK from the first evaluation on', async () => {
    fixture.cloudWatch.createAlarm(alarmProperties);
    fixture.cloudWatch.seedAlarmState('active-health', 'OK', 3600);
    fixture.cloudWatch.seedMetric(
      {
        namespace,
        metricName: 'ActiveHealth',
        dimensions: [{ name: 'Cluster', value: 'analytics' }],
      },
      1,
      { everySeconds: 5, forSeconds: 60 },
    );
    await fixture.publish(1, 60);
    expect(fixture.events).toEqual([]);
  });

  test('that nobody made cannot be set', async () => {
    const command = new SetAlarmStateCommand({
      AlarmName: 'nobody',
      StateValue: 'OK',
      StateReason: 'none',
    });
    await expect(fixture.client.send(command)).rejects.toThrow('There is no alarm named nobody.');
  });

  test.each([
    [{ Period: 15 }, /Period is 15, but must be 10, 20, 30 or a multiple of 60/],
    [{ DatapointsToAlarm: 2 }, /DatapointsToAlarm is 2, but must be a whole number from 1 to/],
    [{ Threshold: 'low' }, /Threshold is "low", but must be a number/],
    [{ TreatMissingData: 'shrug' }, /TreatMissingData is "shrug", but must be one of breaching/],
    [{ AlarmActions: [] }, /does not implement the property AlarmActions/],
  ])('are refused with %j', (more, message) => {
    expect(() => fixture.cloudWatch.createAlarm({ ...alarmProperties, ...more })).toThrow(message);
  });
});
