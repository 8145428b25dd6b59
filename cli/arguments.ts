/**
 * What a person may type after `coordinator-failover`. Pure: text in, a command or one sentence out.
 * What can go wrong: everything that can be typed. Each wrong value is named together with what is
 * allowed, before AWS is asked anything.
 */
import { parseArgs } from 'node:util';
import { longestPauseDays } from '../workflow/model/tags.ts';
import { clusterNamePattern } from '../workflow/names.ts';
import {
  type CommandName,
  commandNames,
  commands,
  commonOptions,
  type OptionRule,
} from './command-table.ts';
import { helpText, overviewText } from './help.ts';
import { parseDuration } from './view/times.ts';

export type ReportFormat = 'html' | 'markdown' | 'json';

/** Of all commands; what a command has no option for is undefined or false. */
export interface Options {
  readonly cluster: string | undefined;
  readonly stack: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly json: boolean;
  readonly watch: boolean;
  readonly force: boolean;
  readonly upgrade: boolean;
  readonly dryRun: boolean;
  readonly all: boolean;
  readonly reason: string | undefined;
  readonly by: string | undefined;
  readonly standby: string | undefined;
  readonly forMs: number | undefined;
  readonly sinceMs: number;
  readonly limit: number;
  readonly format: ReportFormat | undefined;
  readonly out: string | undefined;
  /** Of `report`. */
  readonly execution: string | undefined;
}

export type Arguments =
  | { readonly kind: 'run'; readonly command: CommandName; readonly options: Options }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'bad'; readonly sentence: string; readonly json: boolean };

const dayMs = 24 * 3600 * 1000;
const defaultLimit = 20;

/** `typed` is what follows the program's name. */
export function readArguments(typed: readonly string[]): Arguments {
  const json = typed.includes('--json');
  const [first, ...rest] = typed;
  if (first === undefined) return { kind: 'bad', sentence: noCommand, json };
  if (first === '--help' || first === '-h' || first === 'help') return helpOn(rest[0]);
  const command = commandNames.find((name) => name === first);
  if (command === undefined) {
    const sentence = first.startsWith('-')
      ? `The command comes first, before ${first}. ${noCommand}`
      : `"${first}" is not a command. Commands: ${commandNames.join(', ')}. See --help.`;
    return { kind: 'bad', sentence, json };
  }
  const reading = readOptions(command, rest);
  if (reading === undefined) return helpOn(command);
  if (typeof reading === 'string') {
    return { kind: 'bad', sentence: `${reading} See ${command} --help.`, json };
  }
  return { kind: 'run', command, options: reading };
}

const noCommand = `Give a command: ${commandNames.join(', ')}. See --help.`;

function helpOn(command: string | undefined): Arguments {
  const known = commandNames.find((name) => name === command);
  return { kind: 'help', text: known === undefined ? overviewText() : helpText(known) };
}

type Values = ReadonlyMap<string, string | true>;

/** Options, or what is wrong with them, or undefined when help is asked for. */
function readOptions(command: CommandName, typed: readonly string[]): Options | string | undefined {
  const rules: Readonly<Record<string, OptionRule>> = {
    ...commonOptions,
    ...commands[command].options,
  };
  const parsed = parseArgs({
    args: [...typed],
    options: Object.fromEntries(
      Object.entries(rules).map(([name, { value }]) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(name === 'help' ? short : {}) },
      ]),
    ),
    // Not strict, because its errors do not say what is allowed.
    strict: false,
    allowPositionals: true,
  });
  if (parsed.values.help === true) return undefined;
  const values = new Map<string, string | true>();
  for (const [name, value] of Object.entries(parsed.values)) {
    const problem = misuse(name, value, rules);
    if (problem !== undefined) return problem;
    if (typeof value === 'string' || value === true) values.set(name, value);
  }
  return (
    argumentProblem(command, parsed.positionals) ??
    firstProblem(command, values) ??
    optionsFrom(values, parsed.positionals[0])
  );
}

const short = { short: 'h' } as const;

function misuse(
  name: string,
  value: unknown,
  rules: Readonly<Record<string, OptionRule>>,
): string | undefined {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule === undefined) {
    const names = Object.keys(rules).map((known) => `--${known}`);
    return `--${name} is not an option of this command. Options: ${names.join(', ')}.`;
  }
  if (rule.value !== undefined && (typeof value !== 'string' || value.trim() === '')) {
    return `--${name} needs a value: ${rule.what}.`;
  }
  if (rule.value === undefined && value !== true) {
    return `--${name} is "${String(value)}", but takes no value.`;
  }
  return undefined;
}

/** After the options: what follows an unknown option would be called stray otherwise. */
function argumentProblem(command: CommandName, given: readonly string[]): string | undefined {
  const { argument } = commands[command];
  if (argument === undefined) {
    return given[0] === undefined ? undefined : `"${given[0]}" is more than ${command} takes.`;
  }
  if (given[0] === undefined) return `${command} needs ${argument.name}: ${argument.what}.`;
  return given[1] === undefined
    ? undefined
    : `"${given[1]}" is more than the one ${argument.name} that ${command} takes.`;
}

function firstProblem(command: CommandName, values: Values): string | undefined {
  const missing = commands[command].required.find((name) => !values.has(name));
  if (missing !== undefined) {
    const { example } = commands[command];
    return `${command} needs --${missing}, for example: coordinator-failover ${example}.`;
  }
  if (values.has('cluster') && values.has('stack')) {
    return '--cluster and --stack both say which cluster: give one of them.';
  }
  for (const [name, rule] of Object.entries(valueRules)) {
    const value = values.get(name);
    if (typeof value !== 'string' || rule.fits(value)) continue;
    return `--${name} is "${value.slice(0, 100)}", but must be ${rule.allowed}.`;
  }
  return undefined;
}

interface ValueRule {
  readonly allowed: string;
  fits(value: string): boolean;
}

const formats: readonly string[] = ['html', 'markdown', 'json'] satisfies ReportFormat[];

const valueRules: Readonly<Record<string, ValueRule>> = {
  cluster: {
    allowed: 'a letter, then up to 69 letters, digits and hyphens',
    fits: (value) => clusterNamePattern.test(value),
  },
  region: { allowed: 'a region such as eu-central-1', fits: (value) => /^[a-z0-9-]+$/.test(value) },
  standby: {
    allowed: 'an instance id such as i-0123456789abcdef0',
    fits: (value) => /^i-[0-9a-f]{8,17}$/.test(value),
  },
  for: {
    allowed: `a duration such as 30m, 2h or 1d, from 1m to ${longestPauseDays}d (without --for it lasts until resumed)`,
    fits: (value) => within(parseDuration(value), 60_000, longestPauseDays * dayMs),
  },
  since: {
    allowed: 'a duration such as 12h or 7d, from 1m to 90d: executions are kept for 90 days',
    fits: (value) => within(parseDuration(value), 60_000, 90 * dayMs),
  },
  limit: {
    allowed: 'a whole number from 1 to 500',
    fits: (value) => /^\d+$/.test(value) && within(Number(value), 1, 500),
  },
  format: { allowed: formats.join(', '), fits: (value) => formats.includes(value) },
};

function within(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && value >= least && value <= most;
}

function optionsFrom(values: Values, execution: string | undefined): Options {
  const text = (name: string) => {
    const value = values.get(name);
    return typeof value === 'string' ? value.trim() : undefined;
  };
  const is = (name: string) => values.get(name) === true;
  const duration = text('for');
  const format = text('format');
  return {
    cluster: text('cluster'),
    stack: text('stack'),
    region: text('region'),
    profile: text('profile'),
    json: is('json'),
    watch: is('watch'),
    force: is('force'),
    upgrade: is('upgrade'),
    dryRun: is('dry-run'),
    all: is('all'),
    reason: text('reason'),
    by: text('by'),
    standby: text('standby'),
    forMs: duration === undefined ? undefined : parseDuration(duration),
    sinceMs: parseDuration(text('since') ?? '') ?? dayMs,
    limit: Number(text('limit') ?? defaultLimit),
    format: format === 'html' || format === 'markdown' || format === 'json' ? format : undefined,
    out: text('out'),
    execution,
  };
}
