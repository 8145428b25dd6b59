/** The command line of `npm run bench`. Wrong input is one sentence that says what is allowed. */
import type { Numbers } from '../../infra/stack.ts';
import { type Parsed, parseWith, seedLimits, wholeNumber, workersLimits } from '../command-line.ts';
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

const incidentsLimits = { least: 1, most: 100_000 };

const options = {
  incidents: { type: 'string' },
  seed: { type: 'string' },
  workers: { type: 'string' },
  json: { type: 'boolean' },
  write: { type: 'string' },
  help: { type: 'boolean' },
} as const;

const flags: Readonly<Record<string, { type: 'string' }>> = Object.fromEntries(
  settingFlags.map(({ flag }) => [flag, { type: 'string' }]),
);

export function parseBenchArguments(given: readonly string[], cores: number): Parsed<BenchOptions> {
  return parseWith(given, { ...flags, ...options }, (values) => {
    const {
      incidents = '1000',
      seed = '1',
      workers = String(cores),
      write,
      json,
      ...rest
    } = values;
    const numbers = readNumbers(rest);
    if (write === '') throw new Error('--write is "", but must be the name of a folder.');
    if (write !== undefined && Object.keys(numbers).length > 0) {
      throw new Error('--write takes the default settings only: documents say what users get.');
    }
    return {
      incidents: wholeNumber('incidents', incidents, incidentsLimits),
      seed: wholeNumber('seed', seed, seedLimits),
      workers: wholeNumber('workers', workers, workersLimits),
      json: json === true,
      numbers,
      ...(write === undefined ? {} : { write }),
    };
  });
}

function readNumbers(values: Readonly<Record<string, string | boolean | undefined>>): Numbers {
  const given = settingFlags.flatMap((flag) => {
    const value = values[flag.flag];
    if (typeof value !== 'string') return [];
    const problem = flagProblem(flag, value);
    if (problem !== undefined) throw new Error(problem);
    return [[flag.prop, Number(value)] as const];
  });
  const tried = Object.fromEntries(given) as Numbers;
  const problem = contradictionOf(tried);
  if (problem !== undefined) throw new Error(problem);
  return tried;
}
