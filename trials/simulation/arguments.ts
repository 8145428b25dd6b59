/** The command line of `npm run simulate`. */
import { Mistake, type Parsed, readCommand } from '../../cli/terminal/command-line.ts';
import { flag, optional, wholeNumber } from '../../cli/terminal/options.ts';
import { replayOption, seedReader, workersReader } from '../command-line.ts';
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

const rule = {
  name: 'npm run simulate --',
  summary:
    'simulates incidents of a coordinator failover in virtual time, on the synthesized template',
  details: [],
  options: {
    runs: optional(
      'N',
      'how many incidents, 1 to 1000000; default 1000',
      wholeNumber({ least: 1, most: 1_000_000 }),
    ),
    seed: optional(
      'S',
      'the same seed, the same incidents; a whole number, default: a fresh one, printed',
      seedReader,
    ),
    workers: optional('W', 'threads, 1 to 64; default: one per core', workersReader),
    replay: replayOption(
      'one incident with a readable trace: the JSON that a failing run prints, or a file',
      readFaults,
    ),
    json: flag('one line of JSON on standard output instead of sentences'),
  },
  examples: ['--runs 10000', '--seed 4201 --json', '--replay \'{"seed": 3}\''],
  afterHelp:
    'Exit code: 0 no violation, 1 a violation (with its shortest schedule), 2 wrong arguments.',
};

export function readArguments(
  typed: readonly string[],
  defaults: { readonly seed: number; readonly workers: number },
): Parsed<SimulateOptions> {
  return readCommand(
    rule,
    ({ runs, seed, workers, replay, json }): SimulateOptions => {
      if (replay === undefined) {
        return {
          kind: 'campaign',
          runs: runs ?? 1000,
          seed: seed ?? defaults.seed,
          workers: workers ?? defaults.workers,
          json,
        };
      }
      if ([runs, seed, workers].some((one) => one !== undefined)) {
        throw new Mistake(
          '--replay is one incident: --runs, --seed and --workers do not go with it.',
        );
      }
      return { kind: 'replay', faults: replay, json };
    },
    typed,
  );
}
