/**
 * What every function has in common: the clock, AWS clients, and one log line per invocation. The clients
 * are made once per isolate, at the first call: a handler can be imported without an SDK.
 */
import type { Context, Handler } from 'aws-lambda';
import type { FailoverCalls } from '../aws/calls.ts';

/** Milliseconds since the epoch, and a pause: real in Lambda, virtual in a simulation. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

/** A function that calls AWS. */
export function actingHandler(
  act: (event: unknown, cloud: FailoverCalls, clock: Clock) => Promise<object>,
): Handler<unknown, object> {
  let cloud: Promise<FailoverCalls> | undefined;
  return withLog(async (event) => {
    cloud ??= import('../aws/failover-client.ts').then(({ connectForFailover }) =>
      connectForFailover(),
    );
    return act(event, await cloud, realClock);
  });
}

/** A function that calls no AWS API. */
export function decidingHandler(
  decide: (event: unknown, clock: Clock) => object | Promise<object>,
): Handler<unknown, object> {
  return withLog(async (event) => decide(event, realClock));
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export interface LogEntry {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly [field: string]: unknown;
}

/**
 * One event in the function's log. An object, not text: with `LogFormat: JSON` Lambda keeps the object
 * under `message`, and Logs Insights finds every field.
 */
export function writeLog({ level, ...entry }: LogEntry): void {
  if (level === 'ERROR') console.error(entry);
  else if (level === 'WARN') console.warn(entry);
  else console.log(entry);
}

/** Logs one event per invocation: the finding or the error. */
export function withLog(work: (event: unknown) => Promise<object>): Handler<unknown, object> {
  return async (event, context: Context) => {
    const common = { function: context.functionName, execution: executionId(event) };
    try {
      const finding = await work(event);
      writeLog({ level: 'INFO', ...common, finding });
      return finding;
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      writeLog({ level: 'ERROR', ...common, error: name, sentence: message });
      throw error;
    }
  };
}

/** The execution's ARN; undefined where the event has none. */
export function executionId(event: unknown): unknown {
  const execution: unknown = Reflect.get(Object(event), 'execution');
  return Reflect.get(Object(execution), 'id');
}
