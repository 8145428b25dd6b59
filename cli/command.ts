/** A command of `coordinator-failover`: its options, its help and what it does. */
import { type CommonOptions, commonOptions } from './common-options.ts';
import type { CommandWorld, Context } from './context.ts';
import { type ExitCode, exitCodesInWords } from './exit.ts';
import {
  type Choice,
  type CommandRule,
  choice,
  type Given,
  Mistake,
  type OptionRules,
} from './terminal/command-line.ts';

interface CommandSpec<Rules extends OptionRules> {
  readonly name: string;
  readonly summary: string;
  readonly details: readonly string[];
  readonly options: Rules;
  readonly examples: readonly string[];
  /** IAM actions that it needs beside those of every command. Markdown. */
  readonly permissions: string;
  /** Whether Ctrl-C asks it to stop watching, instead of ending it at once. */
  watches?(options: Given<Rules>): boolean;
  run(context: Context<Given<Rules>>): Promise<ExitCode>;
}

/** A command as it was typed. */
export interface Typed {
  readonly command: string;
  readonly options: CommonOptions;
  readonly watches: boolean;
  run(world: CommandWorld): Promise<ExitCode>;
}

export interface CliCommand<Rules extends OptionRules = OptionRules> {
  readonly rule: CommandRule<OptionRules>;
  readonly permissions: string;
  readonly choice: Choice<Typed>;
  run(context: Context<Given<Rules>>): Promise<ExitCode>;
}

export function command<Rules extends OptionRules>(spec: CommandSpec<Rules>): CliCommand<Rules> {
  const { name, permissions } = spec;
  const rule = {
    ...spec,
    options: { ...spec.options, ...commonOptions },
    afterHelp: exitCodesInWords,
  };
  return {
    rule,
    permissions,
    choice: choice<Rules & typeof commonOptions, Typed>(rule, (options) => {
      if (options.cluster !== undefined && options.stack !== undefined) {
        throw new Mistake('--cluster and --stack both say which cluster: give one of them.');
      }
      return {
        command: name,
        options,
        watches: spec.watches?.(options) ?? false,
        run: (world) => spec.run({ ...world, options }),
      };
    }),
    run: spec.run,
  };
}
