import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Health, healthValue, nextHealth, unknownHealth } from '../../../probe/loop/health.ts';

describe('health: from samples', () => {
  test.each([
    ['', 'unknown', undefined],
    ['b', 'unknown', undefined],
    ['bb', 'unknown', undefined],
    ['bbb', 'unhealthy', 0],
    ['g', 'healthy', 1],
    ['gbb', 'healthy', 1],
    ['gbbb', 'unhealthy', 0],
    ['gbbgbb', 'healthy', 1],
    ['gbbbb', 'unhealthy', 0],
    ['gbbbg', 'healthy', 1],
    ['bbbgb', 'healthy', 1],
  ] as const)('after "%s" it is %s', (samples, state, value) => {
    const health = healthAfter(samples);
    expect(health.state).toBe(state);
    expect(healthValue(health)).toBe(value);
  });

  test('knows when the first bad sample of the row began, and which one decided', () => {
    expect(healthAfter('gbgbbb')).toMatchObject({
      badInARow: 3,
      firstBadSampleAt: 1_003_000,
      turnedAt: 1_005_200,
      sentence: 'sample 5 is bad',
    });
  });

  test('keeps both while it stays unhealthy', () => {
    expect(healthAfter('gbbbbb')).toMatchObject({
      badInARow: 5,
      firstBadSampleAt: 1_001_000,
      turnedAt: 1_003_200,
    });
  });

  test('forgets the bad samples with the first good one', () => {
    const health = healthAfter('bbbg');
    expect(health.firstBadSampleAt).toBeUndefined();
    expect(health).toMatchObject({ badInARow: 0, turnedAt: 1_003_200 });
  });

  test('a slow old sample that ends after a newer one does not count', () => {
    const healthy = healthAfter('gg');
    const late = nextHealth(healthy, sample(0, false), 1);
    expect(late).toBe(healthy);
  });

  test('one bad sample is enough where the setting says so', () => {
    expect(healthAfter('gb', 1).state).toBe('unhealthy');
  });

  test('whatever comes, only the end of the row decides', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        (goods, threshold) => {
          const letters = goods.map((good) => (good ? 'g' : 'b')).join('');
          const health = healthAfter(letters, threshold);
          const atEnd = goods.length - (goods.lastIndexOf(true) + 1);
          expect(health.badInARow).toBe(atEnd);
          expect(health.state === 'unhealthy').toBe(atEnd >= threshold);
          expect(health.state === 'unknown').toBe(atEnd < threshold && !goods.includes(true));
        },
      ),
    );
  });
});

function healthAfter(letters: string, threshold = 3): Health {
  return [...letters].reduce(
    (health, letter, index) => nextHealth(health, sample(index, letter === 'g'), threshold),
    unknownHealth,
  );
}

function sample(sequence: number, good: boolean) {
  const sentence = `sample ${sequence} is ${good ? 'good' : 'bad'}`;
  const at = 1_000_000 + sequence * 1000;
  return { sequence, at, endedAt: at + 200, good, sentence };
}
