import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { getInfo } from '../../info-client/get-info.ts';
import { readInfo } from '../../workflow/model/info.ts';
import type { ServerEndpoint } from '../../workflow/model/server-endpoint.ts';

const host = '127.0.0.1';
const open: (Server | TcpServer)[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(
    open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
  );
});

describe('get-info: answers', () => {
  test('a whole answer, and what was asked', async () => {
    let seen: { method?: string; url?: string; headers: object } = { headers: {} };
    const port = await serve((request, response) => {
      seen = { method: request.method, url: request.url, headers: request.headers };
      response.setHeader('content-type', 'application/json');
      response.end('{"coordinator":true}');
    });
    expect(await getInfo({ host, server: at(port), timeoutMs: 2000 })).toEqual({
      kind: 'answered',
      status: 200,
      contentType: 'application/json',
      body: '{"coordinator":true}',
      truncated: false,
    });
    expect(seen).toMatchObject({ method: 'GET', url: '/v1/info' });
    expect(seen.headers).toMatchObject({ connection: 'close' });
    expect(Object.keys(seen.headers).filter((name) => name.startsWith('x-forwarded'))).toEqual([]);
  });

  test('by name (localhost)', async () => {
    const port = await serve((_, response) => response.end('{}'));
    expect(await getInfo({ host: 'localhost', server: at(port), timeoutMs: 2000 })).toMatchObject({
      kind: 'answered',
    });
  });

  test('a redirect is not followed', async () => {
    let asked = 0;
    const port = await serve((_, response) => {
      asked += 1;
      response.writeHead(303, { location: '/ui/' }).end();
    });
    expect(await getInfo({ host, server: at(port), timeoutMs: 2000 })).toMatchObject({
      status: 303,
    });
    expect(asked).toBe(1);
  });

  test.each([406, 500, 503, 204])('status %i', async (status) => {
    const port = await serve((_, response) => response.writeHead(status).end());
    expect(await getInfo({ host, server: at(port), timeoutMs: 2000 })).toMatchObject({
      kind: 'answered',
      status,
      contentType: '',
      body: '',
    });
  });

  test('text that is not UTF-8 arrives as text', async () => {
    const port = await serve((_, response) => response.end(Buffer.from([0xff, 0xfe, 0x00])));
    expect(readInfo(await getInfo({ host, server: at(port), timeoutMs: 2000 })).outcome).toBe(
      'not-json',
    );
  });
});

describe('get-info: answers without an end', () => {
  test('a huge body is cut at the limit', async () => {
    const port = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    const answer = await getInfo({ host, server: at(port), timeoutMs: 5000, bodyLimitBytes: 1000 });
    expect(answer).toMatchObject({ kind: 'answered', truncated: true, body: 'x'.repeat(1000) });
    expect(readInfo(answer).outcome).toBe('too-large');
  });

  test('a body of exactly the limit is whole', async () => {
    const port = await serve((_, response) => response.end('x'.repeat(1000)));
    const answer = await getInfo({ host, server: at(port), timeoutMs: 2000, bodyLimitBytes: 1000 });
    expect(answer).toMatchObject({ truncated: false });
  });

  test('an endless trickle ends at the deadline', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await getInfo({ host, server: at(port), timeoutMs: 300 })).toEqual({
      kind: 'timed-out',
      detail: 'status 200, but no end of the answer after 300 ms',
    });
  });

  test('a server that accepts and says nothing', async () => {
    const port = await serveTcp(() => undefined);
    expect(await getInfo({ host, server: at(port), timeoutMs: 200 })).toEqual({
      kind: 'timed-out',
      detail: 'connected, but no answer after 200 ms',
    });
  });

  test('headers that never end', async () => {
    const port = await serveTcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x-more: 1\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await getInfo({ host, server: at(port), timeoutMs: 200 })).toMatchObject({
      kind: 'timed-out',
    });
  });
});

describe('get-info: no answer', () => {
  test('nothing listens', async () => {
    const port = await serveTcp(() => undefined);
    await new Promise((resolve) => open.pop()?.close(resolve));
    expect(await getInfo({ host, server: at(port), timeoutMs: 2000 })).toMatchObject({
      kind: 'refused',
    });
  });

  test('nothing listens (a name with several addresses)', async () => {
    const port = await serveTcp(() => undefined);
    await new Promise((resolve) => open.pop()?.close(resolve));
    const answer = await getInfo({ host: 'localhost', server: at(port), timeoutMs: 2000 });
    expect(answer).toMatchObject({ kind: 'refused' });
    expect(readInfo(answer).sentence).toContain('nothing listens on the port (');
  });

  test('the connection is reset', async () => {
    const port = await serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await getInfo({ host, server: at(port), timeoutMs: 2000 })).toMatchObject({
      kind: 'reset',
    });
  });

  test('the connection is closed without a word', async () => {
    const port = await serveTcp((socket) => socket.once('data', () => socket.end()));
    expect(await getInfo({ host, server: at(port), timeoutMs: 2000 })).toMatchObject({
      kind: 'reset',
    });
  });

  test('the connection breaks in the middle of the body', async () => {
    const port = await serveTcp((socket) =>
      socket.once('data', () => {
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"coordinator":');
      }),
    );
    expect(await getInfo({ host, server: at(port), timeoutMs: 2000 })).toMatchObject({
      kind: 'reset',
    });
  });

  test('something that speaks another protocol', async () => {
    const port = await serveTcp((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'));
    expect(await getInfo({ host, server: at(port), timeoutMs: 2000 })).toMatchObject({
      kind: 'not-http',
    });
  });

  test('a server that switches protocols', async () => {
    const port = await serveTcp((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      ),
    );
    expect((await getInfo({ host, server: at(port), timeoutMs: 2000 })).kind).not.toBe('timed-out');
  });

  test('no such name', async () => {
    const answer = await getInfo({ host: 'nowhere.invalid', server: at(80), timeoutMs: 5000 });
    expect(['unreachable', 'timed-out']).toContain(answer.kind);
  });

  test('a port that cannot be', async () => {
    expect(await getInfo({ host, server: at(70_000), timeoutMs: 2000 })).toMatchObject({
      kind: 'not-asked',
    });
  });

  test('called off while waiting, and before', async () => {
    const port = await serveTcp(() => undefined);
    const stop = new AbortController();
    const waiting = getInfo({ host, server: at(port), timeoutMs: 5000, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    expect(await waiting).toEqual({ kind: 'not-asked', detail: 'called off' });
    expect(await getInfo({ host, server: at(port), timeoutMs: 5000, signal: stop.signal })).toEqual(
      {
        kind: 'not-asked',
        detail: 'called off',
      },
    );
  });
});

function at(port: number): ServerEndpoint {
  return { protocol: 'http', port };
}

async function serve(answer: RequestListener): Promise<number> {
  return listen(createServer(answer));
}

async function serveTcp(talk: (socket: Socket) => unknown): Promise<number> {
  return listen(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      talk(socket);
    }),
  );
}

async function listen(server: Server | TcpServer): Promise<number> {
  open.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}
