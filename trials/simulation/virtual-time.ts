/**
 * Time that passes only when nothing else is left to do: a clock with a queue of timers, and a loop
 * that lets everybody run, then jumps to the next timer. The same schedule gives the same order.
 * What can go wrong: something that waits in real time (a socket, a file) would be overtaken. So
 * nothing in a simulation does; and what uses the global timers (the state machine's engine) gets
 * these, for as long as `installFakeTimers` lasts.
 */
import { type Timer, TimerQueue } from './timer-queue.ts';

export interface VirtualTime {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after so many milliseconds. */
  after(milliseconds: number, action: () => void): Timer;
  /**
   * Lets time pass until `isOver` says so (asked whenever nothing more happens at a moment), until
   * nothing is left to happen, or up to a moment, which may move on.
   */
  run(
    isOver: () => boolean | Promise<boolean>,
    untilMs: () => number,
  ): Promise<'over' | 'nothing left' | 'out of time'>;
  /** Lets everybody run who can, without letting time pass. */
  settle(): Promise<void>;
  /** How often somebody was woken so far. */
  wakes(): number;
}

/** Steps in one run: far above any incident's. A loop without waiting would never end otherwise. */
const mostSteps = 2_000_000;

const realSetImmediate = setImmediate;

export function createVirtualTime(startMs: number): VirtualTime {
  const queue = new TimerQueue();
  const sleepersOf = createSleepers();
  let nowMs = startMs;
  let wakes = 0;

  const after = (milliseconds: number, action: () => void): Timer =>
    queue.add(nowMs + Math.max(0, milliseconds), action);

  return {
    now: () => nowMs,
    after,
    wakes: () => wakes,
    settle: everythingElse,

    sleep(milliseconds, signal) {
      if (signal === undefined) return new Promise((resolve) => after(milliseconds, resolve));
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const sleepers = sleepersOf(signal);
        const timer = after(milliseconds, () => {
          sleepers.delete(sleeper);
          resolve();
        });
        const sleeper: Sleeper = { timer, reject };
        sleepers.add(sleeper);
      });
    },

    async run(isOver, untilMs) {
      for (let step = 0; step < mostSteps; step += 1) {
        await everyPromise();
        const dueMs = queue.nextDueMs();
        if (dueMs !== nowMs && (await isOver())) return 'over';
        if (dueMs === undefined) return 'nothing left';
        if (dueMs > untilMs()) {
          nowMs = untilMs();
          return 'out of time';
        }
        nowMs = dueMs;
        wakes += queue.wakeAll(dueMs);
      }
      throw new Error(`Time stands still: ${mostSteps} steps without an end.`);
    },
  };
}

interface Sleeper {
  readonly timer: Timer;
  reject(reason: unknown): void;
}

/**
 * Who sleeps under a signal. It is listened to once, when somebody first does, until it is aborted or
 * the time with all that happens in it is over: a listener for each sleep would cost more than the sleep.
 */
function createSleepers(): (signal: AbortSignal) => Set<Sleeper> {
  const bySignal = new Map<AbortSignal, Set<Sleeper>>();
  return (signal) => {
    const known = bySignal.get(signal);
    if (known !== undefined) return known;
    const sleepers = new Set<Sleeper>();
    bySignal.set(signal, sleepers);
    const wake = () => {
      bySignal.delete(signal);
      for (const { timer, reject } of sleepers) {
        timer.cancel();
        reject(signal.reason);
      }
    };
    signal.addEventListener('abort', wake, { once: true });
    return sleepers;
  };
}

/**
 * Until every promise that can go on has gone on: Node's next tick comes when none is left. It costs a
 * fraction of a turn of the event loop, and there are some thousand in a run.
 */
function everyPromise(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** A whole turn of the event loop. */
function everythingElse(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}

/**
 * Puts the global timers and the global clock of this thread under virtual time. Returns how to put
 * the real ones back. Only one time rules at once.
 */
export function installFakeTimers(time: VirtualTime): () => void {
  const real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    Date: globalThis.Date,
  };
  const virtual = {
    setTimeout: (action: () => void, milliseconds = 0) => time.after(milliseconds, action),
    clearTimeout: (timer?: Timer) => timer?.cancel(),
    Date: virtualDate(time, real.Date),
  };
  Object.assign(globalThis, virtual);
  return () => void Object.assign(globalThis, real);
}

/** As Date, but a date of nothing is the virtual now. */
function virtualDate(time: VirtualTime, RealDate: DateConstructor): DateConstructor {
  class VirtualDate extends RealDate {
    constructor(...given: []) {
      if (given.length === 0) super(time.now());
      else super(...given);
    }
    static override now(): number {
      return time.now();
    }
    /** Dates that were made before are dates all the same. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof RealDate;
    }
  }
  return VirtualDate as unknown as DateConstructor;
}
