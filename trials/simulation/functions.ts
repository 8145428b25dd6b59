/**
 * The functions in process: the handlers' own sources, as Lambda would run them. An isolate serves
 * one invocation at a time, a cold start costs what it costs, and the timeout of the template kills.
 * What can go wrong, as in Lambda: a function that is killed has done what it has done. From then on
 * none of its calls goes out, and nothing it says is heard.
 */
import {
  type Authorizer,
  type Caller,
  createFunctionLogs,
  type FunctionProperties,
  type Lambda,
  type Latencies,
} from '@coordinator-failover/local-cloud';
import type { FailoverCalls } from '../../aws/calls.ts';
import { attachEni } from '../../handlers/attach-eni.ts';
import { askWith, checkInfo } from '../../handlers/check-info.ts';
import { confirmFailure } from '../../handlers/confirm-failure.ts';
import type { Clock } from '../../handlers/entry.ts';
import { launchStandby } from '../../handlers/launch-standby.ts';
import { pickStandby } from '../../handlers/pick-standby.ts';
import { recordIncident } from '../../handlers/record-incident.ts';
import { resetAlarms } from '../../handlers/reset-alarms.ts';
import { surveyCoordinators } from '../../handlers/survey-coordinators.ts';
import { terminateInstance } from '../../handlers/terminate-instance.ts';
import type { GetInfo } from '../../info-client/get-info.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One run of one function. */
export interface Invocation {
  readonly functionName: string;
  /** With the function's role. */
  readonly caller: Caller;
  /** Of the execution that called it; empty where the input does not tell (Ask coordinators). */
  readonly executionArn: string;
  /** Nothing more goes out and nothing is heard. */
  kill(): void;
  isDead(): boolean;
}

export type Handler = (event: unknown, ports: HandlerPorts) => Promise<object> | object;

export interface HandlerPorts {
  readonly cloud: FailoverCalls;
  readonly getInfo: GetInfo;
  readonly clock: Clock;
}

/** By the name under which the state machine calls them. Tests put broken ones in their place. */
export const handlers: Readonly<Record<string, Handler>> = {
  'survey-coordinators': (event, { cloud, clock }) => surveyCoordinators(event, cloud, clock),
  'check-info': (event, { getInfo, clock }) => checkInfo(event, askWith(getInfo), clock),
  'confirm-failure': (event, { clock }) => confirmFailure(event, clock),
  'pick-standby': (event, { clock }) => pickStandby(event, clock),
  'terminate-instance': (event, { cloud, clock }) => terminateInstance(event, cloud, clock),
  'attach-eni': (event, { cloud, clock }) => attachEni(event, cloud, clock),
  'launch-standby': (event, { cloud, clock }) => launchStandby(event, cloud, clock),
  'reset-alarms': (event, { cloud, clock }) => resetAlarms(event, cloud, clock),
  // Its log is the history that the checkers read.
  'record-incident': (event, { cloud, clock }) => recordIncident(event, cloud, clock, () => {}),
};

export interface FunctionsOptions {
  readonly time: VirtualTime;
  readonly latencies: Latencies;
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly region: string;
  readonly accountId: string;
  /** The name that the state machine has for a function, from its ARN. */
  nameOf(functionArn: string): string;
  /** Decides whether a function's role may write its log. */
  authorizer(): Authorizer;
  portsFor(invocation: Invocation): HandlerPorts;
  /** What goes wrong with this invocation. */
  troubleOf(functionName: string): InvocationTrouble | undefined;
}

export type InvocationTrouble = 'times out before' | 'times out after' | 'throttled';

export interface SimulatedFunctions extends Lambda {
  /** What runs at the moment for an execution. */
  underWay(executionArn: string): readonly Invocation[];
}

export function createFunctions(options: FunctionsOptions): SimulatedFunctions {
  const { time, latencies } = options;
  const deployed = new Map<string, FunctionProperties>();
  const idle = new Map<string, number>();
  const running = new Set<Invocation>();
  const logs = createFunctionLogs({ ...options, clock: time });

  const run = async (functionArn: string, input: unknown): Promise<unknown> => {
    const functionName = options.nameOf(functionArn);
    const trouble = options.troubleOf(functionName);
    if (trouble === 'throttled') {
      throw functionError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
    }
    const warm = idle.get(functionArn) ?? 0;
    if (warm > 0) idle.set(functionArn, warm - 1);
    else await time.sleep(latencies('lambdaColdStart'));
    await time.sleep(latencies('lambdaInvoke'));
    const properties = deployed.get(functionArn);
    if (properties === undefined) throw new Error(`There is no function ${functionArn}.`);
    const invocation = createInvocation(functionName, executionArnIn(input), {
      accessKeyId: 'SIMULATION',
      principalArn: properties.roleArn,
      sessionName: properties.functionName,
      sourceFunctionArn: functionArn,
    });
    running.add(invocation);
    logs.write(properties, 'START');
    try {
      const seconds = properties.timeoutSeconds;
      const result = await withinTimeout(time, invocation, seconds, () =>
        work(options, invocation, input, trouble),
      );
      idle.set(functionArn, (idle.get(functionArn) ?? 0) + 1);
      return result;
    } finally {
      running.delete(invocation);
    }
  };

  return {
    addFunction(properties) {
      const { region, accountId } = options;
      const functionArn = `arn:aws:lambda:${region}:${accountId}:function:${properties.functionName}`;
      deployed.set(functionArn, properties);
      return { functionArn };
    },
    async removeFunction(functionArn) {
      deployed.delete(functionArn);
    },
    invoke: run,
    underWay: (executionArn) => [...running].filter((one) => one.executionArn === executionArn),
    output: logs.lines,
    lostLogs: logs.lost,
    stop: async () => {},
  };
}

/** A function that hangs before its work, or after it, runs into its timeout. */
async function work(
  options: FunctionsOptions,
  invocation: Invocation,
  input: unknown,
  trouble: InvocationTrouble | undefined,
): Promise<unknown> {
  if (trouble === 'times out before') return never();
  const handler = options.handlers[invocation.functionName];
  if (handler === undefined) throw new Error(`There is no function ${invocation.functionName}.`);
  const result = await handler(input, options.portsFor(invocation));
  return trouble === 'times out after' ? never() : result;
}

function withinTimeout(
  time: VirtualTime,
  invocation: Invocation,
  seconds: number,
  act: () => Promise<unknown>,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = time.after(seconds * 1000, () => {
      invocation.kill();
      const message = `Error: Task timed out after ${seconds.toFixed(2)} seconds`;
      reject(functionError('Sandbox.Timedout', message));
    });
    act().then(
      (result) => {
        timer.cancel();
        if (!invocation.isDead()) resolve(result);
      },
      (error: unknown) => {
        timer.cancel();
        if (!invocation.isDead()) reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

function createInvocation(functionName: string, executionArn: string, caller: Caller): Invocation {
  let dead = false;
  return {
    functionName,
    caller,
    executionArn,
    isDead: () => dead,
    kill() {
      dead = true;
    },
  };
}

function functionError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function executionArnIn(input: unknown): string {
  const execution: unknown =
    Reflect.get(Object(input), 'execution') ??
    Reflect.get(Object(Reflect.get(Object(input), 'incident')), 'execution');
  return String(Reflect.get(Object(execution), 'id') ?? '');
}

export function never(): Promise<never> {
  return new Promise(() => {});
}
