/**
 * The one HTTP endpoint of the local cloud, for SDK clients and the AWS CLI (AWS_ENDPOINT_URL). The
 * request tells the service, the access key tells the caller. Signatures are not verified: on one
 * machine nobody is kept out.
 * What can go wrong: any bytes may arrive. Each request gets an answer with an error code or a
 * closed connection.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Callers } from '../service/callers.ts';
import { type DispatchOptions, dispatch } from '../service/dispatch.ts';
import { type Caller, type Service, ServiceError } from '../service/service.ts';
import { readJson, writeJson, writeJsonError } from './json-protocol.ts';
import { parseQuery, readQuery, writeQueryError, writeQueryOutput } from './query-protocol.ts';
import type { OperationSchema } from './schemas.ts';
import { type WireProtocol, type WireService, wireServiceOf } from './wire-services.ts';

export interface WireOptions extends DispatchOptions {
  readonly callers: Callers;
}

export interface WireServer {
  /** For AWS_ENDPOINT_URL: `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Bytes. PutMetricData, the largest request, may have 1 MB. */
export const largestRequestBytes = 1_500_000;

/** Serves on a free port of 127.0.0.1. */
export async function serve(
  services: readonly Service[],
  options: WireOptions,
): Promise<WireServer> {
  const wireServices = services.map(wireServiceOf);
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const requestId = `local-cloud-${requests}`;
    answer(wireServices, options, request, requestId)
      .catch((error: unknown) => plainAnswer(error))
      .then((reply) => send(response, reply, requestId))
      .catch(() => response.destroy());
  });
  server.requestTimeout = 30_000;
  server.on('clientError', (_error, socket) => socket.destroy());
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

async function answer(
  services: readonly WireService[],
  options: WireOptions,
  request: IncomingMessage,
  requestId: string,
): Promise<Reply> {
  const body = await bodyOf(request);
  const { wireService, operationName } = addressed(services, request.headers, body);
  const { protocol } = wireService;
  try {
    const caller = callerOf(request.headers, options.callers, protocol);
    const schema = wireService.schemas.get(operationName);
    const input = schema === undefined ? {} : await read(protocol, schema, body);
    const output = await dispatch(wireService.service, operationName, input, caller, options);
    if (schema === undefined) throw new Error(`${operationName} has no schema.`);
    return success(protocol, schema, output, requestId);
  } catch (error) {
    return failure(protocol, serviceErrorFrom(error), requestId);
  }
}

async function read(protocol: WireProtocol, schema: OperationSchema, body: string) {
  if (protocol.kind === 'aws-json') return readJson(schema, body);
  return readQuery(schema, parseQuery(body).parameters);
}

function success(
  protocol: WireProtocol,
  schema: OperationSchema,
  output: object,
  requestId: string,
): Reply {
  if (protocol.kind === 'aws-json') {
    const headers = { 'content-type': `application/x-amz-json-${protocol.version}` };
    return { status: 200, headers, body: writeJson(schema, output) };
  }
  const body = writeQueryOutput(schema, output, protocol.xmlNamespace, requestId);
  return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body };
}

function failure(protocol: WireProtocol, error: ServiceError, requestId: string): Reply {
  const { status } = error;
  if (protocol.kind === 'ec2-query') {
    const headers = { 'content-type': 'text/xml;charset=UTF-8' };
    return { status, headers, body: writeQueryError(error, requestId) };
  }
  const { body, queryError } = writeJsonError(error, protocol.namespace);
  const headers = {
    'content-type': `application/x-amz-json-${protocol.version}`,
    ...(protocol.queryCompatible ? { 'x-amzn-query-error': queryError } : {}),
  };
  return { status, headers, body };
}

/** The service and operation of a request. */
function addressed(
  services: readonly WireService[],
  headers: IncomingHttpHeaders,
  body: string,
): { wireService: WireService; operationName: string } {
  const target = String(headers['x-amz-target'] ?? '');
  if (target !== '') {
    const [prefix, operationName = ''] = target.split('.', 2);
    const wireService = services.find(
      ({ protocol }) => protocol.kind === 'aws-json' && protocol.target === prefix,
    );
    if (wireService !== undefined) return { wireService, operationName };
  } else if (String(headers['content-type']).startsWith('application/x-www-form-urlencoded')) {
    const wireService = services.find(({ protocol }) => protocol.kind === 'ec2-query');
    if (wireService !== undefined) return { wireService, operationName: parseQuery(body).action };
  }
  throw new ServiceError(
    'NotImplementedByLocalCloud',
    `No service of the local cloud takes this request. It serves: ${services.map(({ service }) => service.name).join(', ')}.`,
    404,
  );
}

function callerOf(headers: IncomingHttpHeaders, callers: Callers, protocol: WireProtocol): Caller {
  const accessKeyId = /Credential=([^/,\s]+)\//.exec(headers.authorization ?? '')?.[1];
  const caller = accessKeyId === undefined ? undefined : callers.find(accessKeyId);
  if (caller !== undefined) return caller;
  if (protocol.kind === 'ec2-query') {
    const message = 'AWS was not able to validate the provided access credentials';
    throw new ServiceError('AuthFailure', message, 401);
  }
  const message = 'The security token included in the request is invalid.';
  const code = protocol.queryCompatible ? 'InvalidClientTokenId' : 'UnrecognizedClientException';
  throw new ServiceError(code, message, 403);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Too large a body is read on for a while: the client listens only afterwards.
    if (size <= largestRequestBytes) chunks.push(chunk);
    if (size > largestRequestBytes * 10) break;
  }
  if (size > largestRequestBytes) throw tooLarge();
  const body = Buffer.concat(chunks);
  if (request.headers['content-encoding'] !== 'gzip') return body.toString('utf8');
  try {
    return gunzipSync(body, { maxOutputLength: largestRequestBytes }).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new ServiceError('SerializationException', 'The request is not valid gzip.');
  }
}

function tooLarge(): ServiceError {
  const message = `A request may have at most ${largestRequestBytes} bytes.`;
  return new ServiceError('RequestEntityTooLarge', message, 413);
}

function serviceErrorFrom(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  // A bug of the local cloud: the reader is its developer.
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ServiceError('InternalError', `A bug in the local cloud: ${text}`, 500);
}

/** Answers a request that names no service. */
function plainAnswer(error: unknown): Reply {
  const { status, code, message } = serviceErrorFrom(error);
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code };
  return { status, headers, body: JSON.stringify({ __type: code, message }) };
}

function send(response: ServerResponse, reply: Reply, requestId: string): void {
  response.writeHead(reply.status, {
    ...reply.headers,
    'x-amzn-requestid': requestId,
    // A request refused unread leaves its rest on the connection.
    ...(reply.status === 413 ? { connection: 'close' } : {}),
  });
  response.end(reply.body);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
