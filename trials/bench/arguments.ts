/** The command line of `npm run bench`. */
import {
  Mistake,
  type OptionRule,
  type Parsed,
  readCommand,
} from '../../cli/terminal/command-line.ts';
import { flag, optional, text, wholeNumber, withDefault } from '../../cli/terminal/options.ts';
import type { Numbers } from '../../infra/stack/stack.ts';
import { seedReader, workersReader } from '../command-line.ts';
import { contradictionOf, readSetting, settingFlags } from './settings.ts';

export interface BenchOptions {
  readonly incidents: number;
  readonly seed: number;
  readonly workers: number;
  readonly json: boolean;
  /** A folder: bench.svg and bench.md are written there. */
  readonly write: string | undefined;
  /** Settings instead of the defaults. */
  readonly numbers: Numbers;
}

const settings: Readonly<Record<string, OptionRule<number | undefined>>> = Object.fromEntries(
  settingFlags.map((setting) => {
    const { flag: name, prop, least, most, default: usual } = setting;
    const what = `setting ${prop}, ${least} to ${most}; default ${usual}`;
    return [name, optional('N', what, readSetting(setting))];
  }),
);

const options = {
  incidents: withDefault(
    'N',
    'incidents of each of the four kinds, 1 to 100000; default 1000',
    wholeNumber({ least: 1, most: 100_000 }),
    1000,
  ),
  seed: withDefault('S', 'the same seed, the same incidents; default 1', seedReader, 1),
  workers: optional('W', 'threads, 1 to 64; default: one per core', workersReader),
  json: flag('for a machine'),
  write: optional(
    'FOLDER',
    'write bench.svg and bench.md there: with the default settings only',
    text,
  ),
};

const rule = {
  name: 'npm run bench --',
  summary:
    'measures how long a client is without its coordinator, in virtual time, for each kind of failure',
  details: [],
  options: { ...options, ...settings },
  examples: ['--incidents 200', '--grace 2 --bad-samples 2', '--write docs'],
  afterHelp:
    'Exit code: 0 measured, 1 the p95 of an outage is above 45 s or one is over 60 s by our own doing, 2 wrong arguments.',
};

export function readArguments(typed: readonly string[], cores: number): Parsed<BenchOptions> {
  return readCommand(
    rule,
    ({ incidents, seed, workers = cores, json, write, ...given }) => {
      const numbers = numbersFrom(given);
      if (write !== undefined && Object.keys(numbers).length > 0) {
        throw new Mistake('--write takes the default settings only: documents say what users get.');
      }
      return { incidents, seed, workers, json, write, numbers };
    },
    typed,
  );
}

/** @throws Mistake for numbers that contradict each other */
function numbersFrom(given: Readonly<Record<string, unknown>>): Numbers {
  const typed = settingFlags.flatMap(({ flag: name, prop }) =>
    given[name] === undefined ? [] : [[prop, given[name]] as const],
  );
  const numbers: Numbers = Object.fromEntries(typed);
  const problem = contradictionOf(numbers);
  if (problem !== undefined) throw new Mistake(problem);
  return numbers;
}
