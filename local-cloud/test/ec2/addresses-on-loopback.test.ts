import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createNetwork, type Network } from '../../ec2/network/network.ts';

const address = '127.41.0.10';
const guests = ['127.41.1.1', '127.41.1.2'] as const;

let port: number;
let network: Network;
const servers: Server[] = [];
const clients: Socket[] = [];

beforeEach(async () => {
  port = await freePort();
  network = createNetwork({ port });
  await network.claim(address);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await network.stop();
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

describe('an address', () => {
  test('nowhere: a connection hangs and is not reset', async () => {
    expect(await fate(address)).toBe('hangs');
  });

  test('of a machine without a server: it refuses', async () => {
    network.setGuest('i-1', guests[0]);
    network.route(address, 'i-1');
    expect(await fate(address)).toBe('ECONNREFUSED');
  });

  test('of a machine with a server: the server answers', async () => {
    await hold('i-1', 0);
    expect(await fate(address)).toBe('answer from 127.41.1.1');
  });

  test('of a machine whose server has ended: it refuses again', async () => {
    await hold('i-1', 0);
    network.setPort('i-1', 'closed');
    expect(await fate(address)).toBe('ECONNREFUSED');
    network.setPort('i-1', 'open');
    await network.settled();
    expect(await fate(address)).toBe('answer from 127.41.1.1');
  });

  test('of a machine whose server is said to listen but does not: the client is reset', async () => {
    network.setGuest('i-1', guests[0]);
    network.setPort('i-1', 'open');
    network.route(address, 'i-1');
    await network.settled();
    expect(await fate(address)).toBe('ECONNRESET');
  });

  test('of a machine to which packets are dropped: it hangs until they no longer are', async () => {
    await hold('i-1', 0);
    network.drop('i-1', true);
    expect(await fate(address)).toBe('hangs');
    network.drop('i-1', false);
    expect(await fate(address)).toBe('answer from 127.41.1.1');
  });

  test('of a machine that is off: it hangs', async () => {
    await hold('i-1', 0);
    network.setGuest('i-1', null);
    expect(await fate(address)).toBe('hangs');
  });

  test('moved to another machine: new connections go there', async () => {
    await hold('i-1', 0);
    await hold('i-2', 1);
    expect(await fate(address)).toBe('answer from 127.41.1.2');
  });

  test('released: nothing listens there', async () => {
    await network.release(address);
    expect(await fate(address)).toBe('ECONNREFUSED');
  });

  test('of a machine with two addresses: both lead to it', async () => {
    await network.claim('127.41.0.11');
    await hold('i-1', 0);
    network.route('127.41.0.11', 'i-1');
    await network.settled();
    expect(await fate('127.41.0.11')).toBe('answer from 127.41.1.1');
  });
});

describe('an open connection', () => {
  test.each([
    ['moved away', () => network.route(address, 'i-2')],
    ['left vacant', () => network.route(address, null)],
    ['dropped', () => network.drop('i-1', true)],
    ['of a machine switched off', () => network.setGuest('i-1', null)],
  ])('through an address that is %s: it goes silent, and is held', async (_what, change) => {
    await hold('i-1', 0);
    const client = await open(address);
    expect(await client.say('first')).toBe('answer from 127.41.1.1');
    change();
    expect(await client.say('second')).toBe('nothing');
    expect(client.state()).toBe('open');
  });

  test('to a server that ends it: the client sees the end', async () => {
    await hold('i-1', 0);
    const client = await open(address);
    await client.say('first');
    for (const server of servers) server.emit('end-all');
    await wait(50);
    expect(client.state()).toBe('ended');
  });

  test('through an address at stop: it is closed', async () => {
    const client = await open(address);
    await network.stop();
    await wait(50);
    expect(client.state()).toBe('ended');
  });
});

describe('claims', () => {
  test('a port in use: the error names the address, the port and what to do', async () => {
    const taken = createServer().listen({ host: '127.41.0.12', port });
    servers.push(taken);
    await new Promise((done) => taken.once('listening', done));
    await expect(network.claim('127.41.0.12')).rejects.toThrow(
      `Port in use: something already listens at 127.41.0.12:${port}. End it, or choose another port.`,
    );
  });

  test('an address that this machine does not have: the error says so', async () => {
    await expect(network.claim('203.0.113.1')).rejects.toThrow(
      'This machine has no address 203.0.113.1',
    );
  });

  test('an address twice: refused', async () => {
    await expect(network.claim(address)).rejects.toThrow('already claimed');
  });
});

/** Makes the instance hold the address, with a server on its guest that answers every chunk. */
async function hold(instanceId: string, guest: 0 | 1): Promise<void> {
  const host = guests[guest];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(`answer from ${host}`));
    server.once('end-all', () => socket.end());
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen({ host, port }, done));
  network.setGuest(instanceId, host);
  network.setPort(instanceId, 'open');
  network.route(address, instanceId);
  await network.settled();
}

/** What becomes of a connection on which something is said. */
async function fate(host: string): Promise<string> {
  try {
    const client = await open(host);
    const answer = await client.say('hello');
    if (answer !== 'nothing') return answer;
    return client.state() === 'open' ? 'hangs' : client.state();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

async function open(host: string) {
  const socket = dial({ host, port });
  clients.push(socket);
  let state = 'open';
  socket.on('end', () => {
    state = 'ended';
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    state = error.code ?? 'failed';
  });
  return {
    state: () => state,
    /** The answer; `nothing` when none came within 150 ms. */
    async say(text: string): Promise<string> {
      const answer = new Promise<string>((resolve) =>
        socket.once('data', (chunk) => resolve(chunk.toString())),
      );
      socket.write(text);
      return Promise.race([answer, wait(150, 'nothing')]);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen({ host: '127.41.0.1', port: 0 }, done));
  const bound = server.address();
  await new Promise((done) => server.close(done));
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}
