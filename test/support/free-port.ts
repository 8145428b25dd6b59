/** A port that nothing listens on, at any address of this machine. */
import { type AddressInfo, createServer } from 'node:net';

/** What is started on the port has to be ready for somebody who was faster. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
