import { describe, expect, test } from 'vitest';
import {
  type AlarmRule,
  type Datapoint,
  evaluateAlarm,
  type MissingDataTreatment,
} from '../../cloudwatch/alarm-evaluation.ts';

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
