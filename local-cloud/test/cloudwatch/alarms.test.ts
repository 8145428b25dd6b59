// What AWS does with alarms is in test/fidelity/; here is what only concerns the local cloud.
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
});
