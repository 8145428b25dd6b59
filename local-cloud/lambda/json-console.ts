/**
 * The console of a function with LogFormat JSON: each call is one line with time, level, request id
 * and message (source: Lambda developer guide, JSON structured logs, Node.js).
 */
import { formatWithOptions } from 'node:util';

const levels = { debug: 'DEBUG', info: 'INFO', log: 'INFO', warn: 'WARN', error: 'ERROR' } as const;

/**
 * Replaces the console of this thread. Lines below INFO, the default of ApplicationLogLevel, are
 * left out.
 */
export function writeAsJson(requestId: () => string | undefined): void {
  for (const [method, level] of Object.entries(levels)) {
    Object.defineProperty(console, method, {
      value: (...given: unknown[]) => {
        if (level === 'DEBUG') return;
        const timestamp = new Date().toISOString();
        const line = { timestamp, level, requestId: requestId(), ...messageOf(given) };
        process.stdout.write(`${JSON.stringify(line)}\n`);
      },
    });
  }
}

/** One object stays an object; an error becomes its fields; the rest is formatted as text. */
function messageOf(given: readonly unknown[]): object {
  const [only, ...more] = given;
  if (more.length > 0) return { message: formatWithOptions({}, ...given) };
  if (!(only instanceof Error)) return { message: only };
  const { name, message, stack = '' } = only;
  return { errorType: name, errorMessage: message, stackTrace: stack.split('\n') };
}
