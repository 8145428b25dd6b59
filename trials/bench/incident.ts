/**
 * One incident of the benchmark: an active coordinator with a hot standby fails in one of four ways,
 * and a client waits until it is served again. Nothing else goes wrong; how long AWS takes is drawn.
 * What can go wrong: a failure that always comes at the same point of the probe's second and the
 * alarm's period. So its moment is drawn, too.
 */
import { latenciesFrom, randomFrom } from '@coordinator-failover/local-cloud';
import { awsLatencies } from '../../workflow/aws-latencies.ts';
import type { FailureKind } from '../../workflow/time-budget.ts';
import { type HostFaultKind, noFaults } from '../simulation/faults.ts';
import type { Fact } from '../simulation/recording.ts';
import { mixed } from '../simulation/schedules.ts';
import { scheduleFaults } from '../simulation/stage.ts';
import { createVirtualTime, installFakeTimers } from '../simulation/virtual-time.ts';
import { openWorld } from '../simulation/world.ts';
import { startClient } from './client.ts';
import { type Draws, noteDraws } from './draws.ts';
import { type Floor, floorOf } from './floor.ts';
import { momentsOf, type Phases, phasesOf } from './phases.ts';

export interface BenchTask {
  readonly kind: FailureKind;
  /** Of the incident within its kind, from 0. */
  readonly number: number;
}

export interface BenchIncident extends BenchTask {
  /** From the failure to the first answer of the new coordinator; null: not within the limit. */
  readonly outageSeconds: number | null;
  readonly phases: Phases;
  readonly floor: Floor;
}

export interface BenchData {
  readonly template: object;
  readonly seed: number;
  /** HACoordinatorsCount. */
  readonly coordinators: number;
}

const faultOf: Readonly<Record<FailureKind, HostFaultKind>> = {
  'process-exit': 'exits',
  'process-hang': 'hangs',
  'node-unresponsive': 'vanishes',
  'node-gone': 'is terminated',
};

const startMs = Date.UTC(2026, 9, 2, 12, 0, 0);
/** The probes have published and the client has been served. */
const quietSeconds = 15;
/** The alarm's period, and the probes' publishing: the failure comes anywhere within. */
const spreadSeconds = 10;
/** A client that waits for so long is not served: the worst there is. */
export const limitSeconds = 900;

/** Takes over the thread's timers and clock while it runs. */
export async function runBenchIncident(
  { kind, number }: BenchTask,
  { template, seed, coordinators }: BenchData,
): Promise<BenchIncident> {
  const time = createVirtualTime(startMs);
  const restore = installFakeTimers(time);
  try {
    const own = mixed(seed, number);
    const random = randomFrom(own >>> 0);
    const atSeconds = quietSeconds + spreadSeconds * random.next();
    const draws = noteDraws(
      latenciesFrom(awsLatencies, randomFrom(random.next() * 2 ** 32)),
      time.now,
    );
    const hosts = [{ who: 'active', does: faultOf[kind], atSeconds, forSeconds: null }] as const;
    const faults = { ...noFaults, seed: own >>> 0, coordinators, hosts };
    const world = await openWorld({ template, faults, time, latencies: draws.latencies });
    const { network, deployment, facts } = world;
    deployment.stepFunctions.onStateEntered(({ executionArn, stateName: name }) => {
      facts.push({ kind: 'state', atMs: time.now(), executionArn, name });
    });
    scheduleFaults(world);
    const client = startClient({ time, network, address: deployment.cluster.coordinatorAddress });
    const failedAtMs = startMs + atSeconds * 1000;
    const untilMs = failedAtMs + limitSeconds * 1000;
    await time.run(
      () => client.servedAtMs() !== undefined,
      () => untilMs,
    );
    client.stop();
    return { kind, number, ...measured(client.servedAtMs(), failedAtMs, facts, draws) };
  } finally {
    restore();
  }
}

function measured(
  servedAtMs: number | undefined,
  failedAtMs: number,
  facts: readonly Fact[],
  draws: Draws,
): Omit<BenchIncident, keyof BenchTask> {
  const moments = momentsOf(facts, draws, failedAtMs, servedAtMs);
  return {
    outageSeconds: servedAtMs === undefined ? null : (servedAtMs - failedAtMs) / 1000,
    phases: phasesOf(moments),
    floor: floorOf(moments, draws),
  };
}
