import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BootedMachine, type MachineSpec, realClock } from '@coordinator-failover/local-cloud';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readProbeConfiguration } from '../../../probe/user-data.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { ask } from '../../drill/client.ts';
import { takeLoopback } from '../../drill/loopback.ts';
import { createFleet, type DrillFleet } from '../../drill/machine.ts';
import { createProcesses, type Processes } from '../../drill/processes.ts';
import { createTls } from '../../drill/tls.ts';
import { waitUntil } from '../../drill/wait.ts';

const local = { host: 'localhost', protocol: 'http', port: 18_080 };
const configuration = { clusterName: 'presto', coordinatorAddress: '10.0.0.10', local };
const userData = [
  '#!/bin/bash',
  "cat > /etc/coordinator-failover/probe.json <<'PROBE_CONFIGURATION'",
  JSON.stringify(configuration, undefined, 2),
  'PROBE_CONFIGURATION',
  '',
].join('\n');

let port: number;

describe('machine: what user data tells the probe', () => {
  test('machine: the configuration is read out of the here-document', () => {
    expect(readProbeConfiguration(userData)).toEqual(configuration);
  });

  test.each([
    ['no here-document', '#!/bin/bash\n', /user data has no probe configuration/],
    ['no end', userData.replace(/^PROBE_CONFIGURATION$/m, ''), /no probe configuration/],
    ['not JSON', userData.replace('{', '<'), /is not JSON: <\n/],
  ])('machine: broken user data is an error at once (%s)', (_case, text, sentence) => {
    expect(() => readProbeConfiguration(text)).toThrow(sentence);
  });
});

describe('machine: real processes', () => {
  let directory: string;
  let processes: Processes;
  let fleet: DrillFleet;
  let guestAddress: string;
  let release: () => Promise<void>;
  let ports: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'drill-machine-test-'));
    port = await freePort();
    const loopback = await takeLoopback(port);
    release = () => loopback.release();
    guestAddress = `${loopback.prefix}.1.4`;
    processes = createProcesses();
    ports = [];
    // A probe that only shows what it was given.
    const probeBundle = join(directory, 'probe.mjs');
    await writeFile(
      probeBundle,
      `import { readFileSync } from 'node:fs';
       console.log(JSON.stringify({
         configuration: JSON.parse(readFileSync(process.argv[3])),
         environment: process.env,
       }));
       setInterval(() => {}, 1000);`,
    );
    fleet = createFleet({ processes, probeBundle, directory, port, startSeconds: 0.5 });
  });
  afterEach(async () => {
    processes.killAll();
    await waitUntil('all have ended', () => (processes.count() === 0 ? true : undefined), {
      clock: realClock,
      signal: AbortSignal.timeout(100_000),
      withinSeconds: 80,
      everyMs: 10,
    });
    await release();
    await rm(directory, { recursive: true, force: true });
  });

  const spec = (): MachineSpec => ({
    instanceId: 'i-0',
    privateIpAddress: '127.0.0.9',
    guestAddress,
    imageId: 'ami-0123456789abcdef0',
    userData,
    metadataEndpoint: 'http://127.0.0.1:1',
    awsEndpoint: 'http://127.0.0.1:2',
    region: 'eu-central-1',
    setPort: (state) => void ports.push(state),
  });
  const ready = (): Promise<BootedMachine> => fleet.bootReady(() => fleet.boot(spec()));
  const observe = () => ask(new URL(`http://${guestAddress}:${port}/v1/info`), realClock);
  const until = (what: string, expected: string) =>
    waitUntil(
      what,
      async () => {
        const answer = await observe();
        return answer.what === expected ? answer : undefined;
      },
      { clock: realClock, signal: AbortSignal.timeout(100_000), withinSeconds: 80, everyMs: 50 },
    );

  test('machine: a killed coordinator closes the port, its successor has another identity', async () => {
    await ready();
    const first = await until('the first is ready', 'ready');
    await fleet.machine('i-0').killCoordinator();
    expect((await observe()).what).toBe('ECONNREFUSED');
    fleet.machine('i-0').restartCoordinator(0);
    const second = await until('the second is ready', 'ready');
    expect(first.identity).toMatch(/^[a-z0-9]{5}$/);
    expect(second.identity).not.toBe(first.identity);
    expect(ports).toEqual(['open', 'closed', 'open']);
  });

  test('machine: a stopped coordinator is silent, and the same one goes on', async () => {
    await ready();
    const before = await until('it is ready', 'ready');
    fleet.machine('i-0').stopCoordinator();
    expect((await observe()).what).toBe('timed out');
    fleet.machine('i-0').continueCoordinator();
    expect((await until('it goes on', 'ready')).identity).toBe(before.identity);
    expect(ports).toEqual(['open']);
  });

  test('machine: a launched coordinator says starting before it is ready', async () => {
    await fleet.boot(spec());
    const starting = await until('it starts', 'starting');
    const started = await until('it is ready', 'ready');
    expect(started.identity).toBe(starting.identity);
  });

  test('machine: the probe gets the configuration with the guest address, and nothing of our environment', async () => {
    await ready();
    const log = join(directory, 'i-0.probe.log');
    const shown = await waitUntil(
      'the probe shows what it got',
      async () => (await readFile(log, 'utf8').catch(() => '')).split('\n')[0] || undefined,
      { clock: realClock, signal: AbortSignal.timeout(100_000), withinSeconds: 80, everyMs: 50 },
    );
    expect(JSON.parse(shown)).toEqual({
      configuration: { ...configuration, local: { ...local, host: guestAddress } },
      environment: {
        PATH: '/usr/bin:/bin',
        AWS_REGION: 'eu-central-1',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:2',
        AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1',
      },
    });
  });

  test('machine: over HTTPS its certificate is for the address and for itself; HTTP is beside it', async () => {
    const tls = await createTls(port);
    const probeBundle = join(directory, 'probe.mjs');
    fleet = createFleet({ processes, probeBundle, directory, port, tls, startSeconds: 0 });
    await ready();
    const infoUrl = (scheme: string, at: number) =>
      new URL(`${scheme}://${guestAddress}:${at}/v1/info`);
    await waitUntil('it listens', async () => ports[0], {
      clock: realClock,
      signal: AbortSignal.timeout(100_000),
      withinSeconds: 80,
      everyMs: 50,
    });
    expect((await ask(infoUrl('http', tls.httpPort), realClock)).what).toBe('ready');
    // Good for 127.0.0.9 and the coordinator address, and this is neither.
    const refusal = await ask(infoUrl('https', port), realClock, tls.authority.certificate);
    expect(refusal.what).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    const shown = new X509Certificate(await readFile(join(directory, 'i-0.certificate.pem')));
    expect(shown.checkIP('127.0.0.9')).toBe('127.0.0.9');
    expect(shown.checkIP('10.0.0.10')).toBe('10.0.0.10');
  });

  test('machine: terminating ends everything, also what hangs', async () => {
    const machine = await ready();
    await until('it is ready', 'ready');
    fleet.machine('i-0').hang();
    expect(processes.count()).toBe(2);
    await machine.terminate();
    expect(processes.count()).toBe(0);
    expect(ports).toEqual(['open']);
  });

  test('machine: nothing runs on an empty one', async () => {
    await fleet.bootEmpty(() => fleet.boot(spec()));
    expect(processes.count()).toBe(0);
    expect(() => fleet.machine('i-0')).toThrow(
      'i-0 is not a machine that has booted. Booted: none.',
    );
  });
});
