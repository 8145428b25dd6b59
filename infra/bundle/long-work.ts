/**
 * Work that takes seconds, in a process of its own: bundling, synthesis. Whoever waits is told so, and hears of
 * a failure in one sentence.
 */
import { type ExecFileException, execFile, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** A machine that is busy, or slow: nobody waits longer for what takes seconds. */
const timeoutMs = 600_000;
/** From here on a line says what is waited for. */
const longMs = 3000;

/** What goes wrong is said on stdout, in one sentence, with exit code 1: stderr is for people. */
export async function workOrSay(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stdout.write(sentenceOf(error));
    process.exitCode = 1;
  }
}

/**
 * Runs a module that ends with `workOrSay`, in a folder that is not the caller's: nothing may depend on that.
 *
 * @throws Error with its sentence
 */
export async function runLongWork(module: string, args: readonly string[], what: string) {
  const stop = sayWhenLong(what);
  try {
    await new Promise<void>((resolve, reject) => {
      const options = { cwd: tmpdir(), timeout: timeoutMs };
      const child = execFile(process.execPath, [module, ...args], options, (error, said) => {
        if (error === null) resolve();
        else reject(new Error(`${what} failed: ${said || endOf(error)}`));
      });
      child.stderr?.pipe(process.stderr);
    });
  } finally {
    stop();
  }
}

/** The same for a construct, which cannot wait; the module says by itself when it takes long. */
export function runLongWorkNow(module: string, args: readonly string[], what: string): void {
  const { status, stdout, error } = spawnSync(process.execPath, [module, ...args], {
    cwd: tmpdir(),
    timeout: timeoutMs,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${what} failed: ${stdout || (error?.message ?? 'it ended.')}`);
}

/** A line on stderr, unless the work is done in a few seconds. */
export function sayWhenLong(what: string, write = writeToStderr, afterMs = longMs): () => void {
  const timer = setTimeout(() => write(`${what} ...\n`), afterMs);
  return () => clearTimeout(timer);
}

function writeToStderr(text: string): void {
  process.stderr.write(text);
}

function endOf(error: ExecFileException): string {
  return error.killed ? `it took longer than ${timeoutMs / 1000} s.` : error.message;
}

/** A bug shows where it is; everything else has a message for whoever reads it. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isBug = [TypeError, ReferenceError, RangeError, SyntaxError].some(
    (kind) => error instanceof kind,
  );
  return isBug ? (error.stack ?? error.message) : error.message;
}
