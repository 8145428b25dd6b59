/** The command line of `npm run bench`. Wrong input is one sentence that says what is allowed. */
import { parseArgs } from 'node:util';
import type { Numbers } from '../../infra/stack.ts';
import { contradictionOf, flagProblem, settingFlags } from './settings.ts';

export interface BenchOptions {
  readonly incidents: number;
  readonly seed: number;
  readonly workers: number;
  readonly json: boolean;
  /** A folder: bench.svg and bench.md are written there. */
  readonly write?: string;
  /** Settings instead of the defaults. */
  readonly numbers: Numbers;
}

export type Parsed =
  | { readonly kind: 'options'; readonly options: BenchOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'problem'; readonly sentence: string };

export const help = `Measures how long a client is without its coordinator, in virtual time, for each kind of failure.

usage: npm run bench -- [--incidents N] [--seed S] [--workers W] [--json] [--write FOLDER] [settings]

  --incidents N   incidents of each of the four kinds, 1 to 100000 (default 1000)
  --seed S        the same seed, the same incidents; a whole number (default 1)
  --workers W     threads, 1 to 64 (default: one per core)
  --json          for a machine
  --write FOLDER  write bench.svg and bench.md there: with the default settings only
  --help          this text

Settings to try instead of the defaults:
${settingFlags
  .map(
    ({ flag, prop, least, most, default: usual }) =>
      `  --${`${flag} N`.padEnd(20)} ${prop}, ${least} to ${most} (default ${usual})`,
  )
  .join('\n')}

Exit codes: 0 measured, 1 the p95 of an outage is above 45 s or one is over 60 s by our own doing, 2 wrong arguments.
`;

const numbers = {
  incidents: { least: 1, most: 100_000 },
  seed: { least: 0, most: 2 ** 31 - 1 },
  workers: { least: 1, most: 64 },
} as const;

const options = {
  incidents: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  workers: { type: 'string' },
  json: { type: 'boolean', default: false },
  write: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const flags: Readonly<Record<string, { type: 'string' }>> = Object.fromEntries(
  settingFlags.map(({ flag }) => [flag, { type: 'string' }]),
);

export function parseBenchArguments(given: readonly string[], workers: number): Parsed {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: { ...flags, ...options },
      strict: true,
    });
    if (values.help === true) return { kind: 'help' };
    const texts: Readonly<Record<string, unknown>> = values;
    const tried = readNumbers(texts);
    const { write } = values;
    if (write !== undefined && Object.keys(tried).length > 0) {
      throw new Error('--write takes the default settings only: documents say what users get.');
    }
    return {
      kind: 'options',
      options: {
        incidents: wholeNumber('incidents', texts.incidents),
        seed: wholeNumber('seed', texts.seed),
        workers: wholeNumber('workers', texts.workers ?? workers),
        json: values.json === true,
        numbers: tried,
        ...(write === undefined ? {} : { write: textOf(write) }),
      },
    };
  } catch (error) {
    return { kind: 'problem', sentence: error instanceof Error ? error.message : String(error) };
  }
}

function readNumbers(values: Readonly<Record<string, unknown>>): Numbers {
  const given = settingFlags.flatMap((flag) => {
    const value = values[flag.flag];
    if (value === undefined) return [];
    const problem = flagProblem(flag, textOf(value));
    if (problem !== undefined) throw new Error(problem);
    return [[flag.prop, Number(value)] as const];
  });
  const tried = Object.fromEntries(given) as Numbers;
  const problem = contradictionOf(tried);
  if (problem !== undefined) throw new Error(problem);
  return tried;
}

function wholeNumber(name: keyof typeof numbers, given: unknown): number {
  const { least, most } = numbers[name];
  const value = Number(given);
  if (/^\d+$/.test(textOf(given)) && value >= least && value <= most) return value;
  throw new Error(
    `--${name} is ${textOf(given)}, but must be a whole number from ${least} to ${most}.`,
  );
}

/** parseArgs gives texts for all of these. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
