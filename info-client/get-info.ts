/**
 * Asks one server for `/v1/info` over HTTP: shared by the outside check and the probe.
 * What can go wrong: everything, and that is the point of asking - the port is closed, packets are
 * dropped, the headers never come, the body never ends or is huge. So one deadline covers the
 * whole exchange, the body is bounded, and every end is a value: it never rejects.
 */
import { type IncomingMessage, request } from 'node:http';
import type { HttpAnswer } from '../workflow/info.ts';
import type { ServerEndpoint } from '../workflow/server-endpoint.ts';

export interface InfoRequest {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly server: ServerEndpoint;
  /** @default '/v1/info' */
  readonly path?: string;
  /** For everything together: name, connection, headers, body. */
  readonly timeoutMs: number;
  /** Bytes of the answer that are read. @default 65536: over a hundred times what a server says. */
  readonly bodyLimitBytes?: number;
  /** Calls the request off; the answer is then `not-asked`. */
  readonly signal?: AbortSignal;
}

export type GetInfo = (asked: InfoRequest) => Promise<HttpAnswer>;

const defaultBodyLimitBytes = 64 * 1024;

export const getInfo: GetInfo = (asked) =>
  new Promise((resolve) => {
    const { timeoutMs, signal } = asked;
    if (signal?.aborted) {
      resolve(calledOff);
      return;
    }
    if (asked.server.protocol === 'https') {
      resolve({ kind: 'not-asked', detail: 'HTTPS cannot be spoken yet' });
      return;
    }
    let stage = 'no connection';
    const finish = (answer: HttpAnswer) => {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', callOff);
      // Ends the socket too. Errors that follow find a listener and a settled promise.
      outgoing?.destroy();
      resolve(answer);
    };
    const callOff = () => finish(calledOff);
    const deadline = setTimeout(
      () => finish({ kind: 'timed-out', detail: `${stage} after ${timeoutMs} ms` }),
      timeoutMs,
    );
    signal?.addEventListener('abort', callOff, { once: true });

    const outgoing = startRequest(asked, finish);
    outgoing?.on('socket', (socket) => {
      socket.once('connect', () => {
        stage = 'connected, but no answer';
      });
    });
    outgoing?.on('error', (error) => finish(silence(error)));
    // A server that closes without a word, or switches protocols, may end here without an error.
    outgoing?.on('close', () => finish({ kind: 'reset', detail: 'closed without an answer' }));
    outgoing?.on('response', (response) => {
      stage = `status ${response.statusCode}, but no end of the answer`;
      readAnswer(response, asked.bodyLimitBytes ?? defaultBodyLimitBytes, finish);
    });
  });

const calledOff: HttpAnswer = { kind: 'not-asked', detail: 'called off' };

function startRequest(asked: InfoRequest, finish: (answer: HttpAnswer) => void) {
  try {
    const outgoing = request({
      host: asked.host,
      port: asked.server.port,
      path: asked.path ?? '/v1/info',
      method: 'GET',
      // A connection of its own: a kept one would test yesterday's path, and an answer at a moved
      // address must come from the machine that holds it now.
      agent: false,
      // No X-Forwarded headers: the server answers 406 to them.
      headers: {
        accept: 'application/json',
        'user-agent': 'coordinator-failover',
        connection: 'close',
      },
    });
    outgoing.end();
    return outgoing;
  } catch (error) {
    // node refuses some hosts, ports and paths before it connects.
    queueMicrotask(() => finish({ kind: 'not-asked', detail: messageOf(error) }));
    return undefined;
  }
}

function readAnswer(
  response: IncomingMessage,
  bodyLimitBytes: number,
  finish: (answer: HttpAnswer) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const answered = (truncated: boolean) =>
    finish({
      kind: 'answered',
      status: response.statusCode ?? 0,
      contentType: response.headers['content-type'] ?? '',
      body: Buffer.concat(chunks).subarray(0, bodyLimitBytes).toString('utf8'),
      truncated,
    });
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bodyLimitBytes) answered(true);
  });
  response.on('end', () => answered(false));
  // Also when the connection ends in the middle of the body: then `end` does not come.
  response.on('error', (error) => finish(silence(error)));
}

function silence(error: Error): HttpAnswer {
  const detail = messageOf(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code.startsWith('HPE_')) return { kind: 'not-http', detail };
  return { kind: kindsByCode.get(code) ?? 'unreachable', detail };
}

/** Everything else that node and libuv report means that there is no way to the host. */
const kindsByCode: ReadonlyMap<string, 'refused' | 'reset' | 'timed-out' | 'not-asked'> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['ETIMEDOUT', 'timed-out'],
  // Out of files, memory or ports on our own side.
  ['EMFILE', 'not-asked'],
  ['ENFILE', 'not-asked'],
  ['ENOBUFS', 'not-asked'],
  ['ENOMEM', 'not-asked'],
  ['EADDRNOTAVAIL', 'not-asked'],
]);

/** A name with several addresses fails with one error that holds the others and says nothing. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
