/**
 * Lets two executions take turns, as a schedule says. Whoever it is not the turn of stands still at its
 * next call to AWS.
 * What can go wrong: an execution that is held for longer than its function may run. Then the function
 * would time out; so no turn lasts longer than a function may take.
 */

import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { dispatch } from '@coordinator-failover/local-cloud';
import { functionSeconds } from '../../workflow/model/timing.ts';
import type { StartedCall } from '../simulation/aws-calls.ts';
import type { Executions } from '../simulation/executions.ts';
import type { SimulatedCluster } from '../simulation/world.ts';
import { createPausableExecution, type PausableExecution } from './pausable-execution.ts';
import { type Point, pointText, type Schedule } from './schedule.ts';

export interface Interleaver {
  readonly first: PausableExecution;
  readonly other: PausableExecution;
  onCall(call: StartedCall): Promise<void> | undefined;
  onAnswer(call: StartedCall): Promise<void> | undefined;
  begin(world: SimulatedCluster, executions: Executions): void;
  /** Both have ended. */
  isOver(): boolean;
}

/** A second less than the shortest timeout of a function that calls AWS. */
const longestTurnMs =
  1000 *
  (Math.min(
    functionSeconds['survey-coordinators'],
    functionSeconds['terminate-instance'],
    functionSeconds['attach-eni'],
    functionSeconds['launch-standby'],
    functionSeconds['reset-alarms'],
    functionSeconds['record-incident'],
  ) -
    1);
/** How often it is looked whether a turn is over. */
const observeEveryMs = 50;

/** The executions' names, as stage.ts gives them to what people start. */
const names = { first: 'person-0', other: 'person-1' } as const;
type Who = keyof typeof names;

/** So that a trace tells it. */
type Note = (sentence: string) => void;

/** Without a schedule the first runs alone, undisturbed. */
export function createInterleaver(schedule: Schedule | null): Interleaver {
  let kill: Executions['kill'] = () => {};
  let note: Note = () => {};
  const held = (who: Who, point: Point | null | undefined, operation: string) => {
    if (point) note(`the ${who} is held ${pointText(point)}, ${operation}`);
    return 'held' as const;
  };
  const first = createPausableExecution(
    names.first,
    schedule?.first ?? null,
    ({ by, operation }) => {
      if (schedule?.kind !== 'die' || typeof by === 'string') {
        return held('first', schedule?.first, operation);
      }
      kill(by.executionArn);
      return 'dead';
    },
  );
  const other = createPausableExecution(names.other, schedule?.other ?? null, ({ operation }) =>
    held('other', schedule?.other, operation),
  );
  if (schedule === null) other.end();
  const executions = [first, other];
  const turns = turnsOf(schedule, first, other);

  const executionOf = ({ by }: StartedCall) =>
    typeof by === 'string'
      ? undefined
      : executions.find(({ name }) => by.executionArn.endsWith(`:${name}`));
  return {
    first,
    other,
    onCall: (call) => executionOf(call)?.onCall(call),
    onAnswer: (call) => executionOf(call)?.onAnswer(call),
    isOver: () => executions.every((execution) => execution.hasEnded()),
    begin(world, started) {
      kill = started.kill;
      note = (sentence) => world.facts.push({ kind: 'fault', atMs: world.time.now(), sentence });
      conduct(world, executions, turns, note);
    },
  };
}

/** Who runs, one after the other; after the last turn everybody does. */
function turnsOf(
  schedule: Schedule | null,
  first: PausableExecution,
  other: PausableExecution,
): readonly PausableExecution[] {
  if (schedule?.kind === 'hold') return [first, other, first];
  return schedule === null || schedule.other === null ? [first] : [other, first];
}

function conduct(
  world: SimulatedCluster,
  executions: readonly PausableExecution[],
  turns: readonly PausableExecution[],
  note: Note,
): void {
  const { time } = world;
  const turn = createTurns(executions, turns, { now: time.now, note });
  const observe = async () => {
    for (const execution of executions) {
      if (!execution.hasEnded() && (await hasEnded(world, execution.name))) execution.end();
    }
    turn.pass();
    if (!executions.every((execution) => execution.hasEnded()))
      time.after(observeEveryMs, () => void observe());
  };
  void observe();
}

function createTurns(
  executions: readonly PausableExecution[],
  turns: readonly PausableExecution[],
  { now, note }: { now(): number; readonly note: Note },
): { pass(): void } {
  const toCome = [...turns];
  let current = toCome.shift();
  let sinceMs: number | undefined;
  const isTooLong = () => sinceMs !== undefined && now() - sinceMs > longestTurnMs;
  const begin = (next: PausableExecution | undefined) => {
    current = next;
    sinceMs = next && now();
    for (const execution of next === undefined ? executions : [next]) {
      const isHeld = execution.isDone() && !execution.hasEnded();
      if (isHeld) note(`the ${execution.name === names.first ? 'first' : 'other'} goes on`);
      execution.goOn();
    }
  };
  current?.goOn();
  return {
    pass() {
      if (current === undefined) return;
      // The first turn begins with the first call: until then both wait out the grace time.
      if (current.operations.length > 0) sinceMs ??= now();
      if (current.isDone() || isTooLong()) begin(toCome.shift());
    },
  };
}

const caller = {
  accessKeyId: 'SIMULATION',
  principalArn: 'arn:aws:iam::123456789012:root',
};

/** False while it has not begun. */
async function hasEnded({ deployment }: SimulatedCluster, name: string): Promise<boolean> {
  const { stepFunctions, stateMachineArn } = deployment;
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  try {
    const found = await dispatch(
      stepFunctions.service,
      'DescribeExecution',
      { executionArn },
      caller,
    );
    return (found as DescribeExecutionOutput).status !== 'RUNNING';
  } catch {
    return false;
  }
}
