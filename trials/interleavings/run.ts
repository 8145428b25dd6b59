/**
 * Runs one schedule: a coordinator with a hot standby, at most one failure, two executions that are
 * started at the same moment, and nobody else until both have ended. Then alarms and the schedule are
 * delivered as ever, and the world must come to rest.
 */
import type { Latencies, LatencyName } from '@coordinator-failover/local-cloud';
import { eventAgeSeconds } from '../../workflow/model/timing.ts';
import { violationsOf } from '../simulation/checkers/all.ts';
import { type Faults, noFaults, type OperatorAction } from '../simulation/faults.ts';
import type { Handler } from '../simulation/functions.ts';
import { runIncident } from '../simulation/incident.ts';
import type { Recording, Truth } from '../simulation/recording.ts';
import { miscounts } from './counts.ts';
import { createInterleaver, type Interleaver } from './interleaver.ts';
import { type PaceName, type PairName, pairs, type Schedule } from './schedule.ts';

export interface InterleavingOptions {
  readonly template: object;
  /** @default the real ones */
  readonly handlers?: Readonly<Record<string, Handler>>;
}

export interface Played {
  /** How many calls to AWS each of the two made. */
  readonly calls: readonly [number, number];
  /** Both came to where they were to be interrupted. */
  readonly reached: boolean;
  /** A sentence each; none when everything holds. */
  readonly problems: readonly string[];
  readonly recording: Recording;
}

/** The host has said that it failed, and everybody has heard it. */
const failsAtSeconds = 5;
const startAtSeconds = 14;
/** Both have ended long before. */
const laterAtSeconds = 200;
/** Events that come while the two are at work: late, but within the age that the rules allow. */
const lateMs = (eventAgeSeconds * 1000) / 2;

export async function play(schedule: Schedule, options: InterleavingOptions): Promise<Played> {
  const { pair, setting } = schedule;
  const { failed, starts } = pairs[pair];
  const interleaver = createInterleaver(schedule);
  const later: readonly OperatorAction['does'][] =
    !failed && schedule.kind === 'die' ? ['start'] : [];
  const incident = { failed, starts, later, setting };
  const { recording, before } = await record(interleaver, incident, options);
  const { first, other } = interleaver;
  const violations = violationsOf(recording).map(
    ({ checker, sentence }) => `${checker}: ${sentence}`,
  );
  return {
    calls: [first.operations.length, other.operations.length],
    reached: first.isReached() && (schedule.other === null || other.isReached()),
    problems: [...violations, ...miscounts(recording, before, schedule)],
    recording,
  };
}

/** The operations that one of a pair calls when it is alone and nobody disturbs it. */
export async function undisturbedCalls(
  { pair, setting, which }: Alone,
  options: InterleavingOptions,
): Promise<readonly string[]> {
  const { failed, starts } = pairs[pair];
  const interleaver = createInterleaver(null);
  const own = [starts[which === 'first' ? 0 : 1]];
  await record(interleaver, { failed, starts: own, later: [], setting }, options);
  return interleaver.first.operations;
}

export interface Alone {
  readonly pair: PairName;
  readonly setting: PaceName;
  readonly which: 'first' | 'other';
}

interface Incident {
  readonly failed: boolean;
  readonly starts: readonly OperatorAction['does'][];
  /**
   * The next observation, as the schedule has it. Where the one that moved the address dies before it has
   * verified, and the other one has looked before that, nobody else sees the successor answer.
   */
  readonly later: readonly OperatorAction['does'][];
  readonly setting: PaceName;
}

async function record(
  interleaver: Interleaver,
  incident: Incident,
  options: InterleavingOptions,
): Promise<{ readonly recording: Recording; readonly before: Truth }> {
  let before: Truth | undefined;
  const recording = await runIncident({
    ...options,
    faults: faultsOf(incident),
    latencies: latenciesOf[incident.setting],
    deliveries: () => (interleaver.isOver() ? [0] : [lateMs]),
    onCall: interleaver.onCall,
    onAnswer: interleaver.onAnswer,
    onBegin(world, executions) {
      before = world.truth();
      interleaver.begin(world, executions);
    },
  });
  if (before === undefined) throw new Error('The run never began.');
  return { recording, before };
}

function faultsOf({ failed, starts, later }: Incident): Faults {
  const failure = {
    who: 'active',
    does: 'exits',
    atSeconds: failsAtSeconds,
    forSeconds: null,
  } as const;
  return {
    ...noFaults,
    hosts: failed ? [failure] : [],
    people: [...startedAt(starts, startAtSeconds), ...startedAt(later, laterAtSeconds)],
  };
}

function startedAt(
  operatorActions: readonly OperatorAction['does'][],
  fromSeconds: number,
): OperatorAction[] {
  return operatorActions.map((does) => ({ does, fromSeconds, forSeconds: 1 }));
}

/** Milliseconds. What is not there takes no time. */
const slowMs: Partial<Record<LatencyName, number>> = {
  apiCall: 20,
  describeLag: 3_000,
  eniForceDetach: 1_200,
  eniAttach: 500,
  eniUsableInGuest: 700,
  lambdaInvoke: 10,
  stateTransition: 10,
};

const latenciesOf: Readonly<Record<PaceName, Latencies>> = {
  prompt: () => 0,
  slow: (name) => slowMs[name] ?? 0,
};
