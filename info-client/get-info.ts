/**
 * Asks one server for `/v1/info` over HTTP or HTTPS, for the outside check and for the probe. One deadline
 * covers the whole exchange and the body is bounded: packets may be dropped, headers may never come, a body
 * may never end. Every failure is a value; the promise never rejects.
 */
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { messageOf } from '../workflow/model/errors.ts';
import type { HttpAnswer } from '../workflow/model/info.ts';
import type { ServerEndpoint } from '../workflow/model/server-endpoint.ts';
import { connectTls, expectedName } from './connect-tls.ts';
import { silence } from './silence.ts';

export interface InfoRequest {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly server: ServerEndpoint;
  /** @default '/v1/info' */
  readonly path?: string;
  /** For name, connection, TLS, headers and body together. */
  readonly timeoutMs: number;
  /** Bytes of the answer that are read. @default 65536: over a hundred times what a server says. */
  readonly bodyLimitBytes?: number;
  /** Calls the request off: the answer is `not-asked`. */
  readonly signal?: AbortSignal;
}

export type GetInfo = (asked: InfoRequest) => Promise<HttpAnswer>;

const defaultBodyLimitBytes = 64 * 1024;

export const getInfo: GetInfo = (asked) =>
  new Promise((resolve) => {
    const { host, server, timeoutMs, signal } = asked;
    if (signal?.aborted) {
      resolve(calledOff);
      return;
    }
    let stage = 'no connection';
    const open: { destroy(): unknown }[] = [];
    const finish = (answer: HttpAnswer) => {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', callOff);
      // Ends the sockets too. Later errors find a listener and a settled promise.
      for (const connection of open) connection.destroy();
      resolve(answer);
    };
    const callOff = () => finish(calledOff);
    const deadline = setTimeout(
      () => finish({ kind: 'timed-out', detail: `${stage} after ${timeoutMs} ms` }),
      timeoutMs,
    );
    signal?.addEventListener('abort', callOff, { once: true });

    const exchange = (socket?: TLSSocket) => {
      const onConnected = () => {
        stage = 'connected, but no answer';
      };
      const onStatus = (status: number) => {
        stage = `status ${status}, but no end of the answer`;
      };
      open.push(startRequest(asked, { socket, onConnected, onStatus, finish }));
    };
    const onConnect = () => {
      stage = 'connected, but no end of the TLS handshake';
    };
    try {
      if (server.protocol === 'http') exchange();
      else {
        const listener = { onConnect, onVerified: exchange, onFailure: finish };
        open.push(connectTls(host, server, listener));
      }
    } catch (error) {
      // node refuses some hosts, ports, paths and CA bundles before it connects.
      finish({ kind: 'not-asked', detail: messageOf(error) });
    }
  });

const calledOff: HttpAnswer = { kind: 'not-asked', detail: 'called off' };

interface Exchange {
  /** An open, verified connection; undefined = make a plain connection. */
  readonly socket: TLSSocket | undefined;
  onConnected(): void;
  /** Called when the headers have come. */
  onStatus(status: number): void;
  finish(answer: HttpAnswer): void;
}

function startRequest(asked: InfoRequest, exchange: Exchange): ClientRequest {
  const { socket, onConnected, finish } = exchange;
  const outgoing = request({
    host: asked.host,
    port: asked.server.port,
    path: asked.path ?? '/v1/info',
    method: 'GET',
    // A new connection for each request: a kept connection may lead to an earlier holder of the address.
    ...(socket === undefined ? { agent: false } : { createConnection: () => socket }),
    // No X-Forwarded headers: the server answers 406 to them.
    headers: {
      accept: 'application/json',
      'user-agent': 'coordinator-failover',
      connection: 'close',
      ...hostHeader(asked),
    },
  });
  if (socket !== undefined) onConnected();
  outgoing.on('socket', (connecting) => {
    connecting.once('connect', onConnected);
  });
  outgoing.on('error', (error) => finish(silence(error)));
  // A server that closes without an answer, or switches protocols, may cause no error.
  outgoing.on('close', () => finish({ kind: 'reset', detail: 'closed without an answer' }));
  outgoing.on('response', (response) => {
    readAnswer(response, asked.bodyLimitBytes ?? defaultBodyLimitBytes, exchange);
  });
  outgoing.end();
  return outgoing;
}

/**
 * The certificate's name. Both servers are built on Jetty, which may answer 400 "Invalid SNI" where the Host
 * header and the certificate differ (SecureRequestCustomizer).
 */
function hostHeader({ host, server }: InfoRequest): { readonly host?: string } {
  if (server.protocol === 'http' || server.serverName === undefined) return {};
  const name = expectedName(host, server);
  return { host: `${isIP(name) === 6 ? `[${name}]` : name}:${server.port}` };
}

function readAnswer(
  response: IncomingMessage,
  bodyLimitBytes: number,
  { onStatus, finish }: Pick<Exchange, 'onStatus' | 'finish'>,
): void {
  onStatus(response.statusCode ?? 0);
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
  // A connection that ends within the body causes an error, and no `end`.
  response.on('error', (error) => finish(silence(error)));
}
