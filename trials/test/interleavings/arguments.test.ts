import { describe, expect, test } from 'vitest';
import { readArguments } from '../../interleavings/arguments.ts';
import { pairNames, settingNames } from '../../interleavings/schedule.ts';

const parse = (...given: string[]) => readArguments(given, 2);
const schedule = {
  pair: 'two observations',
  setting: 'prompt',
  kind: 'hold',
  first: { call: 3, effect: true },
  other: null,
};
const replay = (changed: object) => ['--replay', JSON.stringify({ ...schedule, ...changed })];

describe('interleavings: the command line', () => {
  test('without anything: all pairs in all settings, at every pair of calls', () => {
    const all = {
      pairs: pairNames,
      settings: settingNames,
      depth: 'every pair',
      workers: 2,
      replay: undefined,
    };
    expect(parse()).toEqual({ kind: 'run', result: all });
  });

  test('what is typed is taken', () => {
    const typed = ['--pair', 'two forces', '--setting', 'slow', '--one-switch', '--workers', '1'];
    const options = {
      pairs: ['two forces'],
      settings: ['slow'],
      depth: 'one switch',
      workers: 1,
      replay: undefined,
    };
    expect(parse(...typed)).toEqual({ kind: 'run', result: options });
    expect(parse(...replay({}))).toMatchObject({ result: { replay: schedule } });
    const help = parse('--help');
    const text = help.kind === 'text' ? help.text.replaceAll(/\s+/g, ' ') : '';
    for (const name of pairNames) expect(text).toContain(`"${name}"`);
  });

  const point = 'such as {"call":3,"effect":true}, with a call from 0';
  const wrong: readonly (readonly [string[], string])[] = [
    [
      ['--pair', 'two'],
      '--pair is "two", but must be one of: two observations, an observation and a force,',
    ],
    [['--pair', 'two observations', '--pair', 'two forces'], '--pair is given more than once'],
    [['--setting', 'fast'], '--setting is "fast", but must be one of: prompt, slow.'],
    [['--workers', '0'], '--workers is "0", but must be a whole number from 1 to 64.'],
    [[...replay({}), '--one-switch'], '--replay is one schedule: no other option goes with it.'],
    [replay({ pair: 'two' }), '--replay: pair is "two", but must be one of: two observations,'],
    [replay({ kind: undefined }), '--replay: kind is missing, but must be one of: hold, die.'],
    [replay({ first: { call: -1, effect: true } }), `--replay: first is {"call":-1,"effect":true}`],
    [replay({ first: { call: 1.5, effect: true } }), `but must be ${point}.`],
    [replay({ first: { call: 1 } }), `--replay: first is {"call":1}, but must be ${point}.`],
    [replay({ other: 3 }), `--replay: other is 3, but must be ${point}, or null.`],
    [replay({ third: null }), '--replay: third is no field. There are: pair, setting, kind, first'],
    [['--replay', '/no/such/file'], '--replay is "/no/such/file", but must be JSON that begins'],
  ];
  test.each(wrong)('%j is refused in a sentence', (given, sentence) => {
    const parsed = parse(...given);
    expect(parsed.kind === 'mistake' && parsed.sentence).toContain(sentence);
  });
});
