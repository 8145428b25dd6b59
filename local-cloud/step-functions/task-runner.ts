/**
 * The Task states of one execution: calls their targets within their timeouts, and writes the
 * history.
 * What can go wrong: a function goes on after the timeout of its task and after the end of the
 * execution, as in Lambda. Its late answer is dropped.
 */

import type { Authorizer } from '../iam/authorizer.ts';
import { refuseUnknownParameters, ServiceError } from '../service/service.ts';
import type { Clock } from '../time/clock.ts';
import type { ExecutionFailure, WrittenHistory } from './execution-history.ts';
import type { Integrations, TaskTarget } from './task-target.ts';

/**
 * Calls a function: resolves with its result, rejects with an Error whose name is its error type.
 */
export type Invoke = (functionArn: string, input: unknown) => Promise<unknown>;

/** Step Functions quotas: input or result of a task, state or execution, bytes of UTF-8. */
export const largestPayloadBytes = 262_144;

/** A JSON value and its text. */
export interface JsonDocument {
  readonly value: unknown;
  readonly text: string;
}

interface AnnouncedTask {
  readonly timeoutSeconds: number;
  /** The input of the state; without Parameters also of the task. */
  readonly input: JsonDocument;
}

export interface TaskRunner {
  /** The engine begins a try of a task state: only then is the function called. */
  announce(task: AnnouncedTask): void;
  /** Time of earlier states, to be spent before the next call. */
  owe(milliseconds: number): void;
  /** How far the execution is ahead of the clock, in milliseconds. */
  debtMs(): number;
  payDebt(): Promise<void>;
  run(target: TaskTarget, input: unknown): Promise<unknown>;
}

export interface TaskRunnerOptions {
  readonly clock: Clock;
  readonly invoke: Invoke;
  readonly integrations: Integrations;
  /** The role of the state machine, which calls other services. */
  readonly roleArn: string;
  /** The name of the execution: the session of the role. */
  readonly name: string;
  /** Decides what the role may do. @default everything */
  readonly authorizer?: () => Authorizer;
}

export function createTaskRunner(
  options: TaskRunnerOptions,
  history: WrittenHistory,
  ended: AbortSignal,
): TaskRunner {
  let announced = Promise.withResolvers<AnnouncedTask>();
  let debtMs = 0;

  const payDebt = async () => {
    const owedMs = debtMs;
    if (owedMs > 0) await options.clock.sleep(owedMs, ended);
    debtMs -= owedMs;
  };
  const call = async (target: TaskTarget, input: unknown): Promise<string> => {
    try {
      const called =
        target.kind === 'function'
          ? callFunction(target.functionArn, input, options)
          : callService(target, input, options);
      return JSON.stringify((await called) ?? null);
    } catch (error) {
      throw new TaskFailure(failureOf(error));
    }
  };
  const withinTime = async (timeoutSeconds: number, work: Promise<string>): Promise<string> => {
    const over = new AbortController();
    const end = () => over.abort('ended');
    ended.addEventListener('abort', end, { once: true });
    const timeout = options.clock
      .sleep(timeoutSeconds * 1000, over.signal)
      .then(() => Promise.reject(new TaskTimedOut()));
    try {
      return await Promise.race([work, timeout]);
    } finally {
      timeout.catch(() => {});
      ended.removeEventListener('abort', end);
      over.abort('answered');
    }
  };
  return {
    announce: (task) => announced.resolve(task),
    owe(milliseconds) {
      debtMs += milliseconds;
    },
    debtMs: () => debtMs,
    payDebt,
    async run(target, input) {
      const { timeoutSeconds, input: ofState } = await unlessEnded(announced.promise, ended);
      announced = Promise.withResolvers();
      await unlessEnded(payDebt(), ended);
      const text = input === ofState.value ? ofState.text : JSON.stringify(input ?? null);
      if (isTooLarge(text)) throw new DataLimitExceeded();
      const told = history.task(target);
      told.scheduled(text, timeoutSeconds);
      told.started();
      const work = withinTime(timeoutSeconds, call(target, input));
      const result = await unlessEnded(work, ended).catch((error: unknown) => {
        if (error instanceof TaskFailure) told.failed(error.failure);
        if (error instanceof TaskTimedOut) told.timedOut();
        throw error;
      });
      if (isTooLarge(result)) {
        const tooLarge = new DataLimitExceeded();
        told.failed({ error: tooLarge.name, cause: tooLarge.message });
        throw tooLarge;
      }
      told.succeeded(result);
      return JSON.parse(result) as unknown;
    },
  };
}

export function isTooLarge(text: string): boolean {
  // A character has at most three bytes of UTF-8: most texts need no count.
  if (text.length * 3 <= largestPayloadBytes) return false;
  return Buffer.byteLength(text) > largestPayloadBytes;
}

/** A function's error as the engine matches and keeps it: the name, with AWS's JSON as cause. */
class TaskFailure extends Error {
  readonly failure: ExecutionFailure;

  constructor(failure: ExecutionFailure) {
    super(failure.cause);
    this.name = failure.error;
    this.failure = failure;
  }
}

/**
 * States.ALL does not match this error (Step Functions, "Error names"): the engine asks these two.
 */
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
 * A timeout in AWS has an empty cause, in the engine its name:
 * `{"Error":"States.Timeout","Cause":""}` (read in public reports, serverless-coffee-workshop issue
 * 15).
 */
class TaskTimedOut extends Error {
  override readonly name = 'States.Timeout';
}

/** Ends a task whose answer is no longer wanted. */
class Abandoned extends Error {
  override readonly name = 'Abandoned';
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/** Otherwise the timer of the engine outlives the execution. */
function unlessEnded<Result>(work: Promise<Result>, ended: AbortSignal): Promise<Result> {
  if (ended.aborted) return Promise.reject(new Abandoned());
  return new Promise((resolve, reject) => {
    const abandon = () => reject(new Abandoned());
    ended.addEventListener('abort', abandon, { once: true });
    work.then(resolve, reject).finally(() => ended.removeEventListener('abort', abandon));
  });
}

/** Invokes with the state machine's role. */
async function callFunction(
  functionArn: string,
  input: unknown,
  options: TaskRunnerOptions,
): Promise<unknown> {
  try {
    authorizeTask(options, 'lambda', 'Invoke', { FunctionName: functionArn });
  } catch (error) {
    throw new InvocationRefused(error);
  }
  return options.invoke(functionArn, input);
}

function authorizeTask(
  { authorizer, roleArn, name }: TaskRunnerOptions,
  service: string,
  operation: string,
  input: object,
): void {
  const caller = { accessKeyId: 'StepFunctions', principalArn: roleArn, sessionName: name };
  authorizer?.().authorize({ service, operation, input, caller });
}

/** As reported: awslabs/aws-deployment-framework, issue 460. */
class InvocationRefused extends Error {
  override readonly name = 'Lambda.AWSLambdaException';

  constructor(thrown: unknown) {
    const { message, code, status } =
      thrown instanceof ServiceError
        ? thrown
        : { message: String(thrown), code: 'ServiceException', status: 500 };
    super(`${message} (Service: AWSLambda; Status Code: ${status}; Error Code: ${code})`);
  }
}

/** As the service's own operation answers, called by the state machine's role. */
async function callService(
  target: TaskTarget & { readonly kind: 'service' },
  input: unknown,
  options: TaskRunnerOptions,
): Promise<object> {
  const { integrations, roleArn } = options;
  const name = `${target.service}:${target.operation}`;
  const integration = integrations[name];
  if (integration === undefined) throw new Error(`Nothing in this cloud answers ${name}.`);
  const { operation, errorPrefix } = integration;
  try {
    refuseUnknownParameters(name, operation.takes, input);
    authorizeTask(options, target.service, pascalCase(target.operation), Object(input) as object);
    const caller = { accessKeyId: 'StepFunctions', principalArn: roleArn };
    return await operation.run(input as never, caller);
  } catch (error) {
    throw new ServiceCallFailed(errorPrefix, error);
  }
}

/** `publish` in an ARN is the operation Publish. */
function pascalCase(operation: string): string {
  return `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
}

/** Step Functions names the service in front of its error: `SNS.NotFoundException`. */
class ServiceCallFailed extends Error {
  constructor(prefix: string, thrown: unknown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    super(error.message);
    this.name = `${prefix}.${error.name}Exception`;
  }
}

/** Errors of services are plain text, errors of functions are Lambda's JSON. */
function failureOf(thrown: unknown): ExecutionFailure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name.startsWith('Lambda.') || error instanceof ServiceCallFailed) {
    return { error: error.name, cause: error.message };
  }
  const trace = 'trace' in error ? error.trace : (error.stack ?? '').split('\n');
  const cause = { errorType: error.name, errorMessage: error.message, trace };
  return { error: error.name, cause: JSON.stringify(cause) };
}
