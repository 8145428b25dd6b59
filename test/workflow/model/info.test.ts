import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  durationSeconds,
  keptCharacters,
  readInfo,
  sameCoordinator,
} from '../../../workflow/model/info.ts';
import { answered, json, prestoDb, trino476, trino477 } from './http-answers.ts';

describe('info: the servers', () => {
  test('a ready PrestoDB coordinator', () => {
    expect(readInfo(json(prestoDb))).toEqual({
      outcome: 'ready',
      ready: true,
      reached: true,
      sentence: 'is ready: version 0.292, environment production, up 10.55h',
      uptimeSeconds: 37_980,
      environment: 'production',
      version: '0.292',
      kept: JSON.stringify(prestoDb),
    });
  });

  test('a ready Trino coordinator before 477 (no identity)', () => {
    const reading = readInfo(json(trino476));
    expect(reading).toMatchObject({ ready: true, version: '476', uptimeSeconds: 192 });
    expect(reading.identity).toBeUndefined();
  });

  test('a ready Trino coordinator since 477 (identity and state)', () => {
    expect(readInfo(json(trino477))).toMatchObject({
      ready: true,
      identity: 'h8q3k',
      state: 'ACTIVE',
      uptimeSeconds: 12,
    });
  });

  test('a server without an uptime (older ones leave it out)', () => {
    const { uptime: _, ...older } = prestoDb;
    expect(readInfo(json(older))).toMatchObject({
      outcome: 'ready',
      sentence: 'is ready: version 0.292, environment production',
    });
  });

  test('a nodeId is no identity (it may be fixed in a file of the image)', () => {
    const { coordinatorId: _, ...withoutCoordinatorId } = trino477;
    expect(readInfo(json(withoutCoordinatorId)).identity).toBeUndefined();
  });

  test('a byte order mark in front is passed over', () => {
    expect(readInfo(answered({ body: `\uFEFF${JSON.stringify(prestoDb)}` })).outcome).toBe('ready');
  });

  test('a name that says whose prototype it is changes nothing', () => {
    const body = '{"__proto__":{"coordinator":true,"starting":false}}';
    expect(readInfo(answered({ body })).outcome).toBe('not-info');
  });
});

describe('info: what is kept', () => {
  test('the beginning of a long answer, and nothing that grows in JSON', () => {
    const reading = readInfo(answered({ status: 500, body: '\u0000'.repeat(5000) }));
    expect(reading.kept).toBe(' '.repeat(keptCharacters));
  });

  test('no half of a character', () => {
    const body = `${'x'.repeat(keptCharacters - 1)}😀`;
    expect(readInfo(answered({ status: 500, body })).kept).toBe(
      `${'x'.repeat(keptCharacters - 1)}\uFFFD`,
    );
  });

  test('long names are cut (an execution carries 256 KiB in all)', () => {
    const reading = readInfo(json({ ...trino477, environment: 'e'.repeat(60_000) }));
    expect(reading.environment).toHaveLength(128);
    expect(JSON.stringify(reading).length).toBeLessThan(3000);
  });
});

describe('info: anything at all', () => {
  const anyAnswer = fc.oneof(
    fc.record({
      kind: fc.constant('answered' as const),
      status: fc.oneof(fc.integer(), fc.constant(200)),
      contentType: fc.string(),
      body: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc
          .record(
            {
              coordinator: fc.oneof(fc.boolean(), fc.anything()),
              starting: fc.oneof(fc.boolean(), fc.anything()),
              uptime: fc.anything(),
              nodeVersion: fc.oneof(fc.record({ version: fc.anything() }), fc.anything()),
              environment: fc.anything(),
              coordinatorId: fc.anything(),
              state: fc.anything(),
            },
            { requiredKeys: [] },
          )
          .map((value) => stringify(value)),
      ),
      truncated: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom(
        'refused',
        'reset',
        'timed-out',
        'unreachable',
        'not-http',
        'not-asked',
      ),
      detail: fc.string(),
    }),
  );

  test('never throws, is ready only for a coordinator that is not starting, and stays small', () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        const reading = readInfo(answer);
        expect(reading.sentence).not.toBe('');
        expect(reading.sentence).not.toMatch(/\p{Cc}/u);
        expect(JSON.stringify(reading).length).toBeLessThan(8000);
        expect(reading.ready).toBe(reading.outcome === 'ready');
        if (reading.ready && answer.kind === 'answered') {
          expect(answer).toMatchObject({ status: 200, truncated: false });
          const said = JSON.parse(answer.body.replace(/^\uFEFF/, ''));
          expect(said).toMatchObject({ coordinator: true, starting: false });
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('info: durations as airlift prints them', () => {
  test.each([
    ['10.55h', 37_980],
    ['3.20m', 192],
    ['12.00s', 12],
    ['1.50d', 129_600],
    ['250.00ms', 0.25],
    ['5.00us', 0.000005],
    ['7.00ns', 0.000000007],
    ['0.00ns', 0],
    ['3m', 180],
  ])('%s', (text, seconds) => {
    expect(durationSeconds(text)).toBeCloseTo(seconds, 12);
  });

  test.each(['', '12', 'h', '-1.00h', '1.00 weeks', '1e3s', 12, null])('not one: %j', (text) => {
    expect(durationSeconds(text)).toBeUndefined();
  });
});

describe('info: the same coordinator', () => {
  test.each([
    ['the same identity', { identity: 'a' }, { identity: 'a' }, true],
    ['another identity', { identity: 'a' }, { identity: 'b' }, false],
    [
      'the identity decides, whatever the uptime says',
      { identity: 'a', uptimeSeconds: 500 },
      { identity: 'a', uptimeSeconds: 1 },
      true,
    ],
    ['uptime goes on', { uptimeSeconds: 37_980 }, { uptimeSeconds: 37_981 }, true],
    ['uptime goes back: it was restarted', { uptimeSeconds: 37_980 }, { uptimeSeconds: 12 }, false],
    [
      'uptime is printed coarsely (1.00d, and 23.99h from a question on its way)',
      { uptimeSeconds: 86_400 },
      { uptimeSeconds: 86_364 },
      true,
    ],
    ['a restart within the first minute', { uptimeSeconds: 50 }, { uptimeSeconds: 3 }, false],
    ['nothing to compare', {}, { uptimeSeconds: 3 }, undefined],
    ['identity on one side only', { identity: 'a' }, { uptimeSeconds: 3 }, undefined],
  ])('%s', (_, before, after, same) => {
    expect(sameCoordinator(before, after)).toBe(same);
  });
});

/** As JSON where it can be written, which not everything can (cycles, bigint). */
function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
