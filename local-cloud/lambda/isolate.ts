/**
 * The inside of a function's isolate: a worker thread that loads the bundle once and answers one
 * invocation after the other, as Lambda's Node runtime does. lambda.ts starts it; nothing imports
 * it.
 * What can go wrong: the bundle does not load, the handler throws something that is no error, or
 * the result is not JSON. Each becomes the error of Lambda's runtime.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { writeAsJson } from './json-console.ts';
import type { FromIsolate, IsolateData, ReportedError, ToIsolate } from './protocol.ts';
import { keepWithin } from './reach.ts';

type Handler = (event: unknown, context: object) => unknown;

const data: IsolateData = workerData;

keepWithin(data.reach);
let requestId: string | undefined;
if (data.logFormat === 'JSON') writeAsJson(() => requestId);
await start();

async function start(): Promise<void> {
  let handler: Handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    send({ kind: 'not loaded', error: reported(error) });
    return;
  }
  parentPort?.on('message', (message: ToIsolate) => {
    requestId = message.requestId;
    answer(handler, message).then(send, (error: unknown) =>
      send({ kind: 'failed', requestId: message.requestId, error: reported(error) }),
    );
  });
  send({ kind: 'loaded' });
}

/**
 * `index.handler`: the export `handler` of index.js, index.mjs or index.cjs, in the runtime's
 * order.
 */
async function loadHandler(): Promise<Handler> {
  const [moduleName = '', exportName = ''] = data.handler.split('.');
  const module = await importFirst(['js', 'mjs', 'cjs'].map((ending) => `${moduleName}.${ending}`));
  const handler = module[exportName];
  if (isHandler(handler)) return handler;
  throw named('Runtime.HandlerNotFound', `${data.handler} is undefined or not exported`);
}

async function importFirst(files: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  for (const file of files) {
    const url = pathToFileURL(join(data.codeDirectory, file)).href;
    try {
      const module: Readonly<Record<string, unknown>> = await import(url);
      return module;
    } catch (error) {
      const missing = error instanceof Error && 'url' in error && error.url === url;
      if (!missing) throw error;
    }
  }
  throw named('Runtime.ImportModuleError', `Error: Cannot find module '${files[0]}'`);
}

async function answer(handler: Handler, message: ToIsolate): Promise<FromIsolate> {
  const { requestId } = message;
  const result = await handler(JSON.parse(message.payload), contextFor(message));
  try {
    return { kind: 'answered', requestId, payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw named('Runtime.MarshalError', `Unable to stringify response body as json: ${text}`);
  }
}

function contextFor(message: ToIsolate): object {
  const deadlineMs = Date.now() + message.remainingMs;
  return {
    functionName: data.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: data.functionArn,
    memoryLimitInMB: String(data.memoryMegabytes),
    awsRequestId: message.requestId,
    logGroupName: `/aws/lambda/${data.functionName}`,
    logStreamName: data.logStreamName,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

/** As Lambda's Node runtime: name, message, and stack by lines. */
function reported(thrown: unknown): ReportedError {
  if (thrown instanceof Error) {
    return {
      errorType: thrown.name,
      errorMessage: thrown.message,
      trace: (thrown.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function send(message: FromIsolate): void {
  parentPort?.postMessage(message);
}
