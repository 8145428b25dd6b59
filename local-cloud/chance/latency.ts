/** Which steps of AWS take time, and draws of that time from a table that the caller gives. */
import { type Random, randomFrom } from './random.ts';

/** The order of the list is the order of the seeds. */
export const latencyNames = [
  'apiCall',
  'describeLag',
  'runInstancesToRunning',
  'guestBoot',
  'eniDetach',
  'eniForceDetach',
  'eniAttach',
  'eniUsableInGuest',
  'osShutdown',
  'powerOff',
  'instanceTermination',
  'instanceStop',
  'statusCheck',
  'eniReleaseAfterTermination',
  'imdsAttachLag',
  'imdsDetachLag',
  'metricIngestion',
  'eventDelivery',
  'lambdaColdStart',
  'lambdaInvoke',
  'stateTransition',
  'executionLag',
  'stateMachineUpdate',
] as const;
export type LatencyName = (typeof latencyNames)[number];

export interface LatencyRow {
  /** Half of the draws are below. */
  readonly p50Ms: number;
  /** 95 of 100 draws are below. */
  readonly p95Ms: number;
  /** No draw is above. */
  readonly mostMs: number;
}

export type LatencyTable = Readonly<Record<LatencyName, LatencyRow>>;

/** Draws a latency, in milliseconds. */
export type Latencies = (name: LatencyName) => number;

/**
 * Lognormal through the p50 and p95 of the row, capped at its maximum. Each row draws from its own
 * stream: the n-th detachment of a seed takes the same time in whatever order calls interleave.
 */
export function latenciesFrom(table: LatencyTable, random: Random): Latencies {
  const streams = new Map<string, Random>(
    latencyNames.map((name) => [name, randomFrom(random.next() * 2 ** 32)]),
  );
  return (name) => {
    const { p50Ms, p95Ms, mostMs } = table[name];
    const spread = Math.log(p95Ms / p50Ms) / standardNormalP95;
    return Math.min(mostMs, p50Ms * Math.exp(spread * standardNormal(streams.get(name) ?? random)));
  };
}

/** No latency: for tests of something else. */
export const noLatencies: Latencies = () => 0;

const standardNormalP95 = 1.6449;

/** Box-Muller. `1 - next()` keeps the logarithm away from zero. */
function standardNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}
