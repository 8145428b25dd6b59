/** What many incidents come to: distributions, phases, the floor, and what a user would have instead. */
import { type FailureKind, promisedSeconds } from '../../workflow/time-budget.ts';
import { type Alternative, alternatives } from './alternatives.ts';
import { floorSeconds } from './floor.ts';
import { type BenchIncident, limitSeconds } from './incident.ts';
import { type MeasuredPhase, phaseNames } from './phases.ts';

export const failureKinds: readonly FailureKind[] = [
  'process-exit',
  'process-hang',
  'node-unresponsive',
  'node-gone',
];

/** Seconds. */
export interface Distribution {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly worst: number;
}

export interface KindSummary {
  readonly kind: FailureKind;
  readonly incidents: number;
  /** Whose client was not served within the limit. They count as the limit. */
  readonly unserved: number;
  readonly outage: Distribution;
  readonly meanSeconds: number;
  /** Means: they add up to the mean outage. */
  readonly phases: readonly PhaseSummary[];
  readonly floor: Distribution;
  /** Median outage by median floor. */
  readonly timesTheFloor: number;
  /** What is on top of the floor, incident by incident. */
  readonly own: Distribution;
  readonly over: Over;
  readonly alternatives: readonly (Alternative & { readonly outage: Distribution | null })[];
}

interface PhaseSummary {
  readonly name: MeasuredPhase;
  readonly mean: number;
  readonly p95: number;
}

/** Outages above the starting document's minute. */
interface Over {
  readonly incidents: number;
  /** Of these, without what AWS took (the floor) still above half a minute. */
  readonly ownDoing: number;
}

const ownLimitSeconds = promisedSeconds / 2;

const goalSeconds = 45;

/** Where the goal is missed: a sentence each. */
export function missesOf(
  kinds: readonly Pick<KindSummary, 'kind' | 'outage' | 'over'>[],
): readonly string[] {
  return kinds.flatMap(({ kind, outage, over }) => [
    ...(outage.p95 > goalSeconds
      ? [`${kind}: the p95 is ${outage.p95.toFixed(1)} s; the goal is at most ${goalSeconds} s.`]
      : []),
    ...(over.ownDoing > 0
      ? [`${kind}: ${over.ownDoing} outages are over 60 s by our own doing; the goal is none.`]
      : []),
  ]);
}

export function summarize(
  incidents: readonly BenchIncident[],
  kind: FailureKind,
  seed: number,
): KindSummary {
  const mine = incidents.filter((one) => one.kind === kind);
  const outages = mine.map(({ outageSeconds }) => outageSeconds ?? limitSeconds);
  const floors = mine.map(({ floor }) => floorSeconds(floor));
  const own = outages.map((outage, index) => outage - (floors[index] ?? 0));
  const outage = distributionOf(outages);
  const floor = distributionOf(floors);
  const long = outages.flatMap((seconds, index) => (seconds > promisedSeconds ? [index] : []));
  return {
    kind,
    incidents: mine.length,
    unserved: mine.filter(({ outageSeconds }) => outageSeconds === null).length,
    outage,
    meanSeconds: mean(outages),
    phases: phaseNames.map((name) => {
      const seconds = mine.map(({ phases }) => phases[name]);
      return { name, mean: mean(seconds), p95: percentile(seconds, 0.95) };
    }),
    floor,
    timesTheFloor: outage.p50 / floor.p50,
    own: distributionOf(own),
    over: {
      incidents: long.length,
      ownDoing: long.filter((index) => (own[index] ?? 0) > ownLimitSeconds).length,
    },
    alternatives: alternatives.map((alternative) => {
      const seconds = alternative.outages(kind, mine.length, seed);
      return { ...alternative, outage: seconds === null ? null : distributionOf(seconds) };
    }),
  };
}

function distributionOf(values: readonly number[]): Distribution {
  return {
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    p99: percentile(values, 0.99),
    worst: percentile(values, 1),
  };
}

/** The smallest value that so large a share of all values does not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
