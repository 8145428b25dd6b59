/** Machines that are servers on loopback, and somebody who asks at addresses. */
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { BootedMachine, MachineSpec } from '../../ec2/instances/machine.ts';
import { createNetwork, type Network } from '../../ec2/network/network.ts';

export interface LoopbackFixture {
  readonly port: number;
  readonly network: Network;
  /** A machine is a server that answers with its instance id. */
  boot(spec: MachineSpec): Promise<BootedMachine>;
  /** Who answers at the address; `silence` when nobody has within 200 ms. */
  ask(host: string): Promise<string>;
  /** Machines start and end with real sockets, outside the test's clock. */
  settled(): Promise<void>;
}

export async function loopbackFixture(): Promise<LoopbackFixture> {
  const port = await freePort();
  const network = createNetwork({ port });
  return {
    port,
    network,
    async boot({ instanceId, guestAddress, setPort }) {
      const server: Server = createServer((_request, response) => response.end(instanceId));
      await new Promise<void>((done) => server.listen({ host: guestAddress, port }, done));
      setPort('open');
      return {
        terminate: async () => {
          server.closeAllConnections();
          await new Promise((done) => server.close(done));
        },
      };
    },
    async ask(host) {
      try {
        const signal = AbortSignal.timeout(200);
        const headers = { connection: 'close' };
        return await (await fetch(`http://${host}:${port}/`, { signal, headers })).text();
      } catch (error) {
        const { name, cause } = error as Error & { cause?: { code?: string } };
        return name === 'TimeoutError' ? 'silence' : (cause?.code ?? String(error));
      }
    },
    async settled() {
      await new Promise((done) => setTimeout(done, 50));
      await network.settled();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((done) => server.listen({ host: '127.40.0.1', port: 0 }, done));
  const bound = server.address();
  await new Promise((done) => server.close(done));
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}
