/**
 * Metric data, and their statistics per period.
 * What can go wrong: data are readable only some time after PutMetricData. A reader at once sees
 * the past.
 */
export interface MetricName {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
}

export interface MetricSample {
  /** The datum's own timestamp, milliseconds since the epoch. */
  readonly atMs: number;
  /** From this time on the datum is in statistics. */
  readonly usableAtMs: number;
  readonly value: number;
  /** How often the value was seen. */
  readonly count: number;
}

export interface Statistics {
  /** Start of the period. */
  readonly startMs: number;
  readonly Minimum: number;
  readonly Maximum: number;
  readonly Average: number;
  readonly Sum: number;
  readonly SampleCount: number;
}

export const statisticNames = ['Minimum', 'Maximum', 'Average', 'Sum', 'SampleCount'] as const;
export type StatisticName = (typeof statisticNames)[number];

/** A service's own count, taken when somebody reads it. `undefined`: no sample. */
export type Gauge = (atMs: number) => number | undefined;

export interface MetricStore {
  put(metric: MetricName, sample: MetricSample): void;
  /** A metric with a sample a minute, readable a minute later. */
  addGauge(metric: MetricName, gauge: Gauge): void;
  /** Periods with data from `fromMs` up to but not including `toMs`, oldest first. */
  read(query: {
    metric: MetricName;
    fromMs: number;
    toMs: number;
    periodSeconds: number;
    nowMs: number;
  }): Statistics[];
}

/** CloudWatch keeps data of one-second resolution for three hours (PutMetricData). */
const retentionMs = 3 * 3600 * 1000;
/** Old samples are dropped each time a metric has grown by this number. */
const pruneEvery = 1000;

/** A sample of a metric, in the order of arrival. */
interface Kept {
  readonly sample: MetricSample;
  /** The newest time among this sample and all earlier arrivals. */
  readonly newestMs: number;
}

export function createMetricStore(): MetricStore {
  const samples = new Map<string, Kept[]>();
  const gauges = new Map<string, Gauge>();

  return {
    addGauge: (metric, gauge) => void gauges.set(keyOf(metric), gauge),

    put(metric, sample) {
      const key = keyOf(metric);
      const known = samples.get(key) ?? [];
      const newestMs = Math.max(sample.atMs, known.at(-1)?.newestMs ?? sample.atMs);
      known.push({ sample, newestMs });
      samples.set(key, known);
      if (known.length % pruneEvery === 0) {
        const oldestMs = sample.usableAtMs - retentionMs;
        samples.set(
          key,
          known.filter((candidate) => candidate.sample.atMs >= oldestMs),
        );
      }
    },

    read({ metric, fromMs, toMs, periodSeconds, nowMs }) {
      const periodMs = periodSeconds * 1000;
      const periods = new Map<number, MetricSample[]>();
      const key = keyOf(metric);
      const gauged = readings(gauges.get(key), fromMs, Math.min(toMs, nowMs));
      const take = (sample: MetricSample) => {
        const startMs = Math.floor(sample.atMs / periodMs) * periodMs;
        if (sample.usableAtMs > nowMs || startMs < fromMs || startMs >= toMs) return;
        const within = periods.get(startMs);
        if (within === undefined) periods.set(startMs, [sample]);
        else within.push(sample);
      };
      const kept = samples.get(key) ?? [];
      // No earlier arrival is that new: a question about the last minute does not read hours.
      const first = kept.findLastIndex(({ newestMs }) => newestMs < fromMs) + 1;
      for (let index = first; index < kept.length; index += 1) {
        const found = kept[index];
        if (found !== undefined) take(found.sample);
      }
      gauged.forEach(take);
      return [...periods]
        .sort(([one], [other]) => one - other)
        .map(([startMs, within]) => statisticsOf(startMs, within));
    },
  };
}

const minuteMs = 60_000;

function readings(gauge: Gauge | undefined, fromMs: number, toMs: number): MetricSample[] {
  const found: MetricSample[] = [];
  if (gauge === undefined) return found;
  for (let atMs = Math.ceil(fromMs / minuteMs) * minuteMs; atMs < toMs; atMs += minuteMs) {
    const value = gauge(atMs);
    if (value !== undefined) found.push({ atMs, usableAtMs: atMs + minuteMs, value, count: 1 });
  }
  return found;
}

/** Names and values are printable (PutMetricData): a control character separates them. */
function keyOf({ namespace, metricName, dimensions }: MetricName): string {
  const parts = dimensions.map(({ name, value }) => `${name}\u0000${value}`);
  if (parts.length > 1) parts.sort();
  return `${namespace}\u0000${metricName}\u0000${parts.join('\u0000')}`;
}

function statisticsOf(startMs: number, samples: readonly MetricSample[]): Statistics {
  let Minimum = Number.POSITIVE_INFINITY;
  let Maximum = Number.NEGATIVE_INFINITY;
  let Sum = 0;
  let SampleCount = 0;
  for (const { value, count } of samples) {
    Minimum = Math.min(Minimum, value);
    Maximum = Math.max(Maximum, value);
    Sum += value * count;
    SampleCount += count;
  }
  return { startMs, Minimum, Maximum, Average: Sum / SampleCount, Sum, SampleCount };
}
