/**
 * Every process that a drill starts, so that none is left behind.
 * What can go wrong: a child that was stopped ignores every signal but SIGKILL, so that is the only
 * one used to end them; and a drill that itself is ended must still do it, synchronously. Should it
 * not get that far, those that run notice it by themselves (end-with-parent.ts).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface StartOptions {
  /** The whole environment: nothing of the person's own shell, and so none of their credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the child's stderr goes, and its stdout if nobody reads it. */
  readonly logFile: string;
  /** Called with each line of stdout. */
  readonly onLine?: (line: string) => void;
}

export interface Processes {
  /** Starts this Node with a script. The child gets a pipe as stdin, which closes when we end. */
  start(script: string, scriptArguments: readonly string[], options: StartOptions): ChildProcess;
  /** How many are still there. */
  count(): number;
  /** Ends all of them with SIGKILL. Synchronous, so that it works while the drill exits. */
  killAll(): void;
}

const endWithParent = new URL('./end-with-parent.ts', import.meta.url).href;

export function createProcesses(): Processes {
  const children = new Set<ChildProcess>();
  return {
    start(script, scriptArguments, options) {
      const log = openSync(options.logFile, 'a');
      const child = spawn(
        process.execPath,
        ['--import', endWithParent, script, ...scriptArguments],
        {
          env: { ...options.environment },
          stdio: ['pipe', options.onLine === undefined ? log : 'pipe', log],
        },
      );
      closeSync(log);
      children.add(child);
      child.once('exit', () => children.delete(child));
      // A child that could not be started has no exit; its error would end the drill otherwise.
      child.once('error', () => children.delete(child));
      // Writing into the pipe of a child that was killed: nothing is ever written, but EPIPE may come.
      child.stdin?.on('error', () => {});
      if (options.onLine !== undefined) forEachLine(child, options.onLine);
      return child;
    },
    count: () => children.size,
    killAll() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

/** Resolves when the child has ended; at once when it had. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

function forEachLine(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
