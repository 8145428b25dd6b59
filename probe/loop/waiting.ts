/** Waiting that ends early: at shutdown, or because something happened. Never rejects. */
import type { HostClock } from '../ports.ts';

/** Sleeps; returns at once when the signal is aborted. */
export function rest(clock: HostClock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return clock.sleep(milliseconds, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

export interface WakeUp {
  /** Ends the wait that is going on, or the next one. */
  ring(): void;
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export function createWakeUp(clock: HostClock): WakeUp {
  let rung = false;
  let waiting: AbortController | undefined;
  return {
    ring() {
      rung = true;
      // With a reason of its own: Node would make an exception, with a stack, for nobody.
      waiting?.abort('rung');
    },
    async wait(milliseconds, signal) {
      if (!rung && !signal.aborted) {
        const own = new AbortController();
        const end = () => own.abort('ended');
        signal.addEventListener('abort', end, { once: true });
        waiting = own;
        await rest(clock, milliseconds, own.signal);
        waiting = undefined;
        signal.removeEventListener('abort', end);
      }
      rung = false;
    },
  };
}

/** Waits before try number `failures` + 1: doubles each time, half of it by chance. */
export function backoffMs(
  failures: number,
  random: () => number,
  limits: { readonly firstMs: number; readonly mostMs: number },
): number {
  const whole = Math.min(limits.mostMs, limits.firstMs * 2 ** Math.min(failures - 1, 30));
  return whole * (0.5 + random() / 2);
}
