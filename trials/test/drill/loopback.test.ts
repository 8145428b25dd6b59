import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../../test/support/free-port.ts';
import { startOnLoopback, takeLoopback, withPortAdvice } from '../../drill/loopback.ts';

let port: number;
let holders: Server[];

beforeEach(async () => {
  port = await freePort();
  holders = [];
});
afterEach(() => {
  for (const server of holders) server.close();
});

/** Something else on this machine, which was there first. */
async function hold(address: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  holders.push(server);
}

/** As a local cloud begins: an address of the VPC is listened on. */
async function claimOn({ prefix }: { readonly prefix: string }) {
  const address = `${prefix}.0.4`;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ host: address, port, exclusive: true }, resolve);
  });
  return { prefix, stop: () => new Promise((resolve) => server.close(resolve)) };
}

test('loopback: two at a time get networks of their own, and one that was given back is taken again', async () => {
  const first = await takeLoopback(port);
  const second = await takeLoopback(port);
  expect(second.prefix).not.toBe(first.prefix);
  await first.release();
  const third = await takeLoopback(port);
  expect(third.prefix).toBe(first.prefix);
  await Promise.all([second.release(), third.release()]);
});

test('loopback: a port in use everywhere is one sentence with address, port and what to do', async () => {
  await hold('0.0.0.0');
  await expect(takeLoopback(port)).rejects.toThrow(
    /^Port \d+ is in use at 127\.64\.255\.254 .* Choose another port with --port\.$/,
  );
});

test("loopback: the local cloud's own word about a port gets the same advice", () => {
  const cause = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
  const error = new Error('Something listens at 127.64.0.4:8080 already.', { cause });
  expect(withPortAdvice(error)).toMatchObject({
    message: `${error.message} Choose another port with --port.`,
  });
  const other = new Error('The port in use is not told here.');
  expect(withPortAdvice(other)).toBe(other);
});

test('loopback: where an address is held by something else, the next network is taken', async () => {
  await hold('127.64.0.4');
  await hold('127.65.0.4');
  const started = await startOnLoopback(port, claimOn);
  expect(started.prefix).toBe('127.66');
  await started.stop();
  // Those that were passed over are given back.
  const next = await takeLoopback(port);
  expect(next.prefix).toBe('127.64');
  await next.release();
});

test('loopback: where one network after the other has the port in use, that is one sentence', async () => {
  for (let network = 64; network < 128; network += 1) await hold(`127.${network}.0.4`);
  await expect(startOnLoopback(port, claimOn)).rejects.toThrow(
    /EADDRINUSE.* 127\.71\.0\.4:\d+ Choose another port with --port\.$/,
  );
});

test('loopback: another failure is passed on as it is, and gives the network back', async () => {
  const failure = new Error('no launch template');
  await expect(startOnLoopback(port, () => Promise.reject(failure))).rejects.toBe(failure);
  const next = await takeLoopback(port);
  expect(next.prefix).toBe('127.64');
  await next.release();
});
