/**
 * Command lines, of the product and of the trials. `commander` parses; a command gets its options with
 * their types, and a mistake is one sentence that names the option, its value and what is allowed.
 * Nothing here prints or ends the process.
 */
import { Command, CommanderError, type ErrorOptions, Option } from 'commander';

export type Parsed<Result> =
  | { readonly kind: 'run'; readonly result: Result }
  /** Help, or the version. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mistake'; readonly sentence: string };

/** What was typed wrong, in one sentence. */
export class Mistake extends Error {
  override readonly name = 'Mistake';
}

/** @throws Mistake for a text that is not allowed */
export type Reader<Value> = (text: string, flag: string) => Value;

export interface OptionRule<Value = unknown> {
  readonly kind: 'switch' | 'option' | 'argument';
  /** Stands for the value in the help. */
  readonly placeholder: string;
  readonly what: string;
  readonly isRequired: boolean;
  /** `typed` is undefined for an option that was not typed. */
  read(typed: string | undefined, flag: string): Value;
}

/** By the option's name in code: `dryRun` is `--dry-run`. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

export type Given<Rules extends OptionRules> = {
  readonly [Name in keyof Rules]: ReturnType<Rules[Name]['read']>;
};

export interface CommandRule<Rules extends OptionRules> {
  /** As it is typed: `npm run drill --`, or the command of a program. */
  readonly name: string;
  readonly summary: string;
  /** More paragraphs for the help. */
  readonly details: readonly string[];
  readonly options: Rules;
  /** What is typed after the name of the command. */
  readonly examples: readonly string[];
  readonly afterHelp: string;
}

/** A command, and what is made of its options. */
export interface Choice<Result> {
  addTo(program: Line, choose: (result: Result) => void): void;
}

/** `make` throws a Mistake for options that are right alone and wrong together. */
export function choice<Rules extends OptionRules, Result>(
  rule: CommandRule<Rules>,
  make: (given: Given<Rules>) => Result,
): Choice<Result> {
  return {
    addTo: (program, choose) => {
      fill(program.command(rule.name), rule, make, choose);
    },
  };
}

/** A program of one command. */
export function readCommand<Rules extends OptionRules, Result>(
  rule: CommandRule<Rules>,
  make: (given: Given<Rules>) => Result,
  typed: readonly string[],
): Parsed<Result> {
  return parse<Result>(typed, (line, choose) => fill(line.name(rule.name), rule, make, choose));
}

export interface ProgramRule<Result> {
  readonly name: string;
  readonly summary: string;
  readonly version: string;
  readonly commands: readonly Choice<Result>[];
  readonly afterHelp: string;
}

/** A program of several commands. */
export function readProgram<Result>(
  { name, summary, version, commands, afterHelp }: ProgramRule<Result>,
  typed: readonly string[],
): Parsed<Result> {
  return parse<Result>(typed, (line, choose) => {
    line.name(name).usage('COMMAND [options]').description(summary).version(version);
    line.addHelpText('after', `\n${afterHelp}`);
    for (const command of commands) command.addTo(line, choose);
  });
}

function parse<Result>(
  typed: readonly string[],
  build: (line: Line, choose: (result: Result) => void) => void,
): Parsed<Result> {
  const line = new Line();
  const written: string[] = [];
  let chosen: { readonly result: Result } | undefined;
  const take = (text: string) => void written.push(text);
  line
    .exitOverride()
    .configureOutput({ writeOut: take, writeErr: take, getOutHelpWidth: () => helpWidth })
    .configureHelp({ optionTerm: termOf, subcommandTerm: (command) => command.name() });
  build(line, (result) => {
    chosen = { result };
  });
  try {
    line.parse(typed, { from: 'user' });
  } catch (error) {
    if (error instanceof Mistake) return { kind: 'mistake', sentence: error.message };
    if (!(error instanceof CommanderError)) throw error;
  }
  if (chosen !== undefined) return { kind: 'run', ...chosen };
  // Commander answers no command at all with its help.
  if (typed.length === 0)
    return {
      kind: 'mistake',
      sentence: `Give a command: ${line.commandNames()}. ${line.seeHelp()}`,
    };
  return { kind: 'text', text: written.join('').trimEnd() };
}

const helpWidth = 100;

/** Without commander's brackets around an optional value. */
function termOf({ flags }: Option): string {
  return flags.replace(/[[\]]/g, '');
}

/** Tells `line` what may be typed; `choose` is called with what `make` makes of it. */
function fill<Rules extends OptionRules, Result>(
  line: Line,
  rule: CommandRule<Rules>,
  make: (given: Given<Rules>) => Result,
  choose: (result: Result) => void,
): void {
  const { summary, details, options, examples, afterHelp } = rule;
  const typed = new Map<string, string[]>();
  for (const [name, option] of Object.entries(options)) {
    if (option.kind === 'argument') {
      line.argument(`[${option.placeholder}]`, option.what);
      continue;
    }
    const flag = flagOf(name);
    const value = option.kind === 'switch' ? '' : ` [${option.placeholder}]`;
    line.addOption(new Option(`${flag}${value}`, option.what));
    // Optional for commander, so that a following option is not taken for the value.
    line.on(`option:${flag.slice(2)}`, (text?: string | null) =>
      typed.set(name, [...(typed.get(name) ?? []), text ?? '']),
    );
  }
  const shown = examples.map((example) => `  ${line.shownName()} ${example}`.trimEnd());
  line
    .usage(usageOf(options))
    .summary(summary)
    .description([capital(`${summary}.`), ...details].join('\n\n'))
    .addHelpText('after', ['', 'Examples:', ...shown, '', afterHelp].join('\n'))
    .action(() => {
      try {
        const given = Object.entries(options).map(([name, option]) => {
          const texts = option.kind === 'argument' ? line.args : typed.get(name);
          return [name, readOption(line, name, option, texts ?? [])] as const;
        });
        choose(make(Object.fromEntries(given) as Given<Rules>));
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        throw new Mistake(`${error.message} ${line.seeHelp()}`);
      }
    });
}

function readOption(line: Line, name: string, rule: OptionRule, texts: readonly string[]) {
  const [text, another] = texts;
  const flag = rule.kind === 'argument' ? rule.placeholder : flagOf(name);
  if (another !== undefined) throw new Mistake(`${flag} is given more than once, but counts once.`);
  if (rule.kind === 'option' && text?.trim() === '') {
    throw new Mistake(`${flag} needs a value: ${rule.what}.`);
  }
  if (rule.isRequired && text === undefined) {
    throw new Mistake(`${line.name()} needs ${flag}: ${rule.what}.`);
  }
  return rule.read(text?.trim(), flag);
}

function usageOf(options: OptionRules): string {
  const needed = Object.entries(options).flatMap(([name, { kind, isRequired, placeholder }]) => {
    if (kind === 'argument') return [placeholder];
    return isRequired ? [`${flagOf(name)} ${placeholder}`] : [];
  });
  return [...needed, '[options]'].join(' ');
}

/** `dryRun` is `--dry-run`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Commander's command, with sentences for its mistakes. */
class Line extends Command {
  override createCommand(name?: string): Line {
    return new Line(name);
  }

  override error(message: string, { code }: ErrorOptions = {}): never {
    throw new Mistake(`${this.sentenceFor(message, code)} ${this.seeHelp()}`);
  }

  private sentenceFor(message: string, code: string | undefined): string {
    const [what = '', hint = ''] = message.replace(/^error: /, '').split('\n');
    const said = `${capital(what)}.${hint && ` ${hint.slice(1, -1)}`}`;
    if (code === 'commander.unknownCommand') return `${said} Commands: ${this.commandNames()}.`;
    if (code === 'commander.unknownOption') {
      const [flag, value] = this.args.find((one) => one.startsWith('-'))?.split('=') ?? [];
      const flags = this.options.map(({ long }) => long);
      if (flags.includes(flag)) return `${flag} is "${value}", but takes no value.`;
      return this.commands.length > 0
        ? `${said} A command comes first: ${this.commandNames()}.`
        : `${said} Options: ${flags.join(', ')}.`;
    }
    if (code === 'commander.excessArguments') {
      return `"${this.args[this.registeredArguments.length]}" is more than ${this.shownName()} takes.`;
    }
    return said;
  }

  /** As it is typed, with the program's name. */
  shownName(): string {
    return this.parent === null ? this.name() : `${this.parent.name()} ${this.name()}`;
  }

  seeHelp(): string {
    return this.parent === null ? 'See --help.' : `See ${this.name()} --help.`;
  }

  commandNames(): string {
    return this.commands.map((command) => command.name()).join(', ');
  }
}
