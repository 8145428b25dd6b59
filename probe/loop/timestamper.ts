/**
 * The times under which values are published. CloudWatch keeps a metric by the second: of a 1 and a 0
 * in the same second nobody can say later which came last, and a reader of the maximum sees the 1. So a
 * value that differs from the one before it is said in a second of its own, if need be the next one
 * (PutMetricData takes times up to two hours ahead).
 * What can go wrong: a clock that is set back. Then the time is what the clock says, or values would
 * be put into a future that nobody reads.
 */
import type { Datum } from '../ports.ts';

/** Milliseconds since the epoch for a value that is said now. */
export type Stamp = (series: Pick<Datum, 'metricName' | 'dimensions'>, value: 0 | 1) => number;

/** More changes than that within one second are no changes that anybody needs to tell apart. */
const mostAheadSeconds = 3;

export function createTimestamper(now: () => number): Stamp {
  const last = new Map<string, { readonly second: number; readonly value: 0 | 1 }>();
  return ({ metricName, dimensions }, value) => {
    const key = keyOf(metricName, dimensions);
    const atMs = now();
    const second = Math.floor(atMs / 1000);
    const before = last.get(key);
    const ahead = before === undefined ? -1 : before.second - second;
    const isTaken = before?.value !== value && ahead >= 0 && ahead < mostAheadSeconds;
    const own = isTaken ? second + ahead + 1 : second;
    // The same value again, while the last one stands ahead, says nothing new.
    if (before?.value !== value || own >= before.second || ahead >= mostAheadSeconds) {
      last.set(key, { second: own, value });
    }
    return isTaken ? own * 1000 : atMs;
  };
}

/** A name or value is printable (PutMetricData): a control character tells them apart. */
function keyOf(metricName: string, dimensions: Datum['dimensions']): string {
  let key = metricName;
  for (const name of Object.keys(dimensions)) key += `\u0000${name}\u0000${dimensions[name]}`;
  return key;
}
