/**
 * A whole drill: one template, every planned scenario, one report.
 * With `--keep` the cluster stays up after it.
 * What can go wrong: a port that is in use. It is found out before the seconds that a synthesis takes.
 */

import { join } from 'node:path';
import { realClock } from '@coordinator-failover/local-cloud';
import { synthesize } from '../../infra/stack/synthesize.ts';
import type { DrillOptions } from './arguments.ts';
import { keepRunning } from './keep.ts';
import { createLiveView } from './live-view.ts';
import { takeLoopback } from './loopback.ts';
import type { Processes } from './processes.ts';
import { jsonReport, type ScenarioResult, textReport } from './report.ts';
import { runScenario } from './run-scenario.ts';
import { type DrillCluster, startWorld } from './world.ts';

/** Results in the order of the plan. Rejects with one sentence when it cannot even begin. */
export async function runDrill(
  options: DrillOptions,
  directory: string,
  processes: Processes,
  signal: AbortSignal,
): Promise<readonly ScenarioResult[]> {
  await (await takeLoopback(options.port)).release();
  const view = createLiveView(options.json ? process.stderr : process.stdout);
  view.note('Synthesizing the template ...');
  const synthesized = await synthesize(join(directory, 'cdk.out'));
  const how = options.https ? ', over HTTPS' : '';
  view.note(`Template ${synthesized.templateHash}, seed ${options.seed}${how}.`);
  const { port, https } = options;
  const common = { synthesized, port, https, directory, processes, signal };
  const keep = (world: DrillCluster) => keepRunning(world, { view, clock: realClock, signal });
  if (options.planned.length === 0) {
    const { coordinators, seed } = options;
    view.note(`Starting ${coordinators} coordinators as after an hour ...`);
    await keep(await startWorld({ ...common, coordinators, seed, clock: realClock }));
  }
  const results = await inParallel(options.planned, options.parallel, (planned, index) =>
    runScenario(planned, {
      ...common,
      seed: options.seed + index,
      view,
      ...(options.keep ? { keep } : {}),
    }),
  );
  const report = options.json ? jsonReport : textReport;
  console.log(`${options.json ? '' : '\n'}${report(synthesized.templateHash, results)}`);
  return results;
}

/** Results in the order of the items. At most so many are under way; the first error ends it. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  most: number,
  run: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await run(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
