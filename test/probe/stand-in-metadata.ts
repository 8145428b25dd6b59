/** An instance metadata service on loopback, for tests: version 2 only, as far as the probe asks. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface StandInMetadata {
  readonly endpoint: string;
  /** `GET path` or `PUT path` of every request, in order. */
  readonly asked: string[];
  /** Answers by path below /latest/meta-data/; what is missing is 404. */
  readonly answers: Map<string, string>;
  mode: 'works' | 'hangs' | 'garbage' | 'endless' | 'breaks';
  /** What is handed out and asked for. */
  token: string;
  stop(): Promise<void>;
}

export async function startMetadata(interfaces: Readonly<Record<string, string>>) {
  const server = createServer((request, response) => answer(metadata, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const metadata: StandInMetadata = {
    endpoint: `http://127.0.0.1:${address.port}`,
    asked: [],
    answers: new Map([['instance-id', 'i-00000000000000001']]),
    mode: 'works',
    token: 'token-1',
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  setInterfaces(metadata, interfaces);
  return metadata;
}

/** By hardware address. */
export function setInterfaces(
  metadata: StandInMetadata,
  interfaces: Readonly<Record<string, string>>,
): void {
  const base = 'network/interfaces/macs/';
  metadata.answers.set(
    base,
    Object.keys(interfaces)
      .map((mac) => `${mac}/`)
      .join('\n'),
  );
  for (const [mac, id] of Object.entries(interfaces)) {
    metadata.answers.set(`${base}${mac}/interface-id`, id);
  }
}

function answer(metadata: StandInMetadata, request: IncomingMessage, response: ServerResponse) {
  const path = request.url ?? '';
  metadata.asked.push(`${request.method} ${path}`);
  if (metadata.mode === 'hangs') return;
  if (metadata.mode === 'breaks') {
    request.socket.destroy();
  } else if (metadata.mode === 'garbage') {
    response.end('<html>\u0000 not what you asked for');
  } else if (metadata.mode === 'endless') {
    const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
    response.on('close', () => clearInterval(timer));
  } else if (request.method === 'PUT' && path === '/latest/api/token') {
    response.writeHead('x-aws-ec2-metadata-token-ttl-seconds' in request.headers ? 200 : 400);
    response.end(metadata.token);
  } else if (request.headers['x-aws-ec2-metadata-token'] !== metadata.token) {
    response.writeHead(401).end();
  } else {
    const text = metadata.answers.get(path.replace('/latest/meta-data/', ''));
    response.writeHead(text === undefined ? 404 : 200).end(text);
  }
}
