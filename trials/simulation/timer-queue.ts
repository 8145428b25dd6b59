/** Timers in the order in which they are due; those due at the same moment in the order of setting. */

export interface Timer {
  cancel(): void;
}

class Entry implements Timer {
  readonly dueMs: number;
  readonly number: number;
  action: (() => void) | undefined;

  constructor(dueMs: number, number: number, action: () => void) {
    this.dueMs = dueMs;
    this.number = number;
    this.action = action;
  }

  cancel(): void {
    this.action = undefined;
  }
}

/** A binary heap. A cancelled timer stays in it, without an action, until it would have been due. */
export class TimerQueue {
  readonly #heap: Entry[] = [];
  #count = 0;

  add(dueMs: number, action: () => void): Timer {
    const entry = new Entry(dueMs, this.#count, action);
    this.#count += 1;
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return entry;
  }

  /** When the next timer is due that was not cancelled. */
  nextDueMs(): number | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.action !== undefined) return first?.dueMs;
      this.#takeFirst();
    }
  }

  /** Wakes everybody who is due at that moment; returns how many. */
  wakeAll(dueMs: number): number {
    let woken = 0;
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.dueMs > dueMs) return woken;
      this.#takeFirst();
      const { action } = first;
      if (action === undefined) continue;
      first.action = undefined;
      woken += 1;
      action();
    }
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const least = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(least, index)) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #isBefore(index: number, otherIndex: number): boolean {
    const one = this.#heap[index];
    const other = this.#heap[otherIndex];
    if (one === undefined || other === undefined) return false;
    return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.number < other.number);
  }

  #swap(index: number, otherIndex: number): void {
    const one = this.#heap[index];
    const other = this.#heap[otherIndex];
    if (one === undefined || other === undefined) return;
    this.#heap[index] = other;
    this.#heap[otherIndex] = one;
  }
}
