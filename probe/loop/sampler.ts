/**
 * Begins one sample per interval, on a fixed cadence, whatever became of the samples before.
 * What can go wrong: a hung server holds every sample until its timeout. If samples waited for each
 * other, three bad ones would take three timeouts. So they overlap, up to a bound. A process that was
 * stopped or starved takes the next sample on time, and makes up for none.
 */
import type { HostClock } from '../ports.ts';
import { rest } from './waiting.ts';

export interface Sampling {
  readonly clock: HostClock;
  readonly intervalMs: number;
  /** Observations that may be on their way at once. An observation is bounded in time by itself. */
  readonly inFlightLimit: number;
  /** One observation; `sequence` rises by one each time. */
  readonly take: (sequence: number) => Promise<void>;
}

/** Returns when the signal is aborted; rejects when an observation does, since that is a bug. */
export async function sampleOnCadence(sampling: Sampling, signal: AbortSignal): Promise<void> {
  const { clock, intervalMs, inFlightLimit, take } = sampling;
  let fail: (reason: unknown) => void = () => {};
  const bug = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const stop = new AbortController();
  const end = () => stop.abort();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();

  const cadence = async () => {
    let inFlight = 0;
    let sequence = 0;
    let due = clock.monotonicMs();
    const taken = () => {
      inFlight -= 1;
    };
    while (!stop.signal.aborted) {
      if (inFlight < inFlightLimit) {
        inFlight += 1;
        take(sequence++).then(taken, fail);
      }
      const now = clock.monotonicMs();
      due = Math.max(due + intervalMs, now);
      await rest(clock, due - now, stop.signal);
    }
  };
  try {
    await Promise.race([cadence(), bug]);
  } finally {
    end();
    signal.removeEventListener('abort', end);
  }
}
