/**
 * Custom resources: CloudFormation calls a function and waits for an answer by PUT to the URL in
 * the event, a presigned URL of S3 on AWS, a small server here.
 * What can go wrong: no answer comes. Then the request fails after its time, an hour by default. A
 * later answer, or an answer to another request, has no effect.
 * Source: CloudFormation user guide, custom resource request and response reference.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hexFrom, uuidFrom } from '../chance/identifiers.ts';
import type { Random } from '../chance/random.ts';
import { isRecord } from '../service/properties.ts';
import type { Clock } from '../time/clock.ts';

export interface CustomResourcesOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Calls the function. CloudFormation does not wait for the result. */
  invoke(functionArn: string, event: unknown): Promise<unknown>;
  /** Whether the first creation of each resource is taken as done. @default no */
  readonly firstCreationIsDone?: boolean;
  /**
   * Delays of a request's event in seconds, one for each delivery: Lambda's asynchronous calls come
   * at least once.
   * @default one delivery, no delay
   */
  readonly deliveries?: (event: CustomResourceEvent) => readonly number[];
}

export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly ResponseURL: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly StackId: string;
  readonly PhysicalResourceId?: string;
  /** Every value is a text: CloudFormation has no other. */
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
}

export type CustomResourceRequest = Omit<
  CustomResourceEvent,
  'RequestId' | 'ResponseURL' | 'ResourceProperties' | 'OldResourceProperties'
> & {
  readonly serviceToken: string;
  readonly timeoutSeconds: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly oldProperties?: Readonly<Record<string, unknown>>;
};

export type CustomResourceAnswer =
  | { readonly kind: 'success'; readonly physicalId: string; readonly data: Data }
  | { readonly kind: 'failed'; readonly physicalId: string | undefined; readonly reason: string };

export type Data = Readonly<Record<string, string>>;

export interface CustomResources {
  readonly firstCreationIsDone: boolean;
  ask(request: CustomResourceRequest): Promise<CustomResourceAnswer>;
  /** The address for answers, for reach limits. */
  readonly answersAt: { readonly host: string; readonly port: number };
  /** Ends the time of every waiting request. */
  timeOutNow(): void;
  stop(): Promise<void>;
}

interface Waiting {
  readonly event: CustomResourceEvent;
  answer(answer: CustomResourceAnswer): void;
}

const stopped = 'The local cloud has stopped.';
/** "The total size of the response body can't exceed 4096 bytes." */
const largestAnswerBytes = 4096;
/** Lambda retries a failed asynchronous call after one minute and after two. */
const retriesAfterMs = [60_000, 120_000];

export async function createCustomResources(
  options: CustomResourcesOptions,
): Promise<CustomResources> {
  const waiting = new Map<string, Waiting>();
  const stopping = new AbortController();
  const server = createServer((request, response) => void take(waiting, request, response));
  const answersAt = { host: '127.0.0.1', port: await listen(server) };
  const url = `http://${answersAt.host}:${answersAt.port}`;
  return {
    firstCreationIsDone: options.firstCreationIsDone ?? false,
    answersAt,
    ask: (request) => ask(request, { options, waiting, url, signal: stopping.signal }),
    timeOutNow() {
      for (const { event, answer } of waiting.values()) answer(timedOut(event));
    },
    async stop() {
      stopping.abort();
      for (const { answer } of waiting.values()) {
        answer({ kind: 'failed', physicalId: undefined, reason: stopped });
      }
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Asking {
  readonly options: CustomResourcesOptions;
  readonly waiting: Map<string, Waiting>;
  readonly url: string;
  readonly signal: AbortSignal;
}

async function ask(
  request: CustomResourceRequest,
  { options, waiting, url, signal }: Asking,
): Promise<CustomResourceAnswer> {
  const { serviceToken, timeoutSeconds, properties, oldProperties, ...rest } = request;
  if (signal.aborted) return { kind: 'failed', physicalId: undefined, reason: stopped };
  const path = `/${hexFrom(options.random, 32)}`;
  const event: CustomResourceEvent = {
    ...rest,
    RequestId: uuidFrom(options.random),
    ResponseURL: `${url}${path}`,
    ResourceProperties: asTexts(properties),
    ...(oldProperties === undefined ? {} : { OldResourceProperties: asTexts(oldProperties) }),
  };
  const over = new AbortController();
  const answered = new Promise<CustomResourceAnswer>((resolve) => {
    waiting.set(path, { event, answer: resolve });
  });
  const either = AbortSignal.any([over.signal, signal]);
  const timeout = options.clock.sleep(timeoutSeconds * 1000, either).then(
    () => timedOut(event),
    () => answered,
  );
  for (const seconds of options.deliveries?.(event) ?? [0]) {
    void deliver(options, serviceToken, { event, afterMs: seconds * 1000, signal: either });
  }
  try {
    return await Promise.race([answered, timeout]);
  } finally {
    waiting.delete(path);
    over.abort();
  }
}

/** An asynchronous call of Lambda: a failure is retried, and nobody is told. */
async function deliver(
  { clock, invoke }: CustomResourcesOptions,
  functionArn: string,
  delivery: { event: CustomResourceEvent; afterMs: number; signal: AbortSignal },
): Promise<void> {
  for (const afterMs of [delivery.afterMs, ...retriesAfterMs]) {
    try {
      if (afterMs > 0) await clock.sleep(afterMs, delivery.signal);
      await invoke(functionArn, delivery.event);
      return;
    } catch {
      if (delivery.signal.aborted) return;
    }
  }
}

async function take(
  waiting: ReadonlyMap<string, Waiting>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  const asked = waiting.get(request.url ?? '');
  // The URL is signed for PUT without a content type: S3 refuses the rest.
  const isSigned = request.method === 'PUT' && !request.headers['content-type'];
  if (!isSigned) {
    response.writeHead(403).end('SignatureDoesNotMatch');
    return;
  }
  response.writeHead(200).end();
  const answer = asked === undefined ? undefined : answerFrom(body, asked.event);
  if (answer !== undefined) asked?.answer(answer);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** Undefined for an answer to another request. */
function answerFrom(body: string, event: CustomResourceEvent): CustomResourceAnswer | undefined {
  const failed = (reason: string) =>
    ({ kind: 'failed', physicalId: event.PhysicalResourceId, reason }) as const;
  if (Buffer.byteLength(body) > largestAnswerBytes) return failed('Response object is too long.');
  const answer = parsed(body);
  if (answer === undefined) return failed('Invalid Response object: it is no JSON object.');
  for (const name of ['RequestId', 'StackId', 'LogicalResourceId'] as const) {
    if (answer[name] !== event[name]) return undefined;
  }
  const { Status: status, Reason: reason, PhysicalResourceId: physicalId, Data: data } = answer;
  if (typeof physicalId !== 'string' || physicalId === '') {
    return failed('Invalid PhysicalResourceId');
  }
  if (status === 'SUCCESS') {
    return { kind: 'success', physicalId, data: isRecord(data) ? dataFrom(data) : {} };
  }
  if (status !== 'FAILED' || typeof reason !== 'string' || reason === '') {
    return failed(`Invalid Response object: Status is ${JSON.stringify(status)}.`);
  }
  const message = `Received response status [FAILED] from custom resource. Message returned: ${reason} (RequestId: ${event.RequestId})`;
  return { kind: 'failed', physicalId, reason: message };
}

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function dataFrom(data: Readonly<Record<string, unknown>>): Data {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)]));
}

function timedOut(event: CustomResourceEvent): CustomResourceAnswer {
  return {
    kind: 'failed',
    physicalId: event.PhysicalResourceId,
    reason: `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${event.RequestId}].`,
  };
}

function asTexts(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asText(item)]));
}

function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText);
  return isRecord(value) ? asTexts(value) : String(value);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
