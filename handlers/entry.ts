/**
 * What every function has in common: the clock, the AWS clients made once per isolate and only when
 * needed (so that a handler can be imported without an SDK), and one log line per invocation.
 */
import type { Context, Handler } from 'aws-lambda';
import type { Cloud } from './cloud.ts';

/** Milliseconds since the epoch, and a pause; real ones in Lambda, virtual ones in a simulation. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

/** A function that calls AWS. */
export function actingHandler(
  act: (event: unknown, cloud: Cloud, clock: Clock) => Promise<object>,
): Handler<unknown, object> {
  let cloud: Promise<Cloud> | undefined;
  return withLog(async (event) => {
    cloud ??= import('./aws.ts').then(({ awsCloud }) => awsCloud());
    return act(event, await cloud, realClock);
  });
}

/** A function that calls nobody in AWS. */
export function decidingHandler(
  decide: (event: unknown, clock: Clock) => object | Promise<object>,
): Handler<unknown, object> {
  return withLog(async (event) => decide(event, realClock));
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** One JSON line per invocation: what was found or done, or why not. */
export function withLog(work: (event: unknown) => Promise<object>): Handler<unknown, object> {
  return async (event, context: Context) => {
    const common = { function: context.functionName, execution: executionId(event) };
    try {
      const finding = await work(event);
      console.log(JSON.stringify({ level: 'INFO', ...common, finding }));
      return finding;
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      console.error(JSON.stringify({ level: 'ERROR', ...common, error: name, message }));
      throw error;
    }
  };
}

/** The ARN, out of whatever was given; undefined when there is none. */
export function executionId(event: unknown): unknown {
  const execution: unknown = Reflect.get(Object(event), 'execution');
  return Reflect.get(Object(execution), 'id');
}
