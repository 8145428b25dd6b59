/**
 * Records with a short memory: how each was at any moment of the last minute, so that a describe
 * can answer from a moment ago.
 */
import type { Clock } from '../time/clock.ts';

/** Longer than any describe lags. */
const memoryMs = 60_000;

export interface Store<Value> {
  get(id: string): Value | undefined;
  set(id: string, value: Value): void;
  /** Changes a record that is there. */
  change(id: string, changes: Partial<Value>): Value;
  remove(id: string): void;
  /** From now on it has always been as it is now: for what a drill starts with. */
  backdate(id: string): void;
  /** In the order in which they were made. */
  all(): Value[];
  /** How they were then, those not yet made left out. */
  allAsOf(time: number): Value[];
}

interface Version<Value> {
  readonly at: number;
  /** Undefined once it is removed. */
  readonly value: Value | undefined;
}

export function createStore<Value extends object>(clock: Clock): Store<Value> {
  const versions = new Map<string, Version<Value>[]>();

  const put = (id: string, value: Value | undefined) => {
    const now = clock.now();
    const kept = versions.get(id) ?? [];
    const lastOld = kept.findLastIndex((version) => version.at < now - memoryMs);
    versions.set(id, [...kept.slice(Math.max(0, lastOld)), { at: now, value }]);
  };
  const get = (id: string) => versions.get(id)?.at(-1)?.value;
  const present = (values: readonly (Value | undefined)[]) =>
    values.filter((value) => value !== undefined);
  return {
    get,
    set: put,
    change(id, changes) {
      const current = get(id);
      if (current === undefined) throw new Error(`There is no ${id} to change.`);
      const changed = { ...current, ...changes };
      put(id, changed);
      return changed;
    },
    remove: (id) => put(id, undefined),
    backdate: (id) => void versions.set(id, [{ at: Number.NEGATIVE_INFINITY, value: get(id) }]),
    all: () => present([...versions.values()].map((history) => history.at(-1)?.value)),
    allAsOf: (time) =>
      present(
        [...versions.values()].map(
          (history) => history.findLast((version) => version.at <= time)?.value,
        ),
      ),
  };
}
