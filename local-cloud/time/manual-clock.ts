/** A clock that stands still until a test advances it. */
import { setImmediate as settle } from 'node:timers/promises';
import type { Clock } from './clock.ts';

export interface ManualClock extends Clock {
  /** Wakes every sleeper on the way, in order, and lets each run. */
  advance(milliseconds: number): Promise<void>;
  /** The number of sleepers: 0 after everything has stopped. */
  sleepers(): number;
}

export function manualClock(startMs = Date.UTC(2025, 10, 23, 17, 4, 0)): ManualClock {
  let nowMs = startMs;
  const sleepers = new Set<{ dueMs: number; wake: () => void }>();
  return {
    now: () => nowMs,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const abort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper = {
          dueMs: nowMs + milliseconds,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', abort);
            resolve();
          },
        };
        signal?.addEventListener('abort', abort, { once: true });
        sleepers.add(sleeper);
      }),
    async advance(milliseconds) {
      const untilMs = nowMs + milliseconds;
      await settle();
      for (;;) {
        const next = [...sleepers].sort((one, other) => one.dueMs - other.dueMs)[0];
        if (next === undefined || next.dueMs > untilMs) break;
        nowMs = Math.max(nowMs, next.dueMs);
        next.wake();
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
    sleepers: () => sleepers.size,
  };
}
