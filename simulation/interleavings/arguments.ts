/** The command line of `npm run interleavings`. Wrong input is one sentence that says what is allowed. */
import {
  type Parsed,
  parseWith,
  readReplay,
  shown,
  wholeNumber,
  workersLimits,
} from '../command-line.ts';
import {
  type PairName,
  type Point,
  pairNames,
  type Schedule,
  type SettingName,
  settingNames,
} from './schedule.ts';

export interface InterleavingsOptions {
  readonly pairs: readonly PairName[];
  readonly settings: readonly SettingName[];
  readonly depth: 'one switch' | 'every pair';
  readonly workers: number;
  /** One schedule, with its trace. */
  readonly replay?: Schedule;
}

export const help = `Runs every interleaving of two executions of one incident, interrupted at every call to AWS.

usage: npm run interleavings -- [--pair NAME] [--setting NAME] [--one-switch] [--workers W]
       npm run interleavings -- --replay SCHEDULE

  --pair NAME        only one pair: ${pairNames.map((name) => `"${name}"`).join(', ')}
  --setting NAME     only one: ${settingNames.join(', ')} (default: both)
  --one-switch       interrupt only the first of the two; without it, both, at every pair of calls
  --workers W        threads, 1 to 64 (default: one per core)
  --replay SCHEDULE  one schedule with a readable trace: the JSON that a failing one prints, or a file
  --help             this text

Exit codes: 0 everything holds, 1 something does not, 2 wrong arguments.
`;

const options = {
  pair: { type: 'string' },
  setting: { type: 'string' },
  'one-switch': { type: 'boolean' },
  workers: { type: 'string' },
  replay: { type: 'string' },
  help: { type: 'boolean' },
} as const;

export function parseInterleavingsArguments(
  given: readonly string[],
  workers: number,
): Parsed<InterleavingsOptions> {
  return parseWith(given, options, ({ replay, ...values }) => {
    if (replay !== undefined && Object.keys(values).length > 0) {
      throw new Error('--replay is one schedule: no other option goes with it.');
    }
    return {
      pairs: chosen('pair', values.pair, pairNames),
      settings: chosen('setting', values.setting, settingNames),
      depth: values['one-switch'] === true ? 'one switch' : 'every pair',
      workers: wholeNumber('workers', values.workers ?? String(workers), workersLimits),
      ...(replay === undefined ? {} : { replay: readSchedule(readReplay(replay)) }),
    };
  });
}

function chosen<Name extends string>(
  what: string,
  given: string | undefined,
  names: readonly Name[],
): readonly Name[] {
  if (given === undefined) return names;
  const found = names.filter((name) => name === given);
  if (found.length > 0) return found;
  throw new Error(`--${what} is ${shown(given)}, but must be one of: ${names.join(', ')}.`);
}

const kinds = ['hold', 'die'] as const;

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
  const found = given === undefined ? 'missing' : shown(JSON.stringify(given));
  return new Error(`--replay: ${what} is ${found}, but must be ${allowed}.`);
}
