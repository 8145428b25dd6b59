/**
 * A schedule: which two executions there are, and where one of them stands still, or dies, while the
 * other goes on. Plain JSON, so that a failing one can be printed and run again.
 */

/** Where an execution is interrupted: before a call to AWS, or after its effect and before its answer. */
export interface Point {
  /** Its number among the calls of the execution, from 0. */
  readonly call: number;
  readonly effect: boolean;
}

export interface Schedule {
  readonly pair: PairName;
  readonly setting: PaceName;
  /**
   * hold: the first runs to its point and is held; the other goes on (to its own point, or to its end);
   * the first runs to its end; the other goes on. die: the other runs to its point and is held; the first
   * runs to its point and dies; the other goes on and takes over.
   */
  readonly kind: 'hold' | 'die';
  readonly first: Point;
  /** null: it goes on to its end (hold), or has done nothing yet (die). */
  readonly other: Point | null;
}

/** What the two executions are started with, and whether the coordinator has failed. */
export const pairs = {
  'two observations': { starts: ['start', 'start'], failed: true },
  'an observation and a force': { starts: ['start', 'force'], failed: true },
  'a force and an observation': { starts: ['force', 'start'], failed: true },
  'two forces': { starts: ['force', 'force'], failed: false },
  'a force and an observation of a healthy one': { starts: ['force', 'start'], failed: false },
} as const;
export type PairName = keyof typeof pairs;
export const pairNames = Object.keys(pairs) as PairName[];

/**
 * prompt: AWS takes no time at all, so that nothing but the order of calls is left. slow: descriptions
 * lag behind by seconds, the interface is let go late and is usable late.
 */
export const settingNames = ['prompt', 'slow'] as const;
export type PaceName = (typeof settingNames)[number];

/** Both points of every call. */
export function pointsOf(calls: number): Point[] {
  return Array.from({ length: calls }, (_, call) => [
    { call, effect: false },
    { call, effect: true },
  ]).flat();
}

export function sentenceOf({ pair, setting, kind, first, other }: Schedule): string {
  const does = kind === 'hold' ? 'is held' : 'dies';
  const theOther =
    other === null
      ? kind === 'hold'
        ? 'goes on to its end'
        : 'has done nothing yet'
      : `is held ${pointText(other)}`;
  return `${pair} (${setting}): the first ${does} ${pointText(first)}, the other ${theOther}`;
}

export function pointText({ call, effect }: Point): string {
  return effect ? `after the effect of its call ${call}` : `before its call ${call}`;
}
