/** What state an alarm is in, given the points that it reads. */
import { expect } from 'vitest';
import {
  type AlarmRule,
  type Datapoint,
  evaluateAlarm,
  missingDataTreatments,
} from '../../../cloudwatch/alarm-evaluation.ts';
import { alarmProperties } from '../../cloudwatch/cloudwatch-fixture.ts';
import type { Area } from '../row.ts';
import { type CloudWatchFixture, onCloudWatch } from '../worlds.ts';

/** Oldest first: 0 is fine, X breaches, - is missing. States for missing, ignore, breaching, not. */
type Example = readonly [string, string, string, string, string];

const none = 'INSUFFICIENT_DATA';
const keep = 'retain';
const guide = 'CloudWatch user guide, alarms and missing data';
/** The guide of 2018 and that of today have tables that differ in their last rows; all of them hold. */
const archived = `${guide} (text archived in awsdocs/amazon-cloudwatch-user-guide)`;

export const cloudWatchEvaluation: Area = {
  title: 'CloudWatch, alarm evaluation',
  file: 'test/fidelity/cloudwatch/evaluation.ts',
  rows: [
    {
      behaviour:
        'the documented examples for 3 of 3, five points read, in all four missing-data settings',
      source: `${archived}: the first table; ${guide}, of today: the first table`,
      localCloud: 'The same, every cell of the table.',
      check: () =>
        expectStates(3, 3, [
          ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
          ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
          ['- - - - -', none, keep, 'ALARM', 'OK'],
          ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
          ['- - - - X', none, keep, 'ALARM', 'OK'],
          ['X - - - -', 'ALARM', keep, 'ALARM', 'OK'],
          ['- - X - -', 'ALARM', keep, 'ALARM', 'OK'],
        ]),
    },
    {
      behaviour: 'the documented examples for 2 of 3 (M of N)',
      source: `${archived}: the second table; ${guide}, of today: the second table`,
      localCloud: 'The same, every cell of the table.',
      check: () =>
        expectStates(2, 3, [
          ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
          ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
          ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
          ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
          ['- - - - X', none, keep, 'ALARM', 'OK'],
          ['- - - X -', 'ALARM', keep, 'ALARM', 'OK'],
        ]),
    },
    {
      behaviour:
        'premature alarms: with "missing", ALARM when the oldest point read breaches, is at least as old as M, and all newer ones breach or are missing',
      source:
        'CloudWatch user guide, avoiding premature transitions to alarm state, with its examples; AWS knowledge center, cloudwatch-alarm-single-data-point',
      localCloud:
        'The same. The rule’s words would let a good point before the oldest bad one pass; the third row of the second table says OK, and so it is here.',
      check: () => {
        expectStates(3, 3, [
          ['- - X - -', 'ALARM', keep, 'ALARM', 'OK'],
          ['- - - - X', none, keep, 'ALARM', 'OK'],
          ['- - - X -', none, keep, 'ALARM', 'OK'],
          ['- - - X 0', 'OK', 'OK', 'OK', 'OK'],
          ['- - X - 0', 'OK', 'OK', 'OK', 'OK'],
          ['- 0 X - -', 'OK', 'OK', 'OK', 'OK'],
          ['- - X X -', 'ALARM', keep, 'ALARM', 'OK'],
        ]);
      },
    },
    {
      behaviour:
        '1 of 1, as the failover has it: the newest real point decides, an old one rather than a missing newer one',
      source: `${archived}: "the most recent existing data points"`,
      localCloud: 'The same.',
      check: () =>
        expectStates(1, 1, [
          ['0 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
          ['X X 0', 'OK', 'OK', 'OK', 'OK'],
          ['0 - -', 'OK', 'OK', 'OK', 'OK'],
          ['X - -', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
          ['- - -', none, keep, 'ALARM', 'OK'],
        ]),
    },
    {
      behaviour:
        'an alarm reads more points than it evaluates, so silence is noticed later than a bad point',
      source: `${archived}: "a higher number of data points"; how many is unpublished, N+2 in all examples`,
      localCloud: 'N to N+3 periods, by the seed.',
      check: async () => {
        const silent: number[] = [];
        for (let seed = 1; seed <= 24; seed += 1) {
          const { badSeconds, silentSeconds } = await secondsToAlarm(seed, 10);
          expect(badSeconds).toBeLessThanOrEqual(25);
          expect(silentSeconds).toBeLessThanOrEqual(60);
          silent.push(silentSeconds);
        }
        expect(Math.min(...silent)).toBeLessThanOrEqual(25);
        expect(Math.max(...silent)).toBeGreaterThanOrEqual(45);
      },
    },
    {
      behaviour:
        'periods of 10, 20 and 30 s are evaluated every 10 s, periods of 60 s and more every minute; only whole periods count',
      source:
        'CloudWatch API reference, PutMetricAlarm: Period; user guide, high-resolution alarms',
      localCloud: 'The same. The phase of the rhythm is by the seed.',
      check: async () => {
        for (const [periodSeconds, rhythmSeconds] of [
          [10, 10],
          [20, 10],
          [30, 10],
          [60, 60],
        ] as const) {
          for (const seed of [1, 2, 3, 4]) {
            const { badSeconds } = await secondsToAlarm(seed, periodSeconds);
            expect(badSeconds).toBeGreaterThanOrEqual(periodSeconds);
            // A step of five seconds, and two for the ingestion.
            expect(badSeconds).toBeLessThanOrEqual(periodSeconds + rhythmSeconds + 7);
          }
        }
      },
    },
    {
      behaviour: 'when an alarm is evaluated within its rhythm is not known beforehand',
      source: 'Inferred: no phase is published',
      localCloud: 'By the seed.',
      check: async () => {
        const times = new Set<number>();
        for (let seed = 1; seed <= 12; seed += 1)
          times.add((await secondsToAlarm(seed, 60)).badSeconds);
        expect(times.size).toBeGreaterThan(3);
      },
    },
    {
      behaviour:
        'no data at all with "missing": INSUFFICIENT_DATA; with "ignore" the state is kept',
      source: `${archived}: missing, ignore`,
      localCloud: 'The same.',
      check: async () => {
        for (const [TreatMissingData, expected] of [
          ['missing', none],
          ['ignore', 'OK'],
        ] as const) {
          await onCloudWatch(async (fixture) => {
            fixture.cloudWatch.createAlarm({ ...alarmProperties, TreatMissingData });
            await fixture.publish(1, 60);
            expect(await fixture.state()).toBe('OK');
            await fixture.clock.advance(120_000);
            expect(await fixture.state()).toBe(expected);
          })();
        }
      },
    },
  ],
};

function expectStates(m: number, n: number, examples: readonly Example[]): void {
  for (const [picture, missing, ignore, breaching, notBreaching] of examples) {
    const states = Object.fromEntries(
      missingDataTreatments.map((treatMissingData) => {
        const rule: AlarmRule = {
          comparison: 'LessThanThreshold',
          threshold: 1,
          evaluationPeriods: n,
          datapointsToAlarm: m,
          treatMissingData,
        };
        return [treatMissingData, evaluateAlarm(rule, pointsOf(picture)).state];
      }),
    );
    expect({ picture, ...states }).toEqual({ picture, missing, ignore, breaching, notBreaching });
  }
}

function pointsOf(picture: string): (Datapoint | undefined)[] {
  return picture
    .split(' ')
    .map((mark, index) =>
      mark === '-'
        ? undefined
        : { startMs: index * 10_000, value: mark === 'X' ? 0 : 1, sampleCount: 1 },
    );
}

/** From the first bad point, and from the last good one before silence, until ALARM: 5 s exactly. */
async function secondsToAlarm(
  seed: number,
  periodSeconds: number,
): Promise<{ badSeconds: number; silentSeconds: number }> {
  const timed = async (publish: (fixture: CloudWatchFixture) => Promise<void>) => {
    let seconds = 0;
    await onCloudWatch(async (fixture) => {
      fixture.cloudWatch.createAlarm({ ...alarmProperties, Period: periodSeconds });
      await fixture.publish(1, 300);
      expect(await fixture.state()).toBe('OK');
      while ((await fixture.state()) !== 'ALARM' && seconds < 600) {
        await publish(fixture);
        seconds += 5;
      }
    }, seed)();
    return seconds;
  };
  return {
    badSeconds: await timed((fixture) => fixture.publish(0, 5)),
    silentSeconds: await timed((fixture) => fixture.clock.advance(5_000)),
  };
}
