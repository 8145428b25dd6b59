/**
 * A real process in the place of a coordinator's JVM: answers GET /v1/info as Trino has since 477
 * (io.trino.server.ServerInfo), 200 with `starting: true` until its start time has passed.
 * Runs by itself: `node stand-in-coordinator.ts --address 127.77.1.4 --port 8080 --start-seconds 20`,
 * and over HTTPS too with `--https-port 8443 --certificate-file FILE --key-file FILE`. SIGHUP: it reads
 * certificate and key again.
 * What can go wrong: an address or a port that cannot be listened on. It says so and ends.
 */
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    address: { type: 'string' },
    port: { type: 'string' },
    'https-port': { type: 'string' },
    'certificate-file': { type: 'string' },
    'key-file': { type: 'string' },
    'start-seconds': { type: 'string', default: '0' },
  },
});
const { address, port } = values;
const startSeconds = Number(values['start-seconds']);
if (address === undefined || !/^\d+$/.test(port ?? '') || !(startSeconds >= 0)) {
  console.error(
    `--address is ${address}, --port is ${port}, --start-seconds is ${values['start-seconds']}, ` +
      'but an address to listen on, a port and a number from 0 are needed.',
  );
  process.exit(2);
}

/** New for every process, as Trino's is for every JVM. */
const coordinatorId = Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) =>
  (byte % 36).toString(36),
).join('');
const startedAt = performance.now();

const answer: RequestListener = (request, response) => {
  if (request.method !== 'GET' || request.url !== '/v1/info') {
    response.writeHead(404).end();
    return;
  }
  const upSeconds = (performance.now() - startedAt) / 1000;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      nodeId: `stand-in-${address}`,
      state: 'ACTIVE',
      nodeVersion: { version: '479' },
      environment: 'drill',
      coordinator: true,
      coordinatorId,
      starting: upSeconds < startSeconds,
      uptime: `${upSeconds.toFixed(2)}s`,
    }),
  );
};

await listen(createServer(answer), port);
const httpsPort = values['https-port'];
if (httpsPort !== undefined) {
  const certificate = () => ({
    cert: readFileSync(values['certificate-file'] ?? ''),
    key: readFileSync(values['key-file'] ?? ''),
  });
  const httpsServer = createHttpsServer(certificate(), answer);
  await listen(httpsServer, httpsPort);
  process.on('SIGHUP', () => httpsServer.setSecureContext(certificate()));
}
console.log('listening');

function listen(server: Server, onPort: string | undefined): Promise<void> {
  server.on('error', (error) => {
    console.error(`cannot listen on ${address}:${onPort}: ${error.message}`);
    process.exit(1);
  });
  return new Promise((resolve) => {
    server.listen(Number(onPort), address, resolve);
  });
}
