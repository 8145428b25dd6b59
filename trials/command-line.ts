/**
 * What the command lines of the programs that try the product have in common: the seed, the threads, the
 * JSON of a replay, how a run ends, progress. What is wrong is said before anything is synthesized or run.
 */
import { readFileSync } from 'node:fs';
import {
  Mistake,
  type OptionRule,
  type Parsed,
  type Reader,
} from '../cli/terminal/command-line.ts';
import { optional, wholeNumber, wrong } from '../cli/terminal/options.ts';
import { messageOf } from '../workflow/model/errors.ts';

export const badUsage = 2;

export const seedReader = wholeNumber({ least: 0, most: 2 ** 31 - 1 });

export const workersReader = wholeNumber({ least: 1, most: 64 });

/** `read` throws a sentence for a document that is not what is replayed. */
export function replayOption<Value>(
  what: string,
  read: (document: unknown) => Value,
): OptionRule<Value | undefined> {
  return optional('JSON', what, (typed, name) => {
    const document = readJson(typed, name);
    try {
      return read(document);
    } catch (error) {
      throw new Mistake(messageOf(error));
    }
  });
}

/**
 * The JSON that was typed, or of the file that was named.
 *
 * @throws Mistake that says whether it is no file, or no JSON
 */
export const readJson: Reader<unknown> = (typed, name) => {
  const text = typed.trimStart().startsWith('{') ? typed : readNamed(typed, name);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw wrong(name, typed, `JSON. ${messageOf(error)}`);
  }
};

function readNamed(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw wrong(name, file, `JSON that begins with {, or a file with it. ${messageOf(error)}`);
  }
}

/** Says help or what is wrong, or does the work. Gives the exit code. */
export async function runTrial<Options>(
  parsed: Parsed<Options>,
  work: (options: Options) => Promise<number>,
): Promise<number> {
  if (parsed.kind === 'run') return await work(parsed.result);
  if (parsed.kind === 'mistake') {
    process.stderr.write(`${parsed.sentence}\n`);
    return badUsage;
  }
  process.stdout.write(`${parsed.text}\n`);
  return 0;
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
