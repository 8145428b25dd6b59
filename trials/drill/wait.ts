/** Waiting for something to become true, with an end. */
import type { Clock } from '@coordinator-failover/local-cloud';

export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly withinSeconds: number;
  readonly everyMs: number;
}

/** Observations until `look` returns something; rejects with one sentence when it never does. */
export async function waitUntil<Found>(
  what: string,
  observe: () => Promise<Found | undefined> | Found | undefined,
  options: WaitOptions,
): Promise<Found> {
  const { clock, signal, withinSeconds, everyMs } = options;
  const endsAt = clock.now() + withinSeconds * 1000;
  for (;;) {
    const found = await observe();
    if (found !== undefined) return found;
    if (clock.now() >= endsAt) throw new Error(`Not within ${withinSeconds} s: ${what}.`);
    await clock.sleep(everyMs, signal);
  }
}
