/**
 * The Task states of one execution: calls their functions, within their timeouts, and writes it into
 * the history.
 * What can go wrong: a function goes on after its task's timeout and after the execution has ended,
 * as in Lambda. Its late answer is dropped here.
 */
import type { Clock } from '../clock.ts';
import { parseJson } from '../json.ts';
import type { ExecutionHistory, Failure } from './execution-history.ts';

/** Calls a function: resolves with its result, rejects with an Error whose name is its error type. */
export type Invoke = (functionArn: string, input: unknown) => Promise<unknown>;

/** Step Functions quotas: input or result of a task, state or execution, bytes of UTF-8. */
export const largestPayloadBytes = 262_144;

export interface TaskRunner {
  /** The engine reports that it tries a task state (again): only then may its function be called. */
  announce(timeoutSeconds: number): void;
  /** Time that earlier states took and that is spent before the next function is called. */
  owe(milliseconds: number): void;
  /** How far the execution is ahead of the clock, in milliseconds. */
  debtMs(): number;
  payDebt(): Promise<void>;
  run(functionArn: string, input: unknown): Promise<unknown>;
}

export function createTaskRunner(
  options: { readonly clock: Clock; readonly invoke: Invoke },
  history: ExecutionHistory,
  ended: AbortSignal,
): TaskRunner {
  let announced = Promise.withResolvers<number>();
  let debtMs = 0;

  const payDebt = async () => {
    const owedMs = debtMs;
    if (owedMs > 0) await options.clock.sleep(owedMs, ended);
    debtMs -= owedMs;
  };
  const call = async (functionArn: string, input: unknown): Promise<string> => {
    try {
      return JSON.stringify((await options.invoke(functionArn, input)) ?? null);
    } catch (error) {
      throw new TaskFailure(failureOf(error));
    }
  };
  const withinTime = async (timeoutSeconds: number, work: Promise<string>): Promise<string> => {
    const answered = new AbortController();
    const timeout = options.clock
      .sleep(timeoutSeconds * 1000, AbortSignal.any([answered.signal, ended]))
      .then(() => Promise.reject(new TaskTimedOut()));
    try {
      return await Promise.race([work, timeout]);
    } finally {
      timeout.catch(() => {});
      answered.abort();
    }
  };
  return {
    announce: (timeoutSeconds) => announced.resolve(timeoutSeconds),
    owe(milliseconds) {
      debtMs += milliseconds;
    },
    debtMs: () => debtMs,
    payDebt,
    async run(functionArn, input) {
      const timeoutSeconds = await unlessEnded(announced.promise, ended);
      announced = Promise.withResolvers();
      await unlessEnded(payDebt(), ended);
      const text = JSON.stringify(input ?? null);
      if (isTooLarge(text)) throw new DataLimitExceeded();
      history.functionScheduled(functionArn, text, timeoutSeconds);
      history.functionStarted();
      const work = withinTime(timeoutSeconds, call(functionArn, input));
      const result = await unlessEnded(work, ended).catch((error: unknown) => {
        if (error instanceof TaskFailure) history.functionFailed(error.failure);
        if (error instanceof TaskTimedOut) history.functionTimedOut();
        throw error;
      });
      if (isTooLarge(result)) {
        const tooLarge = new DataLimitExceeded();
        history.functionFailed({ error: tooLarge.name, cause: tooLarge.message });
        throw tooLarge;
      }
      history.functionSucceeded(result);
      return parseJson(result);
    },
  };
}

export function isTooLarge(text: string): boolean {
  return Buffer.byteLength(text) > largestPayloadBytes;
}

/** A function's error as the engine matches and keeps it: by name, with AWS's JSON as its cause. */
class TaskFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.cause);
    this.name = failure.error;
    this.failure = failure;
  }
}

/** States.ALL does not match it (Step Functions, "Error names"): the engine asks these two. */
export class DataLimitExceeded extends Error {
  override readonly name = 'States.DataLimitExceeded';
  readonly isRetryable = false;
  readonly isCatchable = false;

  constructor() {
    super(
      `A state or task has a result with a size exceeding the maximum number of bytes service limit, ${largestPayloadBytes}.`,
    );
  }
}

/**
 * The engine's own timeout has its name as its cause, AWS's has none: `{"Error":"States.Timeout",
 * "Cause":""}` (read in public reports, serverless-coffee-workshop issue 15).
 */
class TaskTimedOut extends Error {
  override readonly name = 'States.Timeout';
}

/** Ends a task of which nobody waits for the answer any more. */
class Abandoned extends Error {
  override readonly name = 'Abandoned';
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/** Without this the engine's own timer would outlive the execution. */
function unlessEnded<Result>(work: Promise<Result>, ended: AbortSignal): Promise<Result> {
  if (ended.aborted) return Promise.reject(new Abandoned());
  return new Promise((resolve, reject) => {
    const abandon = () => reject(new Abandoned());
    ended.addEventListener('abort', abandon, { once: true });
    work.then(resolve, reject).finally(() => ended.removeEventListener('abort', abandon));
  });
}

/** Errors of the Lambda service come as plain text, errors of functions as Lambda's JSON. */
function failureOf(thrown: unknown): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name.startsWith('Lambda.')) return { error: error.name, cause: error.message };
  const trace = 'trace' in error ? error.trace : (error.stack ?? '').split('\n');
  const cause = { errorType: error.name, errorMessage: error.message, trace };
  return { error: error.name, cause: JSON.stringify(cause) };
}
