/**
 * One incident from its beginning until everything is well again, or time is up: a world, its faults,
 * and the recording of what happened.
 */
import {
  isPendingOrRunning,
  isShuttingDownOrTerminated,
} from '../../workflow/model/instance-state.ts';
import { isRolledOut } from './checkers/versions.ts';
import type { Deployment } from './deployment.ts';
import { createExecutions, type Executions } from './executions.ts';
import type { Recording, Truth } from './recording.ts';
import { type FaultStage, scheduleFaults } from './stage.ts';
import { createVirtualTime, installFakeTimers } from './virtual-time.ts';
import { openWorld, type SimulatedCluster, type SimulatedClusterOptions } from './world.ts';

export interface IncidentOptions extends Omit<SimulatedClusterOptions, 'time'> {
  /** Told when everything stands, before time begins to pass. */
  readonly onBegin?: (world: SimulatedCluster, executions: Executions) => void;
}

/** Every run begins at the same moment. */
const startMs = Date.UTC(2026, 9, 2, 12, 0, 0);
/** After the last fault. Two boot limits of ten minutes, and the schedule, fit in. */
const mostSecondsAfter = 45 * 60;
/** How often it is looked whether all is well. */
const observeEveryMs = 1_000;

/** Takes over the thread's timers and clock while it runs. Rejects for a bug only. */
export async function runIncident(options: IncidentOptions): Promise<Recording> {
  const time = createVirtualTime(startMs);
  const restore = installFakeTimers(time);
  let end: () => Promise<void> = async () => {};
  try {
    let executions: Executions | undefined;
    const world = await openWorld({
      ...options,
      time,
      onCall(call) {
        executions?.beforeCall(call);
        return options.onCall?.(call);
      },
      onAnswer(call) {
        executions?.afterCall(call);
        return options.onAnswer?.(call);
      },
    });
    const { faults, deployment, facts } = world;
    end = () => endWorld(world);
    const stage = scheduleFaults(world);
    executions = createExecutions({
      time,
      troubles: faults.executions,
      deployment,
      facts,
      onEntered: stage.entered,
    });
    options.onBegin?.(world, executions);
    const ended = await time.run(settledTest(world, executions, stage), () => untilMs(stage));
    return {
      startedAtMs: startMs,
      endedAtMs: time.now(),
      ending: ended === 'over' ? 'settled' : 'out of time',
      cluster: deployment.cluster,
      settings: deployment.settings,
      // A copy: what happens while the world is taken down is no part of the run.
      facts: [...facts],
      executions: await executions.records(),
      last: world.truth(),
      templateVersion: deployment.templateVersion(),
      lastFaultAtMs: stage.lastFaultAtMs(),
    };
  } finally {
    await end();
    restore();
  }
}

/**
 * Whoever still waits is let go: a signal that is made of others (AbortSignal.any) is kept by Node, and
 * with it the whole world, until it is aborted. Nobody waits for the end of that: time has stopped.
 */
async function endWorld({ deployment, time }: SimulatedCluster): Promise<void> {
  const { eventBus, cloudWatch, stepFunctions, ec2 } = deployment;
  for (const service of [eventBus, cloudWatch, stepFunctions, ec2]) {
    service.stop().catch(() => {});
  }
  await time.settle();
}

function untilMs({ lastFaultAtMs }: FaultStage): number {
  return lastFaultAtMs() + mostSecondsAfter * 1000;
}

function settledTest(
  world: SimulatedCluster,
  executions: Executions,
  { lastFaultAtMs }: FaultStage,
): () => boolean | Promise<boolean> {
  let nextObservationMs = 0;
  return () => {
    const nowMs = world.time.now();
    if (nowMs < nextObservationMs || nowMs < lastFaultAtMs() + observeEveryMs) return false;
    nextObservationMs = nowMs + observeEveryMs;
    return isWell(world, executions);
  };
}

/** The address is served, the coordinators are complete, and nobody is at work. */
async function isWell(world: SimulatedCluster, executions: Executions): Promise<boolean> {
  const truth = world.truth();
  if (executions.anyToCome() || !isServed(world, truth)) return false;
  if (!areComplete(world, truth) || !isRolledOut(truth, world.deployment.templateVersion())) {
    return false;
  }
  return (
    !(await world.aws.anyAlarm(Object.values(world.deployment.cluster.alarms))) &&
    !(await executions.anyRunning())
  );
}

function isServed({ fleet }: SimulatedCluster, { address, instances }: Truth): boolean {
  if (address === 'deleted' || address.status !== 'attached' || !address.usable) return false;
  const holder = instances.find(({ instanceId }) => instanceId === address.instanceId);
  // One that is shutting down serves for some seconds more.
  const isServing = holder !== undefined && fleet.server()?.instanceId === holder.instanceId;
  return isServing && holder.retired === null && !isShuttingDownOrTerminated(holder);
}

/** What was retired is gone. What somebody stopped stays as it is. */
function areComplete({ deployment }: SimulatedCluster, { instances }: Truth): boolean {
  const ours = instances.filter((one) => one.ours && !isShuttingDownOrTerminated(one));
  const coordinators = ours.filter(isPendingOrRunning);
  return (
    ours.every(({ retired }) => retired === null) &&
    mayBe(deployment, coordinators).includes(coordinators.length) &&
    coordinators.every(({ healthyForMs }) => healthyForMs !== null)
  );
}

/** One more stands beside an outdated active until a person asks for the move: {"upgrade": true}. */
function mayBe(deployment: Deployment, coordinators: Truth['instances']): readonly number[] {
  const wanted = deployment.settings.haCoordinatorsCount;
  const version = deployment.templateVersion();
  const isOutdated = coordinators.some(({ templateVersion }) => templateVersion !== version);
  return isOutdated ? [wanted, wanted + 1] : [wanted];
}
