import { describe, expect, test } from 'vitest';
import {
  alarmSettingRules,
  probeSettingRules,
  settingRules,
} from '../../../workflow/model/settings.ts';
import { readArguments } from '../../bench/arguments.ts';
import { settingFlags } from '../../bench/settings.ts';

const parse = (...given: string[]) => readArguments(given, 2);

describe('bench: the command line', () => {
  test('without anything: 1,000 incidents of each kind with the default settings', () => {
    expect(parse()).toEqual({
      kind: 'run',
      result: {
        incidents: 1000,
        seed: 1,
        workers: 2,
        json: false,
        write: undefined,
        numbers: {},
      },
    });
  });

  test('settings are tried by their names', () => {
    const parsed = parse('--grace', '2', '--bad-samples', '2', '--settle', '30', '--fresh', '11');
    expect(parsed).toMatchObject({
      result: {
        numbers: { graceSeconds: 2, badSamplesToUnhealthy: 2, settleSeconds: 30, freshSeconds: 11 },
      },
    });
  });

  test('every setting of the workflow, the probe and the alarms has a flag, and help names it', () => {
    const rules = { ...settingRules, ...probeSettingRules, ...alarmSettingRules };
    expect(settingFlags).toHaveLength(Object.keys(rules).length);
    const read = parse('--help');
    const help = read.kind === 'text' ? read.text : '';
    for (const { flag } of settingFlags) expect(help).toContain(`--${flag} N`);
    expect(new Set(settingFlags.map(({ flag }) => flag)).size).toBe(settingFlags.length);
  });

  const wrong: readonly (readonly [string[], string])[] = [
    [['--grace', '400'], '--grace is "400", but must be a whole number from 0 to 300.'],
    [['--grace', '2.5'], '--grace is "2.5", but must be a whole number from 0 to 300.'],
    [['--alarm-period', '15'], '--alarm-period is "15", but must be one of 10, 20, 30.'],
    [['--fresh', '8'], 'freshSeconds is 8, but must be above two publishes of 5 s'],
    [['--incidents', '0'], '--incidents is "0", but must be a whole number from 1 to 100000.'],
    [['--seed', 'x'], '--seed is "x", but must be a whole number from 0'],
    [['--write', 'docs', '--grace', '2'], '--write takes the default settings only'],
    [['--grace', '1', '--grace', '2'], '--grace is given more than once'],
    [['--write', ''], '--write needs a value: write bench.svg and bench.md there'],
    [['--gracious', '2'], "Unknown option '--gracious'. Options: --incidents, --seed"],
  ];
  test.each(wrong)('%j is refused with a sentence', (given, sentence) => {
    const parsed = parse(...given);
    expect(parsed.kind === 'mistake' && parsed.sentence).toContain(sentence);
  });

  test('a fresh time that fits a faster publishing is taken', () => {
    expect(parse('--fresh', '8', '--publish', '3').kind).toBe('run');
  });
});
