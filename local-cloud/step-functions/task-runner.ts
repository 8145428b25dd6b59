/**
 * The Task states of one execution: calls what they name and writes it into the history.
 * What can go wrong: the engine lets a task go on after its timeout and after the execution has
 * ended, as Lambda does. Its late answer is dropped here.
 */
import type { Clock } from '../clock.ts';
import { parseJson } from '../json.ts';
import { refuseUnknownParameters } from '../service.ts';
import type { ExecutionHistory, Failure } from './execution-history.ts';
import type { Integrations, TaskEvents, TaskTarget } from './task-target.ts';

/** Calls a function: resolves with its result, rejects with an Error whose name is its error type. */
export type Invoke = (functionArn: string, input: unknown) => Promise<unknown>;

/** Step Functions quotas: input or result of a task, state or execution, bytes of UTF-8. */
export const largestPayloadBytes = 262_144;

export interface TaskRunner {
  /** The engine reports that it tries a task state (again): only then may its function be called. */
  announce(timeoutSeconds: number | undefined): void;
  /** Time that earlier states took and that is spent before the next function is called. */
  owe(milliseconds: number): void;
  payDebt(): Promise<void>;
  run(target: TaskTarget, input: unknown): Promise<unknown>;
  /** The engine has given the running task up. */
  timeOut(): void;
}

export interface TaskRunnerOptions {
  readonly clock: Clock;
  readonly invoke: Invoke;
  readonly integrations: Integrations;
  /** Of the state machine: it calls other services with it. */
  readonly roleArn: string;
}

export function createTaskRunner(
  options: TaskRunnerOptions,
  history: ExecutionHistory,
  ended: AbortSignal,
): TaskRunner {
  let announced = Promise.withResolvers<void>();
  let timeoutSeconds: number | undefined;
  let debtMs = 0;
  /** Which try is under way; 0 when none is, so that late answers find themselves outdated. */
  let current = 0;
  let tries = 0;
  /** Of the try under way, once it is scheduled. */
  let events: TaskEvents | undefined;

  const payDebt = async () => {
    const owedMs = debtMs;
    debtMs = 0;
    if (owedMs > 0) await options.clock.sleep(owedMs, ended);
  };
  const call = async (target: TaskTarget, input: unknown): Promise<string> => {
    try {
      const called =
        target.kind === 'function'
          ? options.invoke(target.functionArn, input)
          : callService(target, input, options);
      return JSON.stringify((await called) ?? null);
    } catch (error) {
      throw new TaskFailure(failureOf(error));
    }
  };
  return {
    announce(seconds) {
      timeoutSeconds = seconds;
      announced.resolve();
    },
    owe(milliseconds) {
      debtMs += milliseconds;
    },
    payDebt,
    async run(target, input) {
      await unlessEnded(announced.promise, ended);
      announced = Promise.withResolvers();
      tries += 1;
      const mine = tries;
      current = mine;
      events = undefined;
      await unlessEnded(payDebt(), ended);
      const text = JSON.stringify(input ?? null);
      if (isTooLarge(text)) throw new DataLimitExceeded();
      if (current !== mine) throw new Abandoned();
      const told = history.task(target);
      events = told;
      told.scheduled(text, timeoutSeconds);
      told.started();
      const result = await unlessEnded(call(target, input), ended).catch((error: unknown) => {
        if (error instanceof TaskFailure && current === mine) told.failed(error.failure);
        throw error;
      });
      if (current !== mine) throw new Abandoned();
      current = 0;
      if (isTooLarge(result)) {
        const tooLarge = new DataLimitExceeded();
        told.failed({ error: tooLarge.name, cause: tooLarge.message });
        throw tooLarge;
      }
      told.succeeded(result);
      return parseJson(result);
    },
    timeOut() {
      if (current !== 0) events?.timedOut();
      current = 0;
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

/** As the service's own operation answers, called by the state machine's role. */
async function callService(
  target: TaskTarget & { readonly kind: 'service' },
  input: unknown,
  { integrations, roleArn }: TaskRunnerOptions,
): Promise<object> {
  const name = `${target.service}:${target.operation}`;
  const integration = integrations[name];
  if (integration === undefined) throw new Error(`Nothing in this cloud answers ${name}.`);
  const { operation, errorPrefix } = integration;
  try {
    refuseUnknownParameters(name, operation.takes, input);
    const caller = { accessKeyId: 'StepFunctions', principalArn: roleArn };
    return await operation.run(input as never, caller);
  } catch (error) {
    throw new ServiceCallFailed(errorPrefix, error);
  }
}

/** Step Functions names the service in front of its error: `SNS.NotFoundException`. */
class ServiceCallFailed extends Error {
  constructor(prefix: string, thrown: unknown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    super(error.message);
    this.name = `${prefix}.${error.name}Exception`;
  }
}

/** Errors of services come as plain text, errors of functions as Lambda's JSON. */
function failureOf(thrown: unknown): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name.startsWith('Lambda.') || error instanceof ServiceCallFailed) {
    return { error: error.name, cause: error.message };
  }
  const trace = 'trace' in error ? error.trace : (error.stack ?? '').split('\n');
  const cause = { errorType: error.name, errorMessage: error.message, trace };
  return { error: error.name, cause: JSON.stringify(cause) };
}
