/** The command line of `npm run interleavings`. */
import { Mistake, type Parsed, readCommand } from '../../cli/terminal/command-line.ts';
import { flag, oneOf, optional } from '../../cli/terminal/options.ts';
import { replayOption, workersReader } from '../command-line.ts';
import {
  type PaceName,
  type PairName,
  type Point,
  pairNames,
  type Schedule,
  settingNames,
} from './schedule.ts';

export interface InterleavingsOptions {
  readonly pairs: readonly PairName[];
  readonly settings: readonly PaceName[];
  readonly depth: 'one switch' | 'every pair';
  readonly workers: number;
  /** One schedule, with its trace. */
  readonly replay: Schedule | undefined;
}

const kinds = ['hold', 'die'] as const;

const rule = {
  name: 'npm run interleavings --',
  summary:
    'runs every interleaving of two executions of one incident, interrupted at every call to AWS',
  details: [],
  options: {
    pair: optional(
      'NAME',
      `only one pair: ${pairNames.map((name) => `"${name}"`).join(', ')}`,
      oneOf(pairNames),
    ),
    setting: optional(
      'NAME',
      `only one: ${settingNames.join(', ')}; default: both`,
      oneOf(settingNames),
    ),
    oneSwitch: flag(
      'interrupt only the first of the two; without it, both, at every pair of calls',
    ),
    workers: optional('W', 'threads, 1 to 64; default: one per core', workersReader),
    replay: replayOption(
      'one schedule with a readable trace: the JSON that a failing one prints, or a file',
      readSchedule,
    ),
  },
  examples: ['--one-switch', '--pair "two observations" --setting slow'],
  afterHelp: 'Exit code: 0 everything holds, 1 something does not, 2 wrong arguments.',
};

export function readArguments(
  typed: readonly string[],
  cores: number,
): Parsed<InterleavingsOptions> {
  return readCommand(
    rule,
    ({ pair, setting, oneSwitch, workers, replay }): InterleavingsOptions => {
      const others = [pair, setting, workers].some((one) => one !== undefined) || oneSwitch;
      if (replay !== undefined && others) {
        throw new Mistake('--replay is one schedule: no other option goes with it.');
      }
      return {
        pairs: pair === undefined ? pairNames : [pair],
        settings: setting === undefined ? settingNames : [setting],
        depth: oneSwitch ? 'one switch' : 'every pair',
        workers: workers ?? cores,
        replay,
      };
    },
    typed,
  );
}

/** @throws Error with one sentence: which part of the schedule is wrong, what it is, what is allowed */
function readSchedule(given: unknown): Schedule {
  const { pair, setting, kind, first, other, ...unknown } = Object(given) as Record<
    keyof Schedule,
    unknown
  >;
  const [name] = Object.keys(unknown);
  if (name !== undefined) {
    throw new Error(`--replay: ${name} is no field. There are: pair, setting, kind, first, other.`);
  }
  return {
    pair: named('pair', pair, pairNames),
    setting: named('setting', setting, settingNames),
    kind: named('kind', kind, kinds),
    first: readPoint('first', first),
    other: other === null ? null : readPoint('other', other),
  };
}

function named<Name extends string>(what: string, given: unknown, names: readonly Name[]): Name {
  const found = names.find((name) => name === given);
  if (found !== undefined) return found;
  throw wrong(what, given, `one of: ${names.join(', ')}`);
}

function readPoint(what: 'first' | 'other', given: unknown): Point {
  const { call, effect, ...unknown } = Object(given) as Record<keyof Point, unknown>;
  const isPoint = Object.keys(unknown).length === 0 && typeof effect === 'boolean';
  if (isPoint && typeof call === 'number' && Number.isInteger(call) && call >= 0) {
    return { call, effect };
  }
  const orNull = what === 'other' ? ', or null' : '';
  throw wrong(what, given, `such as {"call":3,"effect":true}, with a call from 0${orNull}`);
}

function wrong(what: string, given: unknown, allowed: string): Error {
  const found = given === undefined ? 'missing' : JSON.stringify(given).slice(0, 200);
  return new Error(`--replay: ${what} is ${found}, but must be ${allowed}.`);
}
