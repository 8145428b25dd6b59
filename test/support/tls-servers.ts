/** TLS servers on loopback for tests, good and bad, and one way to ask them. */
import { X509Certificate } from 'node:crypto';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach } from 'vitest';
import { getInfo } from '../../info-client/get-info.ts';
import { createAuthority, type ServerCertificate } from '../../trials/drill/private-authority.ts';
import type { HttpAnswer } from '../../workflow/model/info.ts';
import type { HttpsEndpoint, Trust } from '../../workflow/model/server-endpoint.ts';

export const host = '127.0.0.1';
export const authority = await createAuthority();
/** Good for whoever asks at `host`, and for a name. */
export const good = await authority.issue({ names: ['presto.example.com', host] });
export const goodPem = { cert: good.certificate, key: good.key };
export const bundle: Trust = { caBundle: authority.certificate };
const open: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(
    open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
  );
});

interface How {
  readonly trust?: Trust;
  readonly serverName?: string;
  readonly timeoutMs?: number;
}

export function ask(port: number, how: How = {}): Promise<HttpAnswer> {
  const { trust = bundle, timeoutMs = 5000, ...name } = how;
  const server: HttpsEndpoint = { protocol: 'https', port, trust, ...name };
  return getInfo({ host, server, timeoutMs });
}

export function pinOf(...certificates: readonly string[]): Trust {
  const pins = certificates.map((pem) =>
    new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase(),
  );
  return { pinnedCertificateSha256: pins.join(',') };
}

interface Serving {
  readonly port: number;
  readonly server: Server;
  /** What each request came with. */
  readonly seen: { readonly host: string | undefined; readonly sni: string | false | null }[];
}

/** Answers `{}` to everything. */
export async function serve(
  certificate: ServerCertificate,
  options: ServerOptions = {},
): Promise<Serving> {
  const seen: Serving['seen'] = [];
  const pem = { cert: certificate.certificate, key: certificate.key };
  const server = createHttpsServer({ ...pem, ...options }, (request, response) => {
    const { servername: sni } = request.socket as TLSSocket;
    seen.push({ host: request.headers.host, sni });
    response.end('{}');
  });
  return { port: await listen(server), server, seen };
}

export function tcp(talk: (socket: Socket) => unknown): Server {
  return createTcpServer((socket) => talk(quiet(socket)));
}

export function quiet<Kind extends Socket>(socket: Kind): Kind {
  socket.on('error', () => undefined);
  return socket;
}

export async function listen(server: Server): Promise<number> {
  open.push(server);
  server.on('connection', (socket: Socket) => sockets.add(quiet(socket)));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

/** A port where nothing listens. */
export async function closedPort(): Promise<number> {
  const port = await listen(tcp(() => undefined));
  await new Promise((resolve) => open.pop()?.close(resolve));
  return port;
}
