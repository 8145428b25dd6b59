import { expect, test } from 'vitest';
import { alarmsInAlarm, readAlarms } from '../../aws/alarms.ts';
import type { CloudWatchCalls } from '../../aws/calls.ts';
import { cluster } from '../support/incidents.ts';

const { activeHealth, reachable } = cluster.alarms;

function cloudWatch(asked: unknown[] = []): Pick<CloudWatchCalls, 'describeAlarms'> {
  return {
    describeAlarms: async ({ AlarmNames }) => {
      asked.push(AlarmNames);
      return {
        $metadata: {},
        MetricAlarms: [
          { AlarmName: activeHealth, StateValue: 'OK', StateReason: 'well' },
          {
            AlarmName: reachable,
            StateValue: 'ALARM',
            StateReason: 'silence',
            StateTransitionedTimestamp: new Date('2026-01-01T00:00:00Z'),
          },
        ],
      };
    },
  };
}

test('alarms: as they are, and since when, where CloudWatch says so', async () => {
  const asked: unknown[] = [];
  expect(await readAlarms(cloudWatch(asked), [activeHealth, reachable])).toEqual([
    { name: activeHealth, state: 'OK', since: null, reason: 'well' },
    { name: reachable, state: 'ALARM', since: '2026-01-01T00:00:00.000Z', reason: 'silence' },
  ]);
  expect(asked).toEqual([[activeHealth, reachable]]);
});

test('alarms: of the two that start an execution, those that ring', async () => {
  const asked: unknown[] = [];
  const ringing = await alarmsInAlarm(cloudWatch(asked), cluster);
  expect(ringing.map(({ name }) => name)).toEqual([reachable]);
  expect(asked).toEqual([[activeHealth, reachable]]);
});
