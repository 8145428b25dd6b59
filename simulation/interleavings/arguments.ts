/** The command line of `npm run interleavings`. Wrong input is one sentence that says what is allowed. */
import { parseArgs } from 'node:util';
import { parseJson } from '../../local-cloud/json.ts';
import {
  type PairName,
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

export type Parsed =
  | { readonly kind: 'options'; readonly options: InterleavingsOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'problem'; readonly sentence: string };

export const help = `Runs every interleaving of two executions of one incident, interrupted at every call to AWS.

usage: npm run interleavings -- [--pair NAME] [--setting NAME] [--one-switch] [--workers W]
       npm run interleavings -- --replay SCHEDULE

  --pair NAME        only one pair: ${pairNames.map((name) => `"${name}"`).join(', ')}
  --setting NAME     only one: ${settingNames.join(', ')} (default: both)
  --one-switch       interrupt only the first of the two; without it, both, at every pair of calls
  --workers W        threads, 1 to 64 (default: one per core)
  --replay SCHEDULE  one schedule with a readable trace: the JSON that a failing one prints
  --help             this text

Exit codes: 0 everything holds, 1 something does not, 2 wrong arguments.
`;

const options = {
  pair: { type: 'string' },
  setting: { type: 'string' },
  'one-switch': { type: 'boolean', default: false },
  workers: { type: 'string' },
  replay: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

export function parseInterleavingsArguments(given: readonly string[], workers: number): Parsed {
  try {
    const { values } = parseArgs({ args: [...given], options, strict: true });
    if (values.help) return { kind: 'help' };
    const replay = values.replay === undefined ? undefined : readSchedule(values.replay);
    return {
      kind: 'options',
      options: {
        pairs: chosen('pair', values.pair, pairNames),
        settings: chosen('setting', values.setting, settingNames),
        depth: values['one-switch'] ? 'one switch' : 'every pair',
        workers: wholeNumber(values.workers ?? String(workers)),
        ...(replay === undefined ? {} : { replay }),
      },
    };
  } catch (error) {
    return { kind: 'problem', sentence: error instanceof Error ? error.message : String(error) };
  }
}

function chosen<Name extends string>(
  what: string,
  given: string | undefined,
  names: readonly Name[],
): readonly Name[] {
  if (given === undefined) return names;
  const found = names.filter((name) => name === given);
  if (found.length > 0) return found;
  throw new Error(`--${what} is ${given}, but must be one of: ${names.join(', ')}.`);
}

function wholeNumber(given: string): number {
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= 1 && value <= 64) return value;
  throw new Error(`--workers is ${given}, but must be a whole number from 1 to 64.`);
}

function readSchedule(given: string): Schedule {
  const wrong = (what: string) =>
    new Error(`--replay is ${given.slice(0, 200)}, but ${what}. A failing run prints one.`);
  let schedule: Partial<Schedule>;
  try {
    schedule = Object(parseJson(given)) as Partial<Schedule>;
  } catch {
    throw wrong('must be JSON');
  }
  const { pair, setting, kind, first, other } = schedule;
  if (pair === undefined || !pairNames.includes(pair)) throw wrong('its pair is not known');
  if (setting === undefined || !settingNames.includes(setting)) {
    throw wrong('its setting is not known');
  }
  if (kind !== 'hold' && kind !== 'die') throw wrong('its kind must be "hold" or "die"');
  if (typeof first?.call !== 'number' || other === undefined) throw wrong('it has no points');
  return { pair, setting, kind, first, other };
}
