import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { realClock } from '@coordinator-failover/local-cloud';
import { afterEach, describe, expect, test } from 'vitest';
import { ask, type ClientAnswer, outage, startClient } from '../../drill/client.ts';
import { createAuthority } from '../../drill/private-authority.ts';

/** "a" = ready by a, "." = not ready: one letter per 100 ms, from time 0. Each takes 10 ms. */
function answers(letters: string): ClientAnswer[] {
  return [...letters].map((letter, index) => {
    const times = { askedAt: index * 100, answeredAt: index * 100 + 10 };
    return letter === '.'
      ? { ...times, ready: false, what: 'ECONNREFUSED' }
      : { ...times, ready: true, what: 'ready', identity: letter };
  });
}

describe('outage: from the fault to the first of ten consecutive ready answers by another', () => {
  const faultAt = 250;
  test.each<[string, string, object]>([
    ['another takes over', 'aaa.......bbbbbbbbbb', { kind: 'over', seconds: 0.76, identity: 'b' }],
    ['nine answers are not enough', 'aaa.......bbbbbbbbb', { kind: 'none' }],
    [
      'a bad answer in between starts the count again',
      'aaa..bbbbb.bbbbbbbbbb',
      { kind: 'over', seconds: 0.86 },
    ],
    [
      'two others in turn do not count together',
      'aaa..bbbbbcccccccccc',
      { kind: 'over', seconds: 0.76, identity: 'c' },
    ],
    ['the old one comes back', 'aaa....aaaaaaaaaaaaaaaa', { kind: 'none' }],
    [
      'the old one answers a little longer',
      'aaaaaaa..bbbbbbbbbb',
      { kind: 'over', seconds: 0.66, identity: 'b' },
    ],
    [
      'nobody comes back',
      'aaa.......',
      { kind: 'lasting', unanswered: 'ECONNREFUSED', sinceSeconds: 0.66 },
    ],
    ['nothing has been asked since', 'aaa', { kind: 'none' }],
    ['nothing happens', 'aaaaaaaaaaaaaaaa', { kind: 'none' }],
  ])('outage: %s', (_case, letters, expected) => {
    expect(outage(answers(letters), faultAt)).toMatchObject(expected);
  });

  test('outage: answers of ready servers without identity are no takeover', () => {
    const anonymous = answers('aaa..bbbbbbbbbbbb').map(({ identity: _, ...answer }) => answer);
    expect(outage(anonymous, 250)).toEqual({ kind: 'none' });
  });
});

describe('client: what an answer is', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const info = (fields: object): RequestListener => {
    const body = { coordinator: true, starting: false, coordinatorId: 'abcde', ...fields };
    return (_request, response) => void response.end(JSON.stringify(body));
  };

  test.each<[string, RequestListener, object]>([
    ['ready', info({}), { ready: true, what: 'ready', identity: 'abcde' }],
    ['starting', info({ starting: true }), { ready: false, what: 'starting' }],
    ['a worker', info({ coordinator: false }), { ready: false, what: 'not a coordinator' }],
    [
      '503',
      (_request, response) => void response.writeHead(503).end(),
      { ready: false, what: 'HTTP 503' },
    ],
    ['a page', (_request, response) => void response.end('<html>'), { what: 'not JSON' }],
    [
      'an endless body',
      (_request, response) => void response.write('x'.repeat(100_000)),
      { ready: false, what: 'too long' },
    ],
  ])('client: %s', async (_case, listener, expected) => {
    const url = await serve(listener);
    expect(await ask(new URL('/v1/info', url), realClock)).toMatchObject(expected);
  });

  test('client: over HTTPS it takes what its authority has signed for the address, and nothing else', async () => {
    const authority = await createAuthority();
    const observe = async (names: readonly string[], ca: string) => {
      const { certificate: cert, key } = await authority.issue({ names });
      const server = createHttpsServer({ cert, key }, info({}));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      closers.push(() => server.close());
      const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/v1/info`);
      return (await ask(url, realClock, ca)).what;
    };
    expect(await observe(['127.0.0.1'], authority.certificate)).toBe('ready');
    expect(await observe(['127.0.0.2'], authority.certificate)).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    const { certificate: another } = await createAuthority();
    expect(await observe(['127.0.0.1'], another)).toBe('CERT_SIGNATURE_FAILURE');
  });

  test('client: a refused connection is an answer', async () => {
    const url = await serve(info({}));
    closers.pop()?.();
    const answer = await ask(new URL('/v1/info', url), realClock);
    expect(answer).toMatchObject({ ready: false, what: 'ECONNREFUSED' });
  });

  test('client: silence times out after a second and a half', async () => {
    const silent = createTcpServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closers.push(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const answer = await ask(new URL(`http://127.0.0.1:${port}/v1/info`), realClock);
    expect(answer).toMatchObject({ ready: false, what: 'timed out' });
    expect(answer.answeredAt - answer.askedAt).toBeGreaterThanOrEqual(1490);
  });

  test('client: asks ten times a second on new connections, and keeps the order of asking', async () => {
    let connections = 0;
    let count = 0;
    const url = await serve((request, response) => {
      count += 1;
      // The second answer comes last.
      setTimeout(() => info({})(request, response), count === 2 ? 400 : 0);
    });
    const client = startClient({ url, clock: realClock });
    try {
      await realClock.sleep(420);
      connections = count;
      expect(client.answers()).toHaveLength(1);
      await realClock.sleep(900);
    } finally {
      client.stop();
    }
    const times = client.answers().map(({ askedAt }) => askedAt);
    expect(connections).toBeGreaterThanOrEqual(3);
    expect(times.length).toBeGreaterThanOrEqual(8);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});
