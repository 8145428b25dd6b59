/** Records with their changes of the last minute, so that a describe can show a moment ago. */
import type { Clock } from '../time/clock.ts';

/** Longer than the lag of any describe. */
const memoryMs = 60_000;

export interface Store<Value> {
  get(id: string): Value | undefined;
  set(id: string, value: Value): void;
  /** Changes an existing record. */
  change(id: string, changes: Partial<Value>): Value;
  remove(id: string): void;
  /** Makes the present state the past, too: for seeding. */
  backdate(id: string): void;
  /** In the order of creation. */
  all(): Value[];
  /** The records at that time, without those that were not yet made. */
  allAsOf(time: number): Value[];
}

interface Version<Value> {
  readonly at: number;
  /** Undefined when removed. */
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
