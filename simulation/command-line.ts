/**
 * What the command lines of simulate, interleavings and bench have in common: help, wrong input in one
 * sentence, numbers, the JSON of a replay, progress. What is wrong is said before anything is
 * synthesized or run.
 */
import { readFileSync } from 'node:fs';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

export type Parsed<Options> =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'problem'; readonly sentence: string };

export interface Limits {
  readonly least: number;
  readonly most: number;
}

export const workersLimits: Limits = { least: 1, most: 64 };
export const seedLimits: Limits = { least: 0, most: 2 ** 31 - 1 };

/** Says help or what is wrong, or does the work. Gives the exit code: 2 for wrong arguments. */
export async function runCommand<Options>(
  parsed: Parsed<Options>,
  help: string,
  work: (options: Options) => Promise<number>,
): Promise<number> {
  if (parsed.kind === 'options') return await work(parsed.options);
  if (parsed.kind === 'help') process.stdout.write(help);
  else process.stderr.write(`${parsed.sentence}\nSee --help.\n`);
  return parsed.kind === 'help' ? 0 : 2;
}

/** `read` makes options of the values, and throws a sentence for one that is wrong. */
export function parseWith<Config extends ParseArgsOptionsConfig, Options>(
  given: readonly string[],
  options: Config,
  read: (values: ReturnType<typeof valuesOf<Config>>) => Options,
): Parsed<Options> {
  try {
    const values = valuesOf(given, options);
    return 'help' in values ? { kind: 'help' } : { kind: 'options', options: read(values) };
  } catch (error) {
    return { kind: 'problem', sentence: error instanceof Error ? error.message : String(error) };
  }
}

/** @throws Error that names an option given twice: one of the two values would be ignored */
function valuesOf<Config extends ParseArgsOptionsConfig>(
  given: readonly string[],
  options: Config,
) {
  const { values, tokens } = parseArgs({ args: [...given], options, strict: true, tokens: true });
  const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`--${twice} is given more than once, but counts once.`);
  return values;
}

/** @throws Error that names the option, what was given and what is allowed */
export function wholeNumber(name: string, given: string, { least, most }: Limits): number {
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= least && value <= most) return value;
  throw new Error(
    `--${name} is ${shown(given)}, but must be a whole number from ${least} to ${most}.`,
  );
}

/** As a sentence shows what was typed: nothing is "", and no more than what tells it apart. */
export function shown(given: string): string {
  if (given === '') return '""';
  return given.length > 200 ? `${given.slice(0, 200)}...` : given;
}

/**
 * The JSON of `--replay`, or of the file that it names.
 *
 * @throws Error that says whether it is no file, or no JSON
 */
export function readReplay(given: string): unknown {
  const text = given.trimStart().startsWith('{') ? given : readNamed(given);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`--replay is ${shown(given)}, but must be JSON. ${messageOf(error)}.`);
  }
}

function readNamed(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(
      `--replay is ${shown(file)}, but must be JSON that begins with {, or a file with it. ${messageOf(error)}.`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** How often a log is told, milliseconds of real time. */
const tellEveryMs = 30_000;
let toldAtMs = performance.now();

/** On standard error: one line that is drawn again on a terminal, else a line now and then. */
export function progress(text: string): void {
  const { stderr } = process;
  if (stderr.isTTY) {
    stderr.write(`\r\u001b[K${text}`);
    return;
  }
  if (text === '' || performance.now() - toldAtMs < tellEveryMs) return;
  toldAtMs = performance.now();
  stderr.write(`${text}\n`);
}
