/**
 * One scenario from beginning to end: a world of its own, the fault, the wait until everything holds,
 * the judgement. Whatever happens, its processes and its cloud are ended.
 * What can go wrong: the failover never ends. The wait is bounded, and what does not hold then is
 * the result.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realClock } from '@coordinator-failover/local-cloud';
import { findingsOf } from '../../history/findings.ts';
import { timelineOf } from '../../history/timeline.ts';
import { historyFrom } from '../../history/visits.ts';
import type { Synthesized } from '../../infra/stack/synthesize.ts';
import { messageOf } from '../../workflow/model/errors.ts';
import type { PlannedScenario } from './arguments.ts';
import { type DrillExecution, readAlarmHistory } from './executions.ts';
import { type Facts, whatDidNotHold } from './expectations.ts';
import {
  describeBystanders,
  executionsOf,
  type FactOptions,
  gatherFacts,
  takePicture,
} from './facts.ts';
import type { LiveView } from './live-view.ts';
import { type Phase, phasesOf } from './phases.ts';
import type { Processes } from './processes.ts';
import { type ScenarioResult, textReport } from './report.ts';
import { reportProblems } from './report-check.ts';
import { createStage, type Story } from './stage.ts';
import { type DrillCluster, startWorld } from './world.ts';

export interface RunOptions {
  readonly synthesized: Synthesized;
  readonly port: number;
  readonly https: boolean;
  readonly seed: number;
  /** The scenario's logs go into a folder of its own in there; it is kept when something did not hold. */
  readonly directory: string;
  readonly processes: Processes;
  readonly view: LiveView;
  readonly signal: AbortSignal;
  /** Called with the world when the scenario is over, before its cloud and processes are ended. */
  readonly keep?: (world: DrillCluster) => Promise<void>;
}

const clock = realClock;
/** Everything must hold within so long after the last thing was done. */
const settleWithinSeconds = 300;
/** And go on holding for longer than an alarm's period: a late execution would start by then. */
const quietSeconds = 12;
const observeEveryMs = 1000;
const pictureEveryMs = 500;

/** Rejects only when it is aborted. */
export async function runScenario(
  planned: PlannedScenario,
  options: RunOptions,
): Promise<ScenarioResult> {
  const { scenario } = planned;
  const directory = join(options.directory, scenario.name);
  await mkdir(directory, { recursive: true });
  const say = (sentence: string) => options.view.say(scenario.name, sentence);
  let world: DrillCluster | undefined;
  let result: ScenarioResult;
  try {
    say(`starting ${planned.coordinators} coordinators as after an hour (seed ${options.seed}).`);
    const { coordinators } = planned;
    const { parameters = {} } = scenario;
    world = await startWorld({ ...options, coordinators, parameters, directory, clock });
    result = await runInWorld(world, planned, options, directory);
    if (options.keep !== undefined) {
      options.view.note(textReport(options.synthesized.templateHash, [result]));
      await options.keep(world);
    }
  } catch (error) {
    options.signal.throwIfAborted();
    result = failed(scenario, error);
    const details = error instanceof Error ? error.stack : String(error);
    await writeFile(join(directory, 'error.txt'), details ?? '');
  } finally {
    await world?.stop();
  }
  if (result.ok) await rm(directory, { recursive: true, force: true });
  const words = result.ok ? 'held' : `DID NOT HOLD. ${result.why[0] ?? ''}`;
  options.view.finish(scenario.name, `${words}${outageWords(result.outageSeconds)}`);
  return result.ok ? result : { ...result, logs: directory };
}

async function runInWorld(
  world: DrillCluster,
  { scenario, coordinators }: PlannedScenario,
  options: RunOptions,
  directory: string,
): Promise<ScenarioResult> {
  const { view, signal } = options;
  const { stage, story } = createStage(world, {
    clock,
    signal,
    say: (sentence) => view.say(scenario.name, sentence),
  });
  const factOptions: FactOptions = {
    world,
    story,
    bystandersBefore: describeBystanders(world),
    coordinators,
    httpPort: world.httpPort,
    clock,
  };
  const watching = new AbortController();
  const watch = showPictures(world, story, scenario.name, view, watching.signal);
  try {
    view.say(scenario.name, `the cluster is up: ${scenario.done}.`);
    const problem = await scenario.run(stage).then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    signal.throwIfAborted();
    const facts = await settle(scenario.expectation, factOptions, signal);
    const why = whatDidNotHold(scenario.expectation, facts);
    const executions = await executionsOf(world, story);
    const result = await summarize(world, story, facts, executions);
    const misreported = reportProblems(executions, new Date(clock.now()).toISOString());
    const all = [...(problem === undefined ? [] : [problem]), ...why, ...misreported];
    if (all.length > 0) await keepRecord(directory, world, executions);
    const { name, must } = scenario;
    return { name, must, ok: all.length === 0, ...result, why: all };
  } finally {
    watching.abort();
    await watch;
  }
}

/** Until everything has held for a while, or the time is over. */
async function settle(
  expectation: PlannedScenario['scenario']['expectation'],
  options: FactOptions,
  signal: AbortSignal,
): Promise<Facts> {
  const endsAt = clock.now() + settleWithinSeconds * 1000;
  let heldSince: number | undefined;
  for (;;) {
    const facts = await gatherFacts(options);
    const now = clock.now();
    const holds = whatDidNotHold(expectation, facts).length === 0;
    heldSince = holds ? (heldSince ?? now) : undefined;
    if (heldSince !== undefined && now - heldSince >= quietSeconds * 1000) return facts;
    if (now >= endsAt) return facts;
    await clock.sleep(observeEveryMs, signal);
  }
}

async function summarize(
  world: DrillCluster,
  story: Story,
  facts: Facts,
  executions: readonly DrillExecution[],
): Promise<Pick<ScenarioResult, 'outageSeconds' | 'decisions' | 'terminated' | 'phases'>> {
  const histories = executions.map(({ events }) => historyFrom(events));
  const sources = {
    answers: world.client.answers(),
    alarmChanges: await readAlarmHistory(world.clients.cloudWatch, world.alarmNames),
    timelines: histories.map(timelineOf),
  };
  const phases = story.faults.map(({ at }, index): Phase[] => {
    const until = story.faults[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return phasesOf(sources, { from: at, until }, facts.outages[index] ?? { kind: 'none' });
  });
  const seconds = facts.outages.flatMap((one) => (one.kind === 'over' ? [one.seconds] : []));
  const allOver = seconds.length === facts.outages.length && seconds.length > 0;
  return {
    outageSeconds: allOver ? Math.max(...seconds) : null,
    decisions: histories
      .flatMap((history) => findingsOf(history, 'decision'))
      .map(({ finding: { rule, outcome, sentence }, foundAt }) => ({
        rule: rule ?? '',
        outcome: outcome ?? '',
        sentence: sentence ?? '',
        at: Date.parse(foundAt ?? ''),
      }))
      .sort((one, other) => one.at - other.at),
    terminated: facts.terminated,
    phases,
  };
}

async function showPictures(
  world: DrillCluster,
  story: Story,
  name: string,
  view: LiveView,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    // A picture that cannot be taken is not a result; what matters is read again at the end.
    const picture = await takePicture(world, story, clock).catch(() => undefined);
    if (picture !== undefined && !signal.aborted) view.show(name, picture);
    await clock.sleep(pictureEveryMs, signal).catch(() => undefined);
  }
}

/** For whoever wants to know why: every execution's history and every call to AWS. */
async function keepRecord(
  directory: string,
  world: DrillCluster,
  executions: readonly DrillExecution[],
): Promise<void> {
  await writeFile(join(directory, 'executions.json'), JSON.stringify(executions, undefined, 2));
  await writeFile(join(directory, 'calls.json'), JSON.stringify(world.cloud.calls, undefined, 2));
}

function failed({ name, must }: PlannedScenario['scenario'], error: unknown): ScenarioResult {
  return {
    name,
    must,
    ok: false,
    outageSeconds: null,
    decisions: [],
    terminated: [],
    phases: [],
    why: [messageOf(error)],
  };
}

function outageWords(outageSeconds: number | null): string {
  return outageSeconds === null
    ? '.'
    : `; the client was without it for ${outageSeconds.toFixed(1)} s.`;
}
