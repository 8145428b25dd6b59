/**
 * What a person may type after `npm run drill --`. Pure: text in, a plan or one clear sentence out.
 * What can go wrong: everything that can be typed. Each wrong value is named together with what is
 * allowed, before anything has been started.
 */
import { parseArgs } from 'node:util';
import { settingRules } from '../workflow/settings.ts';
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

export type Arguments =
  | { readonly kind: 'run'; readonly options: DrillOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'bad'; readonly sentence: string };

interface NumberRule {
  readonly least: number;
  readonly most: number;
  readonly default: number;
}

const numberRules = {
  coordinators: settingRules.haCoordinatorsCount,
  port: { least: 1024, most: 65535, default: 8080 },
  seed: { least: 0, most: 2 ** 31 - 1, default: 1 },
  parallel: { least: 1, most: 16, default: 5 },
} as const satisfies Record<string, NumberRule>;

type Numbers = { readonly [name in keyof typeof numberRules]?: number };

const defaultScenario = 'process-exit';

const parserOptions = {
  scenario: { type: 'string' },
  coordinators: { type: 'string' },
  port: { type: 'string' },
  seed: { type: 'string' },
  parallel: { type: 'string' },
  https: { type: 'boolean' },
  json: { type: 'boolean' },
  keep: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `typed` is what follows the script's name; `scenarios` in the order in which `all` runs them. */
export function readArguments(typed: readonly string[], scenarios: readonly Scenario[]): Arguments {
  const parsed = parseArgs({
    args: [...typed],
    options: parserOptions,
    // Not strict, because its errors do not say what is allowed.
    strict: false,
    allowPositionals: true,
  });
  const misuse = misuseIn(parsed);
  if (misuse !== undefined) return bad(misuse);
  if (parsed.values.help === true) return { kind: 'help', text: helpText(scenarios) };

  const options = readOptions(parsed.values, scenarios);
  return typeof options === 'string' ? bad(options) : { kind: 'run', options };
}

/** The options, or what is wrong with them. */
function readOptions(
  values: Readonly<Record<string, unknown>>,
  scenarios: readonly Scenario[],
): DrillOptions | string {
  const numbers = readNumbers(values);
  if (typeof numbers === 'string') return numbers;
  const keep = values.keep === true;
  const https = values.https === true;
  const name = textOf(values.scenario);
  const planned =
    keep && name === undefined
      ? []
      : plan({ name, https, coordinators: numbers.coordinators }, scenarios);
  if (typeof planned === 'string') return planned;
  if (keep && planned.length > 1) return keepsOne;
  return {
    planned,
    port: numbers.port ?? numberRules.port.default,
    https,
    seed: numbers.seed ?? numberRules.seed.default,
    parallel: numbers.parallel ?? numberRules.parallel.default,
    keep,
    coordinators: numbers.coordinators ?? numberRules.coordinators.default,
    json: values.json === true,
  };
}

const keepsOne = '--keep keeps one cluster: give it one scenario, or none.';

function helpText(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map((scenario) => scenario.name.length));
  const lines = scenarios.map(
    (scenario) => `  ${scenario.name.padEnd(width)}  ${scenario.done}: ${scenario.must}`,
  );
  const range = (rule: NumberRule) => `${rule.least} to ${rule.most}, default ${rule.default}`;
  return [
    'Shows a coordinator die and a standby take over its address, on this machine, without AWS.',
    '',
    'npm run drill -- [options]',
    '',
    `  --scenario NAME|all  what fails (default ${defaultScenario})`,
    `  --coordinators N     HACoordinatorsCount, ${range(numberRules.coordinators)}`,
    `  --port N             port of the coordinators, ${range(numberRules.port)}`,
    '  --https              everybody outside of a machine asks over HTTPS, verified by an authority',
    '                       of its own; HTTP is spoken on the machine only',
    `  --seed N             same seed, same latencies: ${range(numberRules.seed)}`,
    `  --parallel N         scenarios at once, ${range(numberRules.parallel)}`,
    '  --keep               leaves a cluster up until Ctrl-C, to try the commands on; with --scenario',
    '                       after that scenario, otherwise one on which nothing has happened',
    '  --json               the result as JSON on stdout, progress on stderr',
    '  --help               this text',
    '',
    'Scenarios',
    ...lines,
    '',
    'Exit code: 0 everything held, 1 something did not, 2 bad usage.',
  ].join('\n');
}

/** What is not an option, or has a value where none belongs, or lacks one. */
function misuseIn(parsed: {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}): string | undefined {
  for (const [name, value] of Object.entries(parsed.values)) {
    const option = Object.entries(parserOptions).find(([known]) => known === name)?.[1];
    if (option === undefined) return `--${name} is not an option. Options: ${optionNames()}.`;
    if (option.type === 'string' && typeof value !== 'string') return `--${name} needs a value.`;
    if (option.type === 'boolean' && typeof value !== 'boolean') {
      return `--${name} is "${String(value)}", but takes no value.`;
    }
  }
  // After the options: what follows an unknown option would be called stray otherwise.
  const stray = parsed.positionals[0];
  if (stray !== undefined) return `"${stray}" is not an option. Options: ${optionNames()}.`;
  return undefined;
}

function readNumbers(values: Readonly<Record<string, unknown>>): Numbers | string {
  const numbers: { -readonly [name in keyof Numbers]: Numbers[name] } = {};
  for (const name of Object.keys(numberRules) as (keyof typeof numberRules)[]) {
    const text = textOf(values[name]);
    if (text === undefined) continue;
    const rule = numberRules[name];
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= rule.least && number <= rule.most)) {
      return `--${name} is "${text}", but must be a whole number from ${rule.least} to ${rule.most}.`;
    }
    numbers[name] = number;
  }
  return numbers;
}

interface Wish {
  readonly name: string | undefined;
  readonly https: boolean;
  readonly coordinators: number | undefined;
}

function plan(
  { name, https, coordinators }: Wish,
  scenarios: readonly Scenario[],
): readonly PlannedScenario[] | string {
  const wanted = name ?? defaultScenario;
  if (wanted === 'all') {
    // A scenario that needs a certain number of coordinators keeps it: "all" means each of them.
    const possible = scenarios.filter(({ needsHttps }) => https || !needsHttps);
    return possible.map((scenario) => {
      const { kind, count } = scenario.coordinators;
      const given = coordinators ?? numberRules.coordinators.default;
      return { scenario, coordinators: kind === 'exactly' ? count : Math.max(count, given) };
    });
  }
  const scenario = scenarios.find((candidate) => candidate.name === wanted);
  if (scenario?.needsHttps && !https) return `${wanted} needs --https.`;
  if (scenario === undefined) {
    const names = [...scenarios.map((candidate) => candidate.name), 'all'].join(', ');
    return `--scenario is "${wanted}", but must be one of: ${names}.`;
  }
  const { kind, count } = scenario.coordinators;
  const chosen =
    coordinators ??
    (kind === 'exactly' ? count : Math.max(count, numberRules.coordinators.default));
  if (kind === 'exactly' && chosen !== count) {
    return `--coordinators is "${chosen}", but ${wanted} always runs with ${count}.`;
  }
  if (kind === 'at least' && chosen < count) {
    return `--coordinators is "${chosen}", but ${wanted} needs ${count} to ${numberRules.coordinators.most}.`;
  }
  return [{ scenario, coordinators: chosen }];
}

function bad(sentence: string): Arguments {
  return { kind: 'bad', sentence: `${sentence} See --help.` };
}

function optionNames(): string {
  return Object.keys(parserOptions)
    .map((name) => `--${name}`)
    .join(', ');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
