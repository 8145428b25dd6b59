/**
 * One of the two executions: it goes on or stands still at its calls to AWS. Standing still, its call has
 * not gone out yet, or has had its effect and was not answered yet.
 */
import type { StartedCall } from '../simulation/aws-calls.ts';
import type { Point } from './schedule.ts';

export interface PausableExecution {
  /** Of its execution. */
  readonly name: string;
  /** What it has called so far, in order. */
  readonly operations: readonly string[];
  /** It has come to its point. */
  isReached(): boolean;
  /** Its turn is over: it has come to its point and not been let go since, or it has ended. */
  isDone(): boolean;
  hasEnded(): boolean;
  end(): void;
  onCall(call: StartedCall): Promise<void> | undefined;
  onAnswer(call: StartedCall): Promise<void> | undefined;
  goOn(): void;
}

/** `atPoint`: what happens there; the execution stands still where it returns "held". */
export function createPausableExecution(
  name: string,
  point: Point | null,
  atPoint: (call: StartedCall) => 'held' | 'dead',
): PausableExecution {
  const operations: string[] = [];
  const numbers = new WeakMap<StartedCall, number>();
  let state: 'waits' | 'runs' | 'held' | 'ended' = 'waits';
  let reached = false;
  let waiting: (() => void)[] = [];

  const arrive = (call: StartedCall, effect: boolean): Promise<void> | undefined => {
    const isPoint = point?.call === numbers.get(call) && point?.effect === effect;
    if (isPoint && !reached) {
      reached = true;
      if (atPoint(call) === 'dead') {
        state = 'ended';
        return undefined;
      }
      state = 'held';
    }
    if (state === 'runs' || state === 'ended') return undefined;
    return new Promise((resolve) => {
      waiting.push(resolve);
    });
  };
  return {
    name,
    operations,
    isReached: () => reached,
    isDone: () => state === 'held' || state === 'ended',
    hasEnded: () => state === 'ended',
    end() {
      state = 'ended';
    },
    onCall(call) {
      numbers.set(call, operations.length);
      operations.push(call.operation);
      return arrive(call, false);
    },
    onAnswer: (call) => arrive(call, true),
    goOn() {
      if (state !== 'ended') state = 'runs';
      const others = waiting;
      waiting = [];
      for (const proceed of others) proceed();
    },
  };
}
