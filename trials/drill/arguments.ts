/** The command line of `npm run drill`. What is wrong is said before anything has been started. */
import { Mistake, type Parsed, readCommand } from '../../cli/terminal/command-line.ts';
import { flag, optional, wholeNumber, withDefault, wrong } from '../../cli/terminal/options.ts';
import { settingRules } from '../../workflow/model/settings.ts';
import { seedReader } from '../command-line.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** One scenario and with how many coordinators it runs. */
export interface PlannedScenario {
  readonly scenario: Scenario;
  readonly coordinators: number;
}

export interface DrillOptions {
  readonly planned: readonly PlannedScenario[];
  /** Port of the coordinators in the VPC: the stack's parameter HttpPort, or HttpsPort. */
  readonly port: number;
  /** Everybody outside of a machine asks over HTTPS, verified by an authority of the drill's own. */
  readonly https: boolean;
  /** Same seed, same latencies. */
  readonly seed: number;
  /** How many scenarios run at once. */
  readonly parallel: number;
  /** The cluster stays up afterwards, until Ctrl-C. Then at most one scenario is planned. */
  readonly keep: boolean;
  /** How many coordinators a cluster that is only kept has. */
  readonly coordinators: number;
  /** The result as one JSON document on stdout; progress goes to stderr. */
  readonly json: boolean;
}

const counts = settingRules.haCoordinatorsCount;
const defaultScenario = 'process-exit';

const options = {
  scenario: optional('NAME|all', `what fails; default ${defaultScenario}`, (typed) => typed),
  coordinators: optional(
    'N',
    `HACoordinatorsCount, ${counts.least} to ${counts.most}; default ${counts.default}, or as the scenario needs`,
    wholeNumber(counts),
  ),
  port: withDefault(
    'N',
    'port of the coordinators, 1024 to 65535; default 8080',
    wholeNumber({ least: 1024, most: 65535 }),
    8080,
  ),
  https: flag(
    'everybody outside of a machine asks over HTTPS, verified by an authority of its own; HTTP is spoken on the machine only',
  ),
  seed: withDefault('S', 'same seed, same latencies; a whole number, default 1', seedReader, 1),
  parallel: withDefault(
    'N',
    'scenarios at once, 1 to 16; default 5',
    wholeNumber({ least: 1, most: 16 }),
    5,
  ),
  keep: flag(
    'leaves a cluster up until Ctrl-C, to try the commands on; with --scenario after that scenario, otherwise one on which nothing has happened',
  ),
  json: flag('the result as JSON on stdout, progress on stderr'),
};

/** `typed` is what follows the script's name; `scenarios` in the order in which `all` runs them. */
export function readArguments(
  typed: readonly string[],
  scenarios: readonly Scenario[],
): Parsed<DrillOptions> {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const rule = {
    name: 'npm run drill --',
    summary:
      'shows a coordinator die and a standby take over its address, on this machine, without AWS',
    details: [],
    options,
    examples: ['', '--scenario all --seed 7', '--keep'],
    afterHelp: [
      'Scenarios:',
      ...scenarios.map(({ name, done, must }) => `  ${name.padEnd(width)}  ${done}: ${must}`),
      '',
      'Exit code: 0 everything held, 1 something did not, 2 bad usage.',
    ].join('\n'),
  };
  return readCommand(
    rule,
    ({ scenario: name, coordinators, ...given }) => {
      const { https, keep } = given;
      const planned =
        keep && name === undefined
          ? []
          : plan({ name: name ?? defaultScenario, https, coordinators }, scenarios);
      if (keep && planned.length > 1) {
        throw new Mistake('--keep keeps one cluster: give it one scenario, or none.');
      }
      return { planned, coordinators: coordinators ?? counts.default, ...given };
    },
    typed,
  );
}

interface Request {
  readonly name: string;
  readonly https: boolean;
  readonly coordinators: number | undefined;
}

/** @throws Mistake for a scenario that is unknown, or does not go with the other options */
function plan(
  { name, https, coordinators }: Request,
  scenarios: readonly Scenario[],
): readonly PlannedScenario[] {
  if (name === 'all') {
    // A scenario that needs a certain number of coordinators keeps it: "all" means each of them.
    const possible = scenarios.filter(({ needsHttps }) => https || !needsHttps);
    return possible.map((scenario) => {
      const { kind, count } = scenario.coordinators;
      const given = coordinators ?? counts.default;
      return { scenario, coordinators: kind === 'exactly' ? count : Math.max(count, given) };
    });
  }
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) {
    const names = [...scenarios.map((candidate) => candidate.name), 'all'].join(', ');
    throw wrong('--scenario', name, `one of: ${names}`);
  }
  if (scenario.needsHttps && !https) throw new Mistake(`${name} needs --https.`);
  const { kind, count } = scenario.coordinators;
  const chosen = coordinators ?? (kind === 'exactly' ? count : Math.max(count, counts.default));
  if (kind === 'exactly' && chosen !== count) {
    throw new Mistake(`--coordinators is "${chosen}", but ${name} always runs with ${count}.`);
  }
  if (kind === 'at least' && chosen < count) {
    const allowed = `${count} to ${counts.most}`;
    throw new Mistake(`--coordinators is "${chosen}", but ${name} needs ${allowed}.`);
  }
  return [{ scenario, coordinators: chosen }];
}
