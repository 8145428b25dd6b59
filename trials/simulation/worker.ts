/** A thread that runs incidents: it is given numbers of runs and tells how each went. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Violation } from './checkers/all.ts';
import type { Faults } from './faults.ts';
import { judge, shortest } from './judge.ts';
import { scheduleOf } from './schedules.ts';

export interface WorkerData {
  readonly template: object;
  readonly seed: number;
}

/** To the worker. */
export type Task =
  | { readonly kind: 'run'; readonly from: number; readonly to: number }
  | { readonly kind: 'shorten'; readonly number: number };

/** From the worker. */
export type WorkerMessage =
  | {
      readonly kind: 'ran';
      readonly runs: number;
      readonly virtualSeconds: number;
      readonly executions: number;
      readonly failures: readonly FailedRun[];
    }
  | { readonly kind: 'shortened'; readonly number: number; readonly faults: Faults | undefined };

export interface FailedRun {
  readonly number: number;
  readonly faults: Faults;
  readonly violations: readonly Violation[];
}

// Thousands of errors are thrown and caught on purpose; their stacks would cost a sixth of the time.
Error.stackTraceLimit = 0;

const { template, seed } = workerData as WorkerData;

parentPort?.on('message', (task: Task) => {
  void work(task).then((told) => parentPort?.postMessage(told));
});

async function work(task: Task): Promise<WorkerMessage> {
  if (task.kind === 'shorten') {
    const faults = await shortest({ template }, seed, task.number);
    return { kind: 'shortened', number: task.number, faults };
  }
  const failures: FailedRun[] = [];
  let virtualSeconds = 0;
  let executions = 0;
  for (let number = task.from; number < task.to; number += 1) {
    const faults = scheduleOf(seed, number);
    const { recording, violations } = await judge({ template, faults });
    virtualSeconds += (recording.endedAtMs - recording.startedAtMs) / 1000;
    executions += recording.executions.length;
    if (violations.length > 0) failures.push({ number, faults, violations });
  }
  return { kind: 'ran', runs: task.to - task.from, virtualSeconds, executions, failures };
}
