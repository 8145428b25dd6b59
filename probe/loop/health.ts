/**
 * Samples -> healthy or not: so many bad ones in a row are unhealthy, one good one is healthy.
 * What can go wrong: samples overlap, so a slow old one may end after a quick new one. It is passed
 * over: a hang that has ended must not count.
 */

/** One answer of a server, or its failure to answer. What was never asked is no sample. */
export interface HealthSample {
  /** Rises in the order in which the samples began. */
  readonly sequence: number;
  /** When the sample began, milliseconds since the epoch. */
  readonly at: number;
  /** When it was over, milliseconds since the epoch: later by up to the timeout. */
  readonly endedAt: number;
  readonly good: boolean;
  /** What was seen, for an operator. */
  readonly sentence: string;
}

export interface Health {
  /**
   * Unknown until the first decision: one good sample, or enough bad ones. A server that is still
   * starting becomes unhealthy, because nobody could use it.
   */
  readonly state: 'unknown' | 'healthy' | 'unhealthy';
  /** Of the samples taken so far, how many at the end were bad. */
  readonly badInARow: number;
  /** When the first of these began, milliseconds since the epoch. */
  readonly firstBadSampleAt?: number;
  /** When the sample that decided the state was over, milliseconds since the epoch. */
  readonly turnedAt?: number;
  /** Of the newest sample. */
  readonly sentence: string;
  /** The newest sample that counted. */
  readonly sequence: number;
}

export const unknownHealth: Health = {
  state: 'unknown',
  badInARow: 0,
  sentence: 'was not asked yet',
  sequence: -1,
};

/** The health after one more sample. `badSamplesToUnhealthy` counts samples, at least 1. */
export function nextHealth(
  health: Health,
  sample: HealthSample,
  badSamplesToUnhealthy: number,
): Health {
  if (sample.sequence <= health.sequence) return health;
  const { sentence, sequence } = sample;
  if (sample.good) {
    const turnedAt = health.state === 'healthy' ? health.turnedAt : sample.endedAt;
    return { state: 'healthy', badInARow: 0, turnedAt, sentence, sequence };
  }
  const badInARow = health.badInARow + 1;
  const turns = badInARow >= badSamplesToUnhealthy && health.state !== 'unhealthy';
  return {
    state: turns ? 'unhealthy' : health.state,
    badInARow,
    firstBadSampleAt: health.firstBadSampleAt ?? sample.at,
    turnedAt: turns ? sample.endedAt : health.turnedAt,
    sentence,
    sequence,
  };
}

/** What is published: 1, an explicit 0, or nothing at all while it is unknown. */
export function healthValue(health: Health): 0 | 1 | undefined {
  if (health.state === 'unknown') return undefined;
  return health.state === 'healthy' ? 1 : 0;
}
