/** The command line of `npm run simulate`. Wrong input is one sentence that says what is allowed. */
import { parseArgs } from 'node:util';

export interface SimulateOptions {
  readonly runs: number;
  readonly seed: number;
  readonly workers: number;
  /** Say it as JSON, for a machine. */
  readonly json: boolean;
  /** JSON of the faults, or the name of a file with it: one run, with its trace. */
  readonly replay?: string;
}

export type Parsed =
  | { readonly kind: 'options'; readonly options: SimulateOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'problem'; readonly sentence: string };

export const help = `Simulates incidents of a coordinator failover in virtual time, on the synthesized template.

usage: npm run simulate -- [--runs N] [--seed S] [--workers W] [--json]
       npm run simulate -- --replay FAULTS [--json]

  --runs N         how many incidents, 1 to 1000000 (default 1000)
  --seed S         the same seed, the same incidents; a whole number (default: a fresh one, printed)
  --workers W      threads, 1 to 64 (default: one per core)
  --replay FAULTS  one incident with a readable trace: the JSON that a failing run prints, or a file
  --json           one line of JSON on standard output instead of sentences
  --help           this text

Exit codes: 0 no violation, 1 a violation (with its shortest schedule), 2 wrong arguments.
`;

const numbers = {
  runs: { least: 1, most: 1_000_000 },
  seed: { least: 0, most: 2 ** 31 - 1 },
  workers: { least: 1, most: 64 },
} as const;

export function parseSimulateArguments(
  given: readonly string[],
  defaults: { readonly seed: number; readonly workers: number },
): Parsed {
  const options = {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(defaults.seed) },
    workers: { type: 'string', default: String(defaults.workers) },
    replay: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: [...given], options, strict: true });
    if (values.help) return { kind: 'help' };
    const wrong = problemOf(values);
    if (wrong !== undefined) return { kind: 'problem', sentence: wrong };
    const { replay } = values;
    return {
      kind: 'options',
      options: {
        runs: Number(values.runs),
        seed: Number(values.seed),
        workers: Number(values.workers),
        json: values.json,
        ...(replay === undefined ? {} : { replay }),
      },
    };
  } catch (error) {
    return { kind: 'problem', sentence: error instanceof Error ? error.message : String(error) };
  }
}

function problemOf(values: Readonly<Record<keyof typeof numbers, string>>): string | undefined {
  for (const name of ['runs', 'seed', 'workers'] as const) {
    const { least, most } = numbers[name];
    const value = values[name];
    if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) continue;
    return `--${name} is ${value}, but must be a whole number from ${least} to ${most}.`;
  }
  return undefined;
}
