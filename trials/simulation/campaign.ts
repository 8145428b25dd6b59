/**
 * Many incidents over several threads. Every run is told apart by its number, so that the same seed
 * gives the same incidents however many threads there are.
 */
import { Worker } from 'node:worker_threads';
import type { Faults } from './faults.ts';
import { shrinkingMs } from './judge.ts';
import type { FailedRun, Task, WorkerData, WorkerMessage } from './worker.ts';

export interface CampaignOptions extends WorkerData {
  readonly runs: number;
  readonly workers: number;
  /** Told in words after each batch, and before the search for the shortest schedule. */
  onProgress?(text: string): void;
}

export interface Totals {
  readonly runs: number;
  readonly virtualSeconds: number;
  readonly executions: number;
  readonly failures: readonly FailedRun[];
}

export interface Campaign extends Totals {
  /** Of the first failing run, where one could be found. */
  readonly shortest?: Faults;
}

/** Runs that a thread is given at once. */
const batch = 20;
/** With so many failing runs the rest would only say the same. */
const mostFailures = 20;

/** Rejects when a thread fails: that is a bug, in the simulation or in what it runs. */
export async function runCampaign(options: CampaignOptions): Promise<Campaign> {
  const { template, seed, runs } = options;
  const threads = Array.from({ length: Math.min(options.workers, runs) }, () =>
    startThread({ template, seed }),
  );
  let next = 0;
  let totals: Totals = { runs: 0, virtualSeconds: 0, executions: 0, failures: [] };
  const work = async ({ ask }: Thread) => {
    while (next < runs && totals.failures.length < mostFailures) {
      const from = next;
      next = Math.min(runs, from + batch);
      const told = await ask({ kind: 'run', from, to: next });
      if (told.kind !== 'ran') continue;
      totals = added(totals, told);
      options.onProgress?.(`${totals.runs} of ${runs}, ${totals.failures.length} with violations`);
    }
  };
  try {
    await Promise.all(threads.map(work));
    const failures = totals.failures.toSorted((one, other) => one.number - other.number);
    const [first] = failures;
    const [thread] = threads;
    if (first === undefined || thread === undefined) return totals;
    options.onProgress?.(
      `Looking for the shortest schedule that fails as run ${first.number}, for up to ${shrinkingMs / 1000} s`,
    );
    const told = await thread.ask({ kind: 'shorten', number: first.number });
    const found = told.kind === 'shortened' ? told.faults : undefined;
    return { ...totals, failures, ...(found === undefined ? {} : { shortest: found }) };
  } finally {
    await Promise.all(threads.map(({ end }) => end()));
  }
}

function added(totals: Totals, told: Extract<WorkerMessage, { kind: 'ran' }>): Totals {
  return {
    runs: totals.runs + told.runs,
    virtualSeconds: totals.virtualSeconds + told.virtualSeconds,
    executions: totals.executions + told.executions,
    failures: [...totals.failures, ...told.failures],
  };
}

interface Thread {
  ask(task: Task): Promise<WorkerMessage>;
  end(): Promise<void>;
}

function startThread(data: WorkerData): Thread {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: data,
    // Nearly all of a run is garbage when it ends: with room for it, little is copied.
    resourceLimits: { maxYoungGenerationSizeMb: 96 },
  });
  const failed = new Promise<never>((_resolve, reject) => {
    worker.once('error', reject);
  });
  failed.catch(() => {});
  return {
    ask(task) {
      const answer = new Promise<WorkerMessage>((resolve) => {
        worker.once('message', (told: WorkerMessage) => resolve(told));
      });
      worker.postMessage(task);
      return Promise.race([answer, failed]);
    },
    async end() {
      await worker.terminate();
    },
  };
}
