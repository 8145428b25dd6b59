/**
 * Lambda: each invocation runs in an isolate (a worker thread) with its role's credentials and its
 * own environment. An idle isolate is used again.
 * What can go wrong: a function is killed at its timeout, with its work half done.
 */

import { Worker } from 'node:worker_threads';
import { hexFrom, uuidFrom } from '../chance/identifiers.ts';
import type { Credentials, Session } from '../service/callers.ts';
import type { ServiceOptions } from '../service/service-options.ts';
import { createFunctionLogs, type LogLine, type LostLog } from './function-logs.ts';
import type { FromIsolate, IsolateData, LogFormat, Reach, ReportedError } from './protocol.ts';

export interface LambdaOptions extends ServiceOptions {
  /** For AWS_ENDPOINT_URL. */
  readonly awsEndpoint: () => string;
  /** Where answers of custom resources go: S3 on AWS. @default nowhere */
  readonly answersAt?: () => { readonly host: string; readonly port: number } | undefined;
  readonly credentialsOf: (roleArn: string, session: Session) => Credentials;
}

export interface FunctionProperties {
  readonly functionName: string;
  /** The folder of the handler's module. */
  readonly codeDirectory: string;
  /** `index.handler` */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  readonly logGroupName: string;
  /** @default Text */
  readonly logFormat?: LogFormat;
  /** In a VPC: the beginning of addresses within reach. @default only the AWS endpoint */
  readonly vpcAddressPrefixes?: readonly string[];
}

export interface Lambda {
  /** Replaces a function of the same name, whose idle isolates end. */
  addFunction(properties: FunctionProperties): { functionArn: string };
  /** Removes a function. Its running invocations go on. */
  removeFunction(functionArn: string): Promise<void>;
  /** Rejects when the function failed, with an error whose name is the errorType. */
  invoke(functionArn: string, input: unknown): Promise<unknown>;
  /** The kept output of the functions, oldest first: the last 10,000 lines. */
  output(): readonly LogLine[];
  /** Functions whose output was lost, and why. */
  lostLogs(): readonly LostLog[];
  stop(): Promise<void>;
}

/** A function's error as Lambda answers it: `name` is the errorType. */
class FunctionError extends Error {
  readonly trace: readonly string[] | undefined;

  constructor(errorType: string, errorMessage: string, trace?: readonly string[]) {
    super(errorMessage);
    this.name = errorType;
    this.trace = trace;
  }
}

interface DeployedFunction extends FunctionProperties {
  readonly functionArn: string;
  readonly idle: Isolate[];
}

interface Isolate {
  readonly worker: Worker;
  /** Rejects when the isolate ends, by itself or from outside. */
  readonly ended: Promise<never>;
}

export function createLambda(options: LambdaOptions): Lambda {
  const { clock, latencies } = options;
  const functions = new Map<string, DeployedFunction>();
  const isolates = new Set<Isolate>();
  const stopping = new AbortController();
  const logs = createFunctionLogs(options);

  const discard = async (isolate: Isolate) => {
    isolates.delete(isolate);
    await isolate.worker.terminate();
  };
  const coldStart = async (deployed: DeployedFunction): Promise<Isolate> => {
    const isolate = startIsolate(options, deployed, (text) => logs.write(deployed, text));
    isolates.add(isolate);
    try {
      await Promise.race([loaded(isolate.worker), isolate.ended]);
      await clock.sleep(latencies('lambdaColdStart'), stopping.signal);
      return isolate;
    } catch (error) {
      await discard(isolate);
      throw error;
    }
  };
  const runIn = (isolate: Isolate, deployed: DeployedFunction, payload: string) =>
    runOnce(isolate, deployed, payload, { options, signal: stopping.signal });

  return {
    addFunction(properties) {
      const functionArn = `arn:aws:lambda:${options.region}:${options.accountId}:function:${properties.functionName}`;
      const replaced = functions.get(functionArn);
      functions.set(functionArn, { ...properties, functionArn, idle: [] });
      for (const isolate of replaced?.idle ?? []) void discard(isolate);
      return { functionArn };
    },
    async removeFunction(functionArn) {
      const removed = functions.get(functionArn);
      functions.delete(functionArn);
      await Promise.all((removed?.idle ?? []).map(discard));
    },
    async invoke(functionArn, input) {
      const deployed = functions.get(functionArn);
      if (deployed === undefined) {
        throw new FunctionError(
          'Lambda.ResourceNotFoundException',
          `Function not found: ${functionArn}`,
        );
      }
      stopping.signal.throwIfAborted();
      const isolate = deployed.idle.pop() ?? (await coldStart(deployed));
      await clock.sleep(latencies('lambdaInvoke'), stopping.signal);
      const answer = await runIn(isolate, deployed, JSON.stringify(input ?? null)).catch(
        async (error: unknown) => {
          await discard(isolate);
          throw error;
        },
      );
      // The function was changed or removed meanwhile: its isolate is not used again.
      if (functions.get(functionArn) === deployed) deployed.idle.push(isolate);
      else await discard(isolate);
      if (answer.kind === 'answered') return JSON.parse(answer.payload) as unknown;
      throw functionError(answer.error);
    },
    output: logs.lines,
    lostLogs: logs.lost,
    async stop() {
      stopping.abort(new Error('The local cloud has stopped.'));
      await Promise.all([...isolates].map(discard));
    },
  };
}

/** Rejects at the function's timeout, or when its isolate ends. */
async function runOnce(
  isolate: Isolate,
  { timeoutSeconds }: DeployedFunction,
  payload: string,
  { options, signal }: { readonly options: LambdaOptions; readonly signal: AbortSignal },
): Promise<Answer> {
  const requestId = uuidFrom(options.random);
  const answered = new AbortController();
  const remainingMs = timeoutSeconds * 1000;
  const timeout = options.clock
    .sleep(remainingMs, AbortSignal.any([answered.signal, signal]))
    .then(() => Promise.reject(timeoutError(requestId, timeoutSeconds)));
  const answer = answerOf(isolate.worker, requestId);
  isolate.worker.postMessage({ requestId, payload, remainingMs });
  try {
    return await Promise.race([answer, isolate.ended, timeout]);
  } finally {
    timeout.catch(() => {});
    answered.abort();
  }
}

function startIsolate(
  options: LambdaOptions,
  deployed: DeployedFunction,
  log: (text: string) => void,
): Isolate {
  const data: IsolateData = {
    functionName: deployed.functionName,
    functionArn: deployed.functionArn,
    codeDirectory: deployed.codeDirectory,
    handler: deployed.handler,
    memoryMegabytes: deployed.memoryMegabytes,
    logStreamName: `${new Date(options.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${hexFrom(options.random, 32)}`,
    logFormat: deployed.logFormat ?? 'Text',
    reach: reachOf(options, deployed),
  };
  const worker = new Worker(new URL('./isolate.ts', import.meta.url), {
    workerData: data,
    env: environmentOf(options, deployed),
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: deployed.memoryMegabytes },
  });
  for (const stream of [worker.stdout, worker.stderr]) keepLines(stream, log);
  const ended = new Promise<never>((_resolve, reject) => {
    worker.once('error', (error) => {
      const thrown = error instanceof Error ? error : new Error(String(error));
      reject(new FunctionError(thrown.name, thrown.message, (thrown.stack ?? '').split('\n')));
    });
    worker.once('exit', (code) =>
      reject(
        new FunctionError('Runtime.ExitError', `Runtime exited with error: exit status ${code}`),
      ),
    );
  });
  // Also for an idle isolate.
  ended.catch(() => {});
  return { worker, ended };
}

function loaded(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: FromIsolate) => {
      if (message.kind === 'not loaded') reject(functionError(message.error));
      else resolve();
    });
  });
}

type Answer = Extract<FromIsolate, { kind: 'answered' | 'failed' }>;

function answerOf(worker: Worker, requestId: string): Promise<Answer> {
  return new Promise((resolve) => {
    const take = (message: FromIsolate) => {
      if (!('requestId' in message) || message.requestId !== requestId) return;
      worker.off('message', take);
      resolve(message);
    };
    worker.on('message', take);
  });
}

/** Nothing of this process's environment. Names: Lambda Developer Guide. */
function environmentOf(options: LambdaOptions, deployed: DeployedFunction): NodeJS.ProcessEnv {
  const credentials = options.credentialsOf(deployed.roleArn, {
    sessionName: deployed.functionName,
    sourceFunctionArn: deployed.functionArn,
  });
  return {
    ...deployed.environment,
    TZ: ':UTC',
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: deployed.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memoryMegabytes),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: options.awsEndpoint(),
    LAMBDA_TASK_ROOT: deployed.codeDirectory,
  };
}

function reachOf(options: LambdaOptions, deployed: DeployedFunction): Reach {
  if (deployed.vpcAddressPrefixes !== undefined) {
    return { kind: 'vpc', addressPrefixes: deployed.vpcAddressPrefixes };
  }
  const endpoint = new URL(options.awsEndpoint());
  const answersAt = options.answersAt?.();
  return {
    kind: 'public',
    hosts: [
      { host: endpoint.hostname, port: Number(endpoint.port) },
      ...(answersAt === undefined ? [] : [answersAt]),
    ],
  };
}

/**
 * What Lambda answers on a timeout, and Step Functions shows as the error of the task (source: the
 * runtime interface emulator). Older documentation of Step Functions says Lambda.Unknown.
 */
function timeoutError(requestId: string, timeoutSeconds: number): FunctionError {
  return new FunctionError(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  );
}

function functionError(error: ReportedError): FunctionError {
  return new FunctionError(error.errorType, error.errorMessage, error.trace);
}

function keepLines(stream: NodeJS.ReadableStream, log: (text: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const complete = `${rest}${chunk}`.split('\n');
    rest = complete.pop() ?? '';
    for (const line of complete) log(line);
  });
}
