/**
 * What goes on in a service after its answer: a machine that boots, an interface that detaches. All
 * of it ends with the service.
 * What can go wrong: work that fails where nobody waits for it. The failure is kept, and `stop`
 * rejects with it.
 */
import type { Clock } from './clock.ts';

export interface Background {
  /**
   * Runs the action after so many milliseconds; for 0 at once, before this returns. Not at all once
   * stopped, or when the signal is aborted first.
   */
  after(milliseconds: number, action: () => void | Promise<void>, signal?: AbortSignal): void;
  /** Drops what has not begun and waits for what has. */
  stop(): Promise<void>;
}

export function createBackground(clock: Clock): Background {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  let firstFailure: { readonly error: unknown } | undefined;

  const track = (work: Promise<void>) => {
    const tracked = work
      .catch((error: unknown) => {
        firstFailure ??= { error };
      })
      .finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };
  const sleepThen = async (
    milliseconds: number,
    action: () => void | Promise<void>,
    signal: AbortSignal,
  ) => {
    try {
      await clock.sleep(milliseconds, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    await action();
  };
  return {
    after(milliseconds, action, signal) {
      const either =
        signal === undefined ? stopping.signal : AbortSignal.any([stopping.signal, signal]);
      if (either.aborted) return;
      if (milliseconds > 0) {
        track(sleepThen(milliseconds, action, either));
        return;
      }
      const result = action();
      if (result !== undefined) track(result);
    },
    async stop() {
      stopping.abort();
      // What is under way may begin more, but each of it ends: a machine boots and is terminated.
      while (underWay.size > 0) await Promise.all(underWay);
      if (firstFailure !== undefined) throw firstFailure.error;
    },
  };
}
