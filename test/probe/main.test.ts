import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundleProbe } from '../../infra/bundle/bundling.ts';
import { createAuthority } from '../../trials/drill/private-authority.ts';
import type { HttpAnswer } from '../../workflow/model/info.ts';
import { bundle, goodPem, host, listen } from '../support/tls-servers.ts';
import { trino477 as info } from '../workflow/model/http-answers.ts';
import { configuration, instanceId, ready, refused } from './host.ts';
import { type StandInCloudWatch, startCloudWatch } from './stand-in-cloudwatch.ts';
import { type StandInMetadata, startMetadata } from './stand-in-metadata.ts';

const stranger = await createAuthority();
const first = '0e:00:00:00:00:01';
const second = '0e:00:00:00:00:02';

let folder: string;
let program: string;
let metadata: StandInMetadata;
let cloudWatch: StandInCloudWatch;
let coordinator: Coordinator;
let running: Running[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probe-test-'));
  program = await bundleProbe(folder);
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  running = [];
  coordinator = await startCoordinator();
  cloudWatch = await startCloudWatch();
  metadata = await startMetadata({ [first]: 'eni-1', [second]: configuration.networkInterfaceId });
});
afterEach(async () => {
  for (const each of running) each.child.kill('SIGKILL');
  await Promise.all([metadata.stop(), cloudWatch.stop(), coordinator.stop()]);
});

describe('probe program: on a host', () => {
  test('the active publishes, says 0 and sets the alarm when the server dies, and says 1 again', async () => {
    const probe = await startProbe();
    await vi.waitFor(() => expect(values('ActiveHealth')).toContain(1), 100_000);
    const withHealth = cloudWatch.taken.find(({ input }) =>
      input.MetricData?.some(({ MetricName }) => MetricName === 'Health'),
    );
    expect(withHealth?.input).toMatchObject({
      Namespace: 'CoordinatorFailover/analytics',
      MetricData: expect.arrayContaining([
        {
          MetricName: 'Health',
          Value: 1,
          Timestamp: expect.any(Number),
          Dimensions: [
            { Name: 'Cluster', Value: 'analytics' },
            { Name: 'InstanceId', Value: instanceId },
          ],
          StorageResolution: 1,
        },
      ]),
    });
    // Its observation of the host takes programs of the system, up to 2 s.
    await vi.waitFor(() => expect(values('ImageProblems')).toHaveLength(1), 100_000);
    coordinator.answer = refused;
    await vi.waitFor(() => expect(alarms()).toHaveLength(1), 100_000);
    await vi.waitFor(() => expect(values('ActiveHealth').at(-1)).toBe(0), 100_000);
    expect(alarms()[0]).toMatchObject({
      AlarmName: 'analytics-coordinator-active-health',
      StateValue: 'ALARM',
    });
    expect(JSON.parse(alarms()[0]?.StateReasonData ?? '')).toMatchObject({
      by: 'probe',
      instanceId,
      firstBadSampleAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    coordinator.answer = ready;
    await vi.waitFor(() => expect(values('ActiveHealth').at(-1)).toBe(1), 100_000);
    expect(await probe.end('SIGTERM')).toEqual({ code: 0, stderr: '' });
    expect(probe.events()).toEqual(
      expect.arrayContaining(['watching', 'role', 'health', 'alarm-set', 'stopping', 'stopped']),
    );
    // From unknown to healthy, unhealthy, healthy: a line each, and not one per sample.
    expect(probe.events().filter((event) => event === 'health')).toHaveLength(3);
  });

  test('a standby asks the address; its credentials come from the host', async () => {
    metadata.answers.set('network/interfaces/macs/', `${first}/`);
    metadata.answers.set('iam/security-credentials/', 'coordinator');
    metadata.answers.set(
      'iam/security-credentials/coordinator',
      JSON.stringify({
        Code: 'Success',
        AccessKeyId: 'AKIAEXAMPLEOFTHEHOST0',
        SecretAccessKey: 'example',
        Token: 'example',
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    );
    const probe = await startProbe({}, { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    await vi.waitFor(() => expect(values('Reachable')).toContain(1), 100_000);
    expect(cloudWatch.taken[0]?.accessKeyId).toBe('AKIAEXAMPLEOFTHEHOST0');
    expect(values('ActiveHealth')).toEqual([]);
    expect(await probe.end('SIGINT')).toEqual({ code: 0, stderr: '' });
  });
});

describe('probe program: HTTP is off', () => {
  test.each([
    ['signed by the authority of the bundle', bundle, 1],
    ['of a stranger', { caBundle: stranger.certificate }, 0],
  ])('it asks its own server over HTTPS, with a certificate %s', async (_whose, trust, value) => {
    const answer = createHttpsServer(goodPem, (_, response) => response.end(JSON.stringify(info)));
    const server = { protocol: 'https', port: await listen(answer), trust, serverName: host };
    const probe = await startProbe({ server, local: { ...server, host: 'localhost' } });
    await vi.waitFor(() => expect(values('Health')).toContain(value), 100_000);
    expect(new Set(values('Health'))).toEqual(new Set([value]));
    await probe.end('SIGTERM');
  });
});

describe('probe program: CloudWatch is gone', () => {
  test.each(['fails', 'hangs'] as const)(
    '%s: it lives, catches up, ends when it is told to',
    async (mode) => {
      cloudWatch.mode = mode;
      const probe = await startProbe();
      await vi.waitFor(() => expect(probe.events()).toContain('publishing-fails'), 100_000);
      coordinator.answer = refused;
      const unhealthy = expect.objectContaining({ event: 'health', to: 'unhealthy' });
      await vi.waitFor(() => expect(probe.lines()).toContainEqual(unhealthy), 100_000);
      cloudWatch.mode = 'works';
      await vi.waitFor(() => expect(probe.events()).toContain('publishing-works'), 100_000);
      expect(values('Health')).toEqual(expect.arrayContaining([1, 0]));
      cloudWatch.mode = mode;
      expect(await probe.end('SIGTERM')).toEqual({ code: 0, stderr: '' });
    },
  );
});

describe('probe program: started wrongly', () => {
  test.each([
    [[], '--config is missing, but must name a file.\nSee --help.\n'],
    [['--config', '/nowhere/probe.json'], '--config is /nowhere/probe.json, but it cannot be read'],
    [['--verbose'], "Unknown option '--verbose'"],
    [['probe.json'], 'probe.json'],
  ])('%j', async (args, sentence) => {
    const { code, stderr } = await run(args).ended;
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  });

  test('a configuration with two mistakes names both, with the file', async () => {
    const file = await writeConfiguration({ clusterName: '8', publishSeconds: 11 });
    const { code, stderr } = await run(['--config', file]).ended;
    expect(stderr).toBe(
      `${file}: clusterName is "8", but must be a letter, then up to 69 letters, digits and ` +
        'hyphens, like "analytics".\n' +
        `${file}: publishSeconds is 11, but must be a whole number from 1 to 10. ` +
        'Two samples in every alarm period of 10 s, so that one may be lost.\nSee --help.\n',
    );
    expect(code).toBe(2);
  });

  test('a metadata endpoint that is no URL', async () => {
    const file = await writeConfiguration({});
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'metadata' };
    const { code, stderr } = await run(['--config', file], env).ended;
    expect(stderr).toContain('AWS_EC2_METADATA_SERVICE_ENDPOINT is metadata, but must be a URL');
    expect(code).toBe(2);
  });

  test('--help', async () => {
    const { child, ended } = run(['--help']);
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    expect(await ended).toEqual({ code: 0, stderr: '' });
    expect(text).toContain('usage: node probe.mjs --config FILE');
  });
});

function values(metricName: string): number[] {
  return cloudWatch.taken
    .flatMap((call) => call.input.MetricData ?? [])
    .filter((datum) => datum.MetricName === metricName)
    .sort((one, other) => one.Timestamp - other.Timestamp)
    .map((datum) => datum.Value);
}

function alarms() {
  const calls = cloudWatch.taken.filter((call) => call.operation === 'SetAlarmState');
  return calls.map((call) => call.input);
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE000000000',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_ENDPOINT_URL: cloudWatch.endpoint,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.endpoint,
      ...env,
    },
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stderr }));
  });
  const each = { child, ended };
  running.push(each);
  return each;
}

async function startProbe(changes: object = {}, env: Readonly<Record<string, string>> = {}) {
  const file = await writeConfiguration({ publishSeconds: 1, timeoutSeconds: 1, ...changes });
  const { child, ended } = run(['--config', file], env);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const lines = () => output.split('\n').flatMap((line) => (line === '' ? [] : [parseLine(line)]));
  return {
    lines,
    events: () => lines().map((line) => line.event),
    end(signal: NodeJS.Signals) {
      child.kill(signal);
      return ended;
    },
  };
}

function parseLine(line: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(line);
  return typeof parsed === 'object' ? { ...parsed } : {};
}

async function writeConfiguration(changes: object): Promise<string> {
  const file = join(folder, `probe-${Math.random().toString(36).slice(2)}.json`);
  const content = {
    ...configuration,
    local: { host: '127.0.0.1', protocol: 'http', port: coordinator.port },
    coordinatorAddress: '127.0.0.1',
    server: { protocol: 'http', port: coordinator.port },
    ...changes,
  };
  await writeFile(file, JSON.stringify(content));
  return file;
}

interface Coordinator {
  readonly port: number;
  /** What it answers; anything that is no answer breaks the connection off. */
  answer: HttpAnswer;
  stop(): Promise<void>;
}

async function startCoordinator(): Promise<Coordinator> {
  const server: Server = createServer((request, response) => {
    const { answer } = standIn;
    if (answer.kind !== 'answered') request.socket.destroy();
    else response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const standIn: Coordinator = {
    port: address.port,
    answer: ready,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return standIn;
}
