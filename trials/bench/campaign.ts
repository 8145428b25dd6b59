/** All incidents of a benchmark, over several threads, and what they come to. */
import type { Numbers } from '../../infra/stack/stack.ts';
import { settingRules } from '../../workflow/model/settings.ts';
import { templateInHand } from '../simulation/template.ts';
import { onThreads } from '../simulation/threads.ts';
import type { BenchData, BenchIncident, BenchTask } from './incident.ts';
import { failureKinds, type KindSummary, summarize } from './summary.ts';

export interface BenchRun {
  readonly incidents: number;
  readonly seed: number;
  readonly workers: number;
  readonly numbers: Numbers;
  onProgress(done: number, all: number): void;
}

export async function measure(run: BenchRun): Promise<KindSummary[]> {
  const { numbers, seed } = run;
  const { template } = await templateInHand(numbers);
  const coordinators = numbers.haCoordinatorsCount ?? settingRules.haCoordinatorsCount.default;
  const data: BenchData = { template, seed, coordinators };
  const tasks: BenchTask[] = failureKinds.flatMap((kind) =>
    Array.from({ length: run.incidents }, (_, number) => ({ kind, number })),
  );
  const incidents = await onThreads<BenchTask, BenchIncident>({
    module: new URL('./worker.ts', import.meta.url),
    data,
    tasks,
    workers: run.workers,
    onProgress: (done) => run.onProgress(done, tasks.length),
  });
  return failureKinds.map((kind) => summarize(incidents, kind, seed));
}
