/** The command line of `npm run simulate`. Wrong input is one sentence that says what is allowed. */
import {
  type Parsed,
  parseWith,
  readReplay,
  seedLimits,
  wholeNumber,
  workersLimits,
} from './command-line.ts';
import type { Faults } from './faults.ts';
import { readFaults } from './reading-faults.ts';

export type SimulateOptions =
  | {
      readonly kind: 'campaign';
      readonly runs: number;
      readonly seed: number;
      readonly workers: number;
      /** Say it as JSON, for a machine. */
      readonly json: boolean;
    }
  | { readonly kind: 'replay'; readonly faults: Faults; readonly json: boolean };

export type CampaignArguments = Extract<SimulateOptions, { kind: 'campaign' }>;

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

const runsLimits = { least: 1, most: 1_000_000 };

const options = {
  runs: { type: 'string' },
  seed: { type: 'string' },
  workers: { type: 'string' },
  replay: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

export function parseSimulateArguments(
  given: readonly string[],
  defaults: { readonly seed: number; readonly workers: number },
): Parsed<SimulateOptions> {
  return parseWith(given, options, ({ runs, seed, workers, replay, json = false }) => {
    if (replay === undefined) {
      return {
        kind: 'campaign',
        runs: wholeNumber('runs', runs ?? '1000', runsLimits),
        seed: wholeNumber('seed', seed ?? String(defaults.seed), seedLimits),
        workers: wholeNumber('workers', workers ?? String(defaults.workers), workersLimits),
        json,
      };
    }
    if ([runs, seed, workers].some((one) => one !== undefined)) {
      throw new Error('--replay is one incident: --runs, --seed and --workers do not go with it.');
    }
    return { kind: 'replay', faults: readFaults(readReplay(replay)), json };
  });
}
