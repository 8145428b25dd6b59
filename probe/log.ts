/**
 * The probe's log: one line of JSON per change on standard output, for the journal.
 * What can go wrong: whoever reads the output goes away. That is no reason to stop watching.
 */
import type { Log } from './ports.ts';

/** Fields whose names end in `At` are milliseconds since the epoch and are written as ISO 8601. */
export function createLog(write: (line: string) => void, now: () => number): Log {
  return (event, fields) => {
    const shown = Object.entries(fields).map(([name, value]) => [
      name,
      name.endsWith('At') && typeof value === 'number' ? isoTime(value) : value,
    ]);
    write(`${JSON.stringify({ at: isoTime(now()), event, ...Object.fromEntries(shown) })}\n`);
  };
}

/** A clock may be anywhere after a jump; a Date that cannot be is no reason to throw. */
export function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}
