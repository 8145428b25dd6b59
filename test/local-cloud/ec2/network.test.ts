import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MachineSpec } from '../../../local-cloud/ec2/machine.ts';
import { createNetwork, type Network } from '../../../local-cloud/ec2/network.ts';
import { type Ec2Fixture, ec2Fixture } from './fixture.ts';
import { attach, attachmentOf, detach, launch, terminate } from './steps.ts';

const loopback = '127.43';
const address = '127.40.0.4';

let port: number;
let network: Network;
let fixture: Ec2Fixture;

beforeEach(async () => {
  port = await freePort();
  network = createNetwork({ port });
});

afterEach(async () => {
  await fixture.ec2.stop();
  await network.stop();
});

test('the address: silent while vacant, until usable, from detaching on; else its machine', async () => {
  fixture = await ec2Fixture(
    { eniAttach: 1_000, eniUsableInGuest: 1_000 },
    { network, loopback, boot },
  );
  const id = await fixture.seed();
  expect(await ask(address)).toBe('silence');
  await attach(fixture, id);
  await fixture.clock.advance(1_999);
  expect(await ask(address)).toBe('silence');
  await fixture.clock.advance(1);
  expect(await ask(address)).toBe(id);
  await detach(fixture, attachmentOf(fixture)?.attachmentId ?? '');
  expect(await ask(address)).toBe('silence');
});

test('a machine: its own address answers once it has booted, and is gone with it', async () => {
  fixture = await ec2Fixture(
    { runInstancesToRunning: 1_000, osShutdown: 5_000, instanceTermination: 9_000 },
    { network, loopback, boot },
  );
  const id = await launch(fixture);
  const own = fixture.ec2.snapshot().instances[0]?.privateIpAddress ?? '';
  expect(await ask(own)).toBe('silence');
  await fixture.clock.advance(1_000);
  await settled();
  expect(await ask(own)).toBe(id);
  await terminate(fixture, [id]);
  expect(await ask(own)).toBe(id);
  await fixture.clock.advance(5_000);
  expect(await ask(own)).toBe('silence');
  await fixture.clock.advance(9_000);
  await settled();
  expect(await ask(own)).toBe('ECONNREFUSED');
});

test('a machine off with the address still attached: silence', async () => {
  fixture = await ec2Fixture({ instanceTermination: 9_000 }, { network, loopback, boot });
  const id = await fixture.seed();
  await attach(fixture, id);
  await settled();
  expect(await ask(address)).toBe(id);
  await terminate(fixture, [id], { SkipOsShutdown: true });
  expect(attachmentOf(fixture)?.status).toBe('attached');
  expect(await ask(address)).toBe('silence');
});

test('a port in use: the launch fails with what to do, and leaves nothing behind', async () => {
  fixture = await ec2Fixture({}, { network, loopback, boot });
  const taken = createTcpServer();
  await new Promise<void>((done) => taken.listen({ host: '127.40.0.5', port }, done));
  await expect(launch(fixture)).rejects.toThrow(`something already listens at 127.40.0.5:${port}`);
  expect(fixture.ec2.snapshot().instances).toEqual([]);
  await new Promise((done) => taken.close(done));
});

/** A machine is a server that answers with its instance id. */
async function boot({ instanceId, guestAddress, setPort }: MachineSpec) {
  const server: Server = createServer((_request, response) => response.end(instanceId));
  await new Promise<void>((done) => server.listen({ host: guestAddress, port }, done));
  setPort('open');
  return {
    terminate: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Who answers at the address; `silence` when nobody has within 200 ms. */
async function ask(host: string): Promise<string> {
  try {
    const signal = AbortSignal.timeout(200);
    const headers = { connection: 'close' };
    return await (await fetch(`http://${host}:${port}/`, { signal, headers })).text();
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return name === 'TimeoutError' ? 'silence' : (cause?.code ?? String(error));
  }
}

/** Machines start and end with real sockets, outside the test's clock. */
async function settled(): Promise<void> {
  await new Promise((done) => setTimeout(done, 50));
  await network.settled();
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((done) => server.listen({ host: '127.40.0.1', port: 0 }, done));
  const bound = server.address();
  await new Promise((done) => server.close(done));
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}
