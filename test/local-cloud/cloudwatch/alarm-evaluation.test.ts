import { describe, expect, test } from 'vitest';
import {
  type AlarmRule,
  type Datapoint,
  evaluateAlarm,
  type MissingDataTreatment,
  missingDataTreatments,
} from '../../../local-cloud/cloudwatch/alarm-evaluation.ts';

const start = Date.UTC(2025, 10, 23, 17, 4, 0);

/** "0 - X": oldest first; X breaches "less than 1". */
function points(picture: string): (Datapoint | undefined)[] {
  return picture
    .split(' ')
    .map((mark, index) =>
      mark === '-'
        ? undefined
        : { startMs: start + index * 10_000, value: mark === 'X' ? 0 : 1, sampleCount: 1 },
    );
}

function rule(m: number, n: number, treatMissingData: MissingDataTreatment): AlarmRule {
  return {
    comparison: 'LessThanThreshold',
    threshold: 1,
    evaluationPeriods: n,
    datapointsToAlarm: m,
    treatMissingData,
  };
}

type Row = [picture: string, missing: string, ignore: string, breaching: string, not: string];

// CloudWatch User Guide, the two tables of "How alarm state is evaluated when data is missing".
const threeOfThree: Row[] = [
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - - - X', 'INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK'],
  ['- - X - -', 'ALARM', 'retain', 'ALARM', 'OK'],
  ['X - - - -', 'ALARM', 'retain', 'ALARM', 'OK'],
];
const twoOfThree: Row[] = [
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - X', 'INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK'],
];
const oneOfOne: Row[] = [
  ['0 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['X X 0', 'OK', 'OK', 'OK', 'OK'],
  ['0 - -', 'OK', 'OK', 'OK', 'OK'],
  ['X - -', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - -', 'INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK'],
];

describe.each([
  { m: 3, n: 3, rows: threeOfThree },
  { m: 2, n: 3, rows: twoOfThree },
  { m: 1, n: 1, rows: oneOfOne },
])('alarm evaluation: $m of $n', ({ m, n, rows }) => {
  const cases = rows.flatMap(([picture, missing, ignore, breaching, notBreaching]) => {
    const expected = { missing, ignore, breaching, notBreaching };
    return missingDataTreatments.map((treatment) => ({
      picture,
      treatment,
      state: expected[treatment],
    }));
  });
  test.each(cases)('points "$picture" are $state (missing data: $treatment)', (given) => {
    expect(evaluateAlarm(rule(m, n, given.treatment), points(given.picture)).state).toBe(
      given.state,
    );
  });
});

describe('alarm evaluation: the reason', () => {
  test.each([
    {
      picture: '0 X',
      treatment: 'breaching',
      reason:
        'Threshold Crossed: 1 datapoint [0.0 (23/11/25 17:04:10)] was less than the threshold (1.0).',
    },
    {
      picture: 'X 0',
      treatment: 'breaching',
      reason:
        'Threshold Crossed: 1 datapoint [1.0 (23/11/25 17:04:10)] was not less than the threshold (1.0).',
    },
    {
      picture: '- -',
      treatment: 'breaching',
      reason:
        'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].',
    },
    {
      picture: '- -',
      treatment: 'missing',
      reason: 'Insufficient Data: 1 datapoint was unknown.',
    },
  ] as const)('of "$picture" is said in CloudWatch’s words ($treatment)', (given) => {
    expect(evaluateAlarm(rule(1, 1, given.treatment), points(given.picture)).reason).toBe(
      given.reason,
    );
  });

  test('names the points that counted', () => {
    const judged = evaluateAlarm(rule(2, 2, 'missing'), points('0 X X'));
    expect(judged.evaluated.map((point) => point.value)).toEqual([0, 0]);
  });
});
