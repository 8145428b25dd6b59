/**
 * Tasks over several threads of one kind. A task is told apart by its own content, so that the same
 * tasks give the same results however many threads there are; results come back in the order of tasks.
 */
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';

export interface ThreadsOptions<Task> {
  /** The module of a thread; it calls `serve`. */
  readonly module: URL;
  /** What every thread is given once. */
  readonly data: unknown;
  readonly tasks: readonly Task[];
  readonly workers: number;
  /** Told after each task. */
  onProgress?(done: number): void;
}

/** Rejects when a thread fails: that is a bug, in the simulation or in what it runs. */
export async function onThreads<Task, Result>(options: ThreadsOptions<Task>): Promise<Result[]> {
  const { tasks } = options;
  const results: Result[] = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    const worker = new Worker(options.module, { workerData: options.data });
    try {
      while (next < tasks.length) {
        const place = next;
        next += 1;
        results[place] = await ask<Task | undefined, Result>(worker, tasks[place]);
        done += 1;
        options.onProgress?.(done);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: options.workers }, work));
  return results;
}

function ask<Task, Result>(worker: Worker, task: Task): Promise<Result> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(error);
    worker.once('error', failed);
    worker.once('message', (result: Result) => {
      worker.off('error', failed);
      resolve(result);
    });
    worker.postMessage(task);
  });
}

/** In a thread: does every task that comes. */
export function serve<Data, Task, Result>(work: (task: Task, data: Data) => Promise<Result>): void {
  // Thousands of errors are thrown and caught on purpose; their stacks would cost a sixth of the time.
  Error.stackTraceLimit = 0;
  const port: MessagePort | null = parentPort;
  port?.on('message', (task: Task) => {
    void work(task, workerData as Data).then((result) => port.postMessage(result));
  });
}
