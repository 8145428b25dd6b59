/**
 * Work of a service after its answer: a machine boots, an interface detaches. All work ends with
 * the service.
 * What can go wrong: work fails where nobody waits. The failure is kept, and `stop` rejects with
 * it.
 */
import type { Clock } from './clock.ts';

export interface Background {
  /**
   * Runs the action after a delay; with 0 at once, before this returns. Not after `stop` or an
   * abort.
   */
  after(milliseconds: number, action: () => void | Promise<void>, signal?: AbortSignal): void;
  /** Drops work that has not begun, and waits for the rest. */
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
      // Work may begin more work, but all of it ends: a machine boots and is terminated.
      while (underWay.size > 0) await Promise.all(underWay);
      if (firstFailure !== undefined) throw firstFailure.error;
    },
  };
}
