/**
 * Lets two executions take turns, as a schedule says. Whoever it is not the turn of stands still at its
 * next call to AWS.
 * What can go wrong: an execution that is held for longer than its function may run. Then the function
 * would time out; so no turn lasts longer than a function may take.
 */
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { dispatch } from '../../local-cloud/dispatch.ts';
import type { StartedCall } from '../aws-calls.ts';
import type { Executions } from '../executions.ts';
import type { World } from '../world.ts';
import { createPlayer, type Player } from './player.ts';
import type { Schedule } from './schedule.ts';

export interface Conductor {
  readonly first: Player;
  readonly other: Player;
  onCall(call: StartedCall): Promise<void> | undefined;
  onAnswer(call: StartedCall): Promise<void> | undefined;
  begin(world: World, executions: Executions): void;
  /** Both have ended. */
  isOver(): boolean;
}

/** The shortest timeout of a function is 10 s (infra/functions.ts). */
const longestTurnMs = 9_000;
/** How often it is looked whether a turn is over. */
const lookEveryMs = 50;

/** The executions' names, as stage.ts gives them to what people start. */
const names = ['person-0', 'person-1'] as const;

/** Without a schedule the first runs alone, undisturbed. */
export function createConductor(schedule: Schedule | null): Conductor {
  let kill: Executions['kill'] = () => {};
  const first = createPlayer(names[0], schedule?.first ?? null, ({ by }) => {
    if (schedule?.kind !== 'die' || typeof by === 'string') return 'held';
    kill(by.executionArn);
    return 'dead';
  });
  const other = createPlayer(names[1], schedule?.other ?? null, () => 'held');
  if (schedule === null) other.end();
  const players = [first, other];
  const turns = turnsOf(schedule, first, other);

  const playerOf = ({ by }: StartedCall) =>
    typeof by === 'string'
      ? undefined
      : players.find(({ name }) => by.executionArn.endsWith(`:${name}`));
  return {
    first,
    other,
    onCall: (call) => playerOf(call)?.onCall(call),
    onAnswer: (call) => playerOf(call)?.onAnswer(call),
    isOver: () => players.every((player) => player.hasEnded()),
    begin(world, executions) {
      kill = executions.kill;
      conduct(world, players, turns);
    },
  };
}

/** Who runs, one after the other; after the last turn everybody does. */
function turnsOf(schedule: Schedule | null, first: Player, other: Player): readonly Player[] {
  if (schedule?.kind === 'hold') return [first, other, first];
  return schedule === null || schedule.other === null ? [first] : [other, first];
}

function conduct(world: World, players: readonly Player[], turns: readonly Player[]): void {
  const { time } = world;
  const turn = createTurns(players, turns, time.now);
  const look = async () => {
    for (const player of players) {
      if (!player.hasEnded() && (await hasEnded(world, player.name))) player.end();
    }
    turn.pass();
    if (!players.every((player) => player.hasEnded())) time.after(lookEveryMs, () => void look());
  };
  void look();
}

function createTurns(
  players: readonly Player[],
  turns: readonly Player[],
  now: () => number,
): { pass(): void } {
  const toCome = [...turns];
  let current = toCome.shift();
  let sinceMs: number | undefined;
  const isTooLong = () => sinceMs !== undefined && now() - sinceMs > longestTurnMs;
  const begin = (next: Player | undefined) => {
    current = next;
    sinceMs = next && now();
    for (const player of next === undefined ? players : [next]) player.goOn();
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
async function hasEnded({ deployment }: World, name: string): Promise<boolean> {
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
