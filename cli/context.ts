/** What a command is given: its options, and AWS, clock and terminal as arguments. */
import type { OperatorCalls } from '../aws/calls.ts';
import type { GetInfo } from '../info-client/get-info.ts';
import { type Advice, commandText } from '../workflow/notify/advice.ts';
import type { CommonOptions } from './common-options.ts';
import type { Line } from './terminal/lines.ts';

/** `Own`: the command's own options. */
export interface Context<Own = object> extends CommandWorld {
  readonly options: CommonOptions & Own;
}

export interface CommandWorld {
  readonly cloud: OperatorCalls;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after that time, or at once on Ctrl-C. Never rejects. */
  rest(milliseconds: number): Promise<void>;
  /** Ctrl-C. */
  readonly interrupted: AbortSignal;
  readonly getInfo: GetInfo;
  /** Of the user at this machine; undefined when the system does not know. */
  readonly userName: string | undefined;
  /** Unique, for names of executions. */
  newId(): string;
  readonly screen: Screen;
  writeFile(path: string, text: string): Promise<void>;
}

export interface Screen {
  /** The result, for a person: stdout. Nothing with `--json`. */
  print(lines: readonly Line[]): void;
  /** The result, for a program: a JSON document on stdout. Nothing without `--json`. */
  json(document: unknown): void;
  /** One of many results, for a program: a JSON document on a line of its own. */
  jsonLine(document: unknown): void;
  /** The result as it is, on stdout, with and without `--json`. */
  raw(text: string): void;
  /** Progress: stdout for a person, stderr with `--json`. */
  progress(lines: readonly Line[]): void;
  /** Clears a terminal before the next output. */
  clear(): void;
}

/** A command to type next, with the options that say which cluster is meant. */
export function nextCommand({ options }: Pick<Context, 'options'>, command: string): string {
  const where = (['cluster', 'stack', 'region', 'profile'] as const).flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [`--${name} ${value}`];
  });
  return ['coordinator-failover', command, ...where].join(' ');
}

/** What to do after an execution. The last command stands behind "Next:". */
export function adviceLines(
  context: Pick<Context, 'options'>,
  { advice, name }: { readonly advice: Advice; readonly name: string },
): Line[] {
  const texts = advice.commands.map((command) => commandText(command, name));
  return [
    [{ tone: 'faint', text: 'To do: ' }, advice.sentence],
    ...texts.slice(0, -1).map((text): Line => [`       ${nextCommand(context, text)}`]),
    ...texts.slice(-1).map((text) => nextLine(context, text)),
  ];
}

export function nextLine(context: Pick<Context, 'options'>, command: string): Line {
  return [{ tone: 'faint', text: 'Next: ' }, nextCommand(context, command)];
}
