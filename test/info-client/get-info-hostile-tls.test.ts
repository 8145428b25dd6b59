/** What stands where a TLS server should: no TLS, another TLS, or one that means ill. */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { getInfo } from '../../info-client/get-info.ts';
import { readInfo } from '../../workflow/model/info.ts';
import type { HttpsEndpoint } from '../../workflow/model/server-endpoint.ts';
import {
  ask,
  authority,
  bundle,
  closedPort,
  good,
  goodPem,
  host,
  listen,
  quiet,
  serve,
  tcp,
} from '../support/tls-servers.ts';

describe('get-info over HTTPS: no TLS, or not with us', () => {
  test('HTTP is spoken on the HTTPS port', async () => {
    const port = await listen(createHttpServer((_, response) => response.end('{}')));
    const reading = readInfo(await ask(port));
    expect(reading.outcome).toBe('not-tls');
    expect(reading.sentence).toBe(
      'answers without TLS: HTTP seems to be spoken on the HTTPS port (wrong version number)',
    );
  });

  test('HTTPS is spoken on the HTTP port (a server that answers with an alert)', async () => {
    const port = await listen(
      tcp((socket) => socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 80])))),
    );
    const answer = await getInfo({ host, server: { protocol: 'http', port }, timeoutMs: 5000 });
    expect(readInfo(answer).sentence).toContain(
      'answers in TLS: HTTPS seems to be spoken on the HTTP port',
    );
  });

  test('another protocol', async () => {
    const port = await listen(tcp((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')));
    expect(await ask(port)).toMatchObject({ kind: 'not-tls' });
  });

  test('a TLS that is too old', async () => {
    const { port } = await serve(good, {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL@SECLEVEL=0',
    });
    expect((await ask(port)).kind).toBe('tls-failed');
  });

  test('a server that wants a certificate of ours', async () => {
    const { port, seen } = await serve(good, { requestCert: true, rejectUnauthorized: true });
    expect(await ask(port)).toMatchObject({ kind: 'tls-failed' });
    expect(seen).toEqual([]);
  });

  test.each([
    ['closed', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('%s in the middle of the handshake', async (_how, end) => {
    const port = await listen(tcp((socket) => socket.once('data', () => end(socket))));
    expect(await ask(port)).toMatchObject({ kind: 'tls-failed' });
  });

  test('nothing listens', async () => {
    expect(await ask(await closedPort())).toMatchObject({ kind: 'refused' });
  });
});

describe('get-info over HTTPS: hostile servers', () => {
  test('a handshake that never begins, and one that never ends', async () => {
    const silent = await listen(tcp(() => undefined));
    expect(await ask(silent, { timeoutMs: 200 })).toEqual({
      kind: 'timed-out',
      detail: 'connected, but no end of the TLS handshake after 200 ms',
    });
    const record = Buffer.from([22, 3, 3, 0x40, 0x00, 2, 0, 0x3f, 0xfc]);
    const trickling = await listen(
      tcp((socket) => {
        socket.write(record);
        const timer = setInterval(() => socket.write('\0'), 10);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    expect((await ask(trickling, { timeoutMs: 300 })).kind).toMatch(/^(timed-out|tls-failed)$/);
  });

  test('a verified server that then says nothing, breaks off or never ends its answer', async () => {
    const talk = async (say: (socket: TLSSocket) => unknown) => {
      const port = await listen(createTlsServer(goodPem, (socket) => say(quiet(socket))));
      return ask(port, { timeoutMs: 400 });
    };
    expect(await talk(() => undefined)).toEqual({
      kind: 'timed-out',
      detail: 'connected, but no answer after 400 ms',
    });
    expect(await talk((socket) => socket.once('data', () => socket.end()))).toMatchObject({
      kind: 'reset',
    });
    const endless = 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{';
    expect(await talk((socket) => socket.once('data', () => socket.write(endless)))).toEqual({
      kind: 'timed-out',
      detail: 'status 200, but no end of the answer after 400 ms',
    });
    expect(await talk((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'))).toMatchObject({
      kind: 'not-http',
    });
  });

  test('a huge body is cut at the limit', async () => {
    const server = createHttpsServer(goodPem, (_, response) => response.end('x'.repeat(200_000)));
    const answer = await ask(await listen(server));
    expect(answer).toMatchObject({ kind: 'answered', truncated: true });
    expect(answer.kind === 'answered' && answer.body.length).toBe(65_536);
  });

  test('a huge chain of certificates is refused', async () => {
    // OpenSSL reads 100 KB of them.
    const chain = good.certificate + authority.certificate.repeat(400);
    const { port } = await serve({ ...good, certificate: chain });
    expect(await ask(port)).toMatchObject({ kind: 'tls-failed' });
  });

  test('a server that asks for another handshake (TLS 1.2) gets none', async () => {
    let again = 0;
    const port = await listen(
      createTlsServer({ ...goodPem, maxVersion: 'TLSv1.2' }, (socket) => {
        quiet(socket).renegotiate({}, (error) => {
          if (error === null) again += 1;
        });
      }),
    );
    const answer = await ask(port, { timeoutMs: 500 });
    expect(['tls-failed', 'timed-out']).toContain(answer.kind);
    expect(again).toBe(0);
  });

  test('called off in the middle of the handshake', async () => {
    const port = await listen(tcp(() => undefined));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const server: HttpsEndpoint = { protocol: 'https', port, trust: bundle };
    const { signal } = stop;
    expect(await getInfo({ host, server, timeoutMs: 5000, signal })).toMatchObject({
      kind: 'not-asked',
      detail: 'called off',
    });
  });
});
