/**
 * The latencies of one incident as they were drawn, so that what AWS took in this very incident can
 * be told from what the failover took.
 */
import type { Latencies, LatencyName } from '@coordinator-failover/local-cloud';

export interface Draw {
  readonly name: LatencyName;
  /** When it was drawn: what it delays begins then. Milliseconds since the epoch. */
  readonly atMs: number;
  readonly ms: number;
}

export interface Draws {
  readonly latencies: Latencies;
  /** The last one that was over at that moment. */
  endingAt(name: LatencyName, atMs: number): Draw | undefined;
  /** The first one drawn from that moment on. */
  from(name: LatencyName, atMs: number): Draw | undefined;
  all(name: LatencyName): readonly Draw[];
}

/** Sums of milliseconds are not exact. */
const sameMs = 1e-3;

export function noteDraws(latencies: Latencies, now: () => number): Draws {
  const draws: Draw[] = [];
  const all = (name: LatencyName) => draws.filter((draw) => draw.name === name);
  return {
    latencies(name) {
      const ms = latencies(name);
      draws.push({ name, atMs: now(), ms });
      return ms;
    },
    all,
    endingAt: (name, atMs) =>
      all(name).findLast((draw) => Math.abs(draw.atMs + draw.ms - atMs) < sameMs),
    from: (name, atMs) => all(name).find((draw) => draw.atMs > atMs - sameMs),
  };
}
