/**
 * The instance metadata service of one machine, version 2 only: a token by PUT, then documents by
 * path. It listens on its own address instead of 169.254.169.254.
 * What can go wrong: a program never tried without a token. So a request without a token is
 * refused.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../time/clock.ts';

/** A document, or a folder of documents. */
export type MetadataNode = string | { readonly [name: string]: MetadataNode };

/** The tree below `/latest/`; undefined when the instance is gone. */
export type MetadataView = () => MetadataNode | undefined;

export interface MetadataServer {
  /** For AWS_EC2_METADATA_SERVICE_ENDPOINT. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function serveMetadata(options: {
  readonly address: string;
  readonly clock: Clock;
  readonly view: MetadataView;
}): Promise<MetadataServer> {
  const { address, clock, view } = options;
  const tokens = createTokens(clock);
  const server = createServer((request, response) => {
    request.resume();
    const { status, body, headers } = answer(request, tokens, view);
    send(response, status, body, headers);
  });
  server.requestTimeout = 10_000;
  server.on('clientError', (_error, socket) => socket.destroy());
  const port = await listen(server, address);
  return {
    endpoint: `http://${address}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Tokens {
  issue(ttlSeconds: number): string;
  isValid(token: string | undefined): boolean;
}

const longestTtlSeconds = 21_600;
const mostTokens = 1_000;

function createTokens(clock: Clock): Tokens {
  const expiries = new Map<string, number>();
  let issued = 0;
  return {
    issue(ttlSeconds) {
      issued += 1;
      const token = `local-cloud-token-${issued}`;
      expiries.set(token, clock.now() + ttlSeconds * 1000);
      const oldest = expiries.keys().next().value;
      if (expiries.size > mostTokens && oldest !== undefined) expiries.delete(oldest);
      return token;
    },
    isValid: (token) => token !== undefined && (expiries.get(token) ?? 0) > clock.now(),
  };
}

function answer(request: IncomingMessage, tokens: Tokens, view: MetadataView): Answer {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  if (request.method === 'PUT' && path === '/latest/api/token') return issueToken(request, tokens);
  if (request.method !== 'GET') return { status: 405, body: 'Method Not Allowed' };
  if (!tokens.isValid(headerOf(request, 'x-aws-ec2-metadata-token'))) {
    return { status: 401, body: 'Unauthorized' };
  }
  const root = view();
  const found = root === undefined ? undefined : nodeAt({ latest: root }, path);
  return found === undefined
    ? { status: 404, body: 'Not Found' }
    : { status: 200, body: typeof found === 'string' ? found : listing(found) };
}

function issueToken(request: IncomingMessage, tokens: Tokens): Answer {
  // A forwarded request is refused (EC2 user guide, IMDSv2).
  if (request.headers['x-forwarded-for'] !== undefined) return { status: 403, body: 'Forbidden' };
  const text = headerOf(request, 'x-aws-ec2-metadata-token-ttl-seconds') ?? '';
  const ttlSeconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (ttlSeconds < 1 || ttlSeconds > longestTtlSeconds) return { status: 400, body: 'Bad Request' };
  const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': String(ttlSeconds) };
  return { status: 200, body: tokens.issue(ttlSeconds), headers };
}

function nodeAt(root: MetadataNode, path: string): MetadataNode | undefined {
  let node: MetadataNode | undefined = root;
  for (const part of path.split('/').filter((name) => name !== '')) {
    if (typeof node !== 'object') return undefined;
    const name = decoded(part);
    node = Object.hasOwn(node, name) ? node[name] : undefined;
  }
  return node;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Folders end in a slash. */
function listing(folder: { readonly [name: string]: MetadataNode }): string {
  return Object.entries(folder)
    .map(([name, node]) => (typeof node === 'string' ? name : `${name}/`))
    .join('\n');
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers });
  response.end(body);
}

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port: 0 }, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
