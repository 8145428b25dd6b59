import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { realClock } from '@coordinator-failover/local-cloud';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../../test/support/free-port.ts';
import { waitUntil } from '../../drill/wait.ts';

const script = join(import.meta.dirname, '../../drill/main.ts');

/** Everything that the drill writes goes there, so that its processes are found by it. */
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'drill-main-test-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  output(): string;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function start(...typed: string[]): Run {
  const child = spawn(process.execPath, [script, ...typed], {
    env: { ...process.env, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, ...texts }));
  });
  return { child, output: () => texts.stdout + texts.stderr, ended };
}

/** Command lines of processes that have to do with this test's folder, or its port. */
async function leftBehind(port: string): Promise<string[]> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    numbers.map(async (number) => {
      const environment = await readFile(`/proc/${number}/environ`, 'utf8').catch(() => '');
      const line = await readFile(`/proc/${number}/cmdline`, 'utf8').catch(() => '');
      const isOurs = environment.includes(directory) || line.includes(directory);
      const words = line.split('\0');
      return isOurs || words.includes(port) ? words.join(' ') : '';
    }),
  );
  return lines.filter((line) => line !== '');
}

describe('drill: bad usage', () => {
  test.each([
    [['--scenario', 'meteor'], /^--scenario is "meteor", but must be one of: .*\n$/],
    [
      ['--coordinators', '0'],
      /^--coordinators is "0", but must be a whole number from 1 to 9\..*\n$/,
    ],
  ])('drill: %j ends with one sentence and exit code 2', async (typed, sentence) => {
    const { code, stdout, stderr } = await start(...typed).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(await readdir(directory)).toEqual([]);
  });
});

test('drill: a port in use ends with one sentence and exit code 1, and leaves nothing behind', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '0.0.0.0', resolve));
  const { port } = taken.address() as AddressInfo;
  try {
    const { code, stderr } = await start('--port', String(port)).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Port \d+ is in use at 127\.64\.255\.254 .* with --port\.\n$/);
  } finally {
    taken.close();
  }
  expect(await readdir(directory)).toEqual([]);
});

test.each([
  // Killed outright it cannot tidy up its folder; its processes end all the same.
  ['SIGTERM', 143, true],
  ['SIGKILL', null, false],
] as const)(
  'drill: ended by %s in the middle it leaves no process behind',
  async (signal, code, tidy) => {
    const port = String(await freePort());
    const run = start('--scenario', 'manual', '--port', port);
    const within = (seconds: number) => ({
      clock: realClock,
      signal: AbortSignal.timeout(600_000),
      withinSeconds: seconds,
      everyMs: 100,
    });
    try {
      const isUp = () => (run.output().includes('the cluster is up') ? true : undefined);
      await waitUntil('the cluster is up', isUp, within(500));
      // The drill; of each coordinator the server and the probe.
      expect((await leftBehind(port)).length).toBeGreaterThanOrEqual(5);
      run.child.kill(signal);
      expect(await run.ended).toMatchObject({ code });
    } finally {
      run.child.kill('SIGKILL');
    }
    const isGone = async () => ((await leftBehind(port)).length === 0 ? true : undefined);
    expect(await waitUntil('nothing is left', isGone, within(50))).toBe(true);
    expect((await readdir(directory)).length === 0).toBe(tidy);
  },
);

test('drill: --keep leaves a cluster up until Ctrl-C and says how to reach it', async () => {
  const port = String(await freePort());
  const run = start('--keep', '--port', port);
  const within = (seconds: number) => ({
    clock: realClock,
    signal: AbortSignal.timeout(600_000),
    withinSeconds: seconds,
    everyMs: 100,
  });
  try {
    const active = () => /The active is (i-\w+)\. .* kill -9 \d+/.exec(run.output())?.[1];
    const activeId = await waitUntil('the cluster is up', active, within(500));
    const variables = new Map(
      [...run.output().matchAll(/(AWS_\w+)=(\S+)/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    const ec2 = new EC2Client({
      endpoint: variables.get('AWS_ENDPOINT_URL') ?? '',
      region: variables.get('AWS_REGION') ?? '',
      credentials: {
        accessKeyId: variables.get('AWS_ACCESS_KEY_ID') ?? '',
        secretAccessKey: variables.get('AWS_SECRET_ACCESS_KEY') ?? '',
      },
    });
    const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
    const holders = NetworkInterfaces?.map(({ Attachment }) => Attachment?.InstanceId);
    expect(holders).toContain(activeId);
    ec2.destroy();
    run.child.kill('SIGINT');
    expect(await run.ended).toMatchObject({ code: 130 });
  } finally {
    run.child.kill('SIGKILL');
  }
  const isGone = async () => ((await leftBehind(port)).length === 0 ? true : undefined);
  expect(await waitUntil('nothing is left', isGone, within(50))).toBe(true);
  expect(await readdir(directory)).toEqual([]);
});
