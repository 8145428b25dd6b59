import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProbePorts } from '../../probe/ports.ts';
import { systemdWatchdog } from '../../probe/systemd.ts';
import { configuration, healthyActive, healthyStandby, startHost } from './host.ts';

/** What never comes: a port that breaks its promise to be bounded in time. */
const never = () => new Promise<never>(() => {});

function watched(begin = healthyStandby, ports: Partial<ProbePorts> = {}) {
  const told: number[] = [];
  let nowMs = () => 0;
  const host = startHost(
    begin,
    {},
    {
      ...ports,
      watchdog: {
        everyMs: 5000,
        async tell() {
          told.push(nowMs());
          return undefined;
        },
      },
    },
  );
  nowMs = host.nowMs;
  return { host, toldSince: (ms: number) => told.filter((atMs) => atMs >= ms).length };
}

describe('watchdog: told while every loop of the probe goes on', () => {
  test.each([
    ['everything works', {}],
    ['the server hangs', { own: 'hang', address: 'hang' }],
    ['metadata hangs', { metadata: 'hangs' }],
    ['CloudWatch hangs', { cloudWatch: 'hangs' }],
    ['CloudWatch refuses', { cloudWatch: 'refuses' }],
    ['nothing works', { own: 'hang', address: 'hang', metadata: 'fails', cloudWatch: 'hangs' }],
  ] as const)('%s for ten minutes', async (_name, later) => {
    const { host, toldSince } = watched();
    await host.seconds(20);
    Object.assign(host.world, later);
    const since = host.nowMs();
    await host.seconds(600);
    expect(toldSince(since)).toBeGreaterThanOrEqual(119);
    expect(host.events()).not.toContain('stuck');
    expect(await host.stop()).toBe(0);
  });

  test('while it does not know its own name yet', async () => {
    const { host, toldSince } = watched({ ...healthyActive, metadata: 'hangs' });
    await host.seconds(600);
    expect(toldSince(0)).toBeGreaterThanOrEqual(119);
    await host.stop();
  });
});

describe('watchdog: no longer told when one loop waits for what never comes', () => {
  const bad: readonly [string, string, Partial<ProbePorts>][] = [
    ['the server is asked', 'samples of the host, samples of the address', { getInfo: never }],
    ['the place of the address is looked up', 'role, publishing', { addressPlace: never }],
    [
      'metadata is asked for its name',
      'identity',
      { metadata: { instanceId: never, networkInterfaceIds: never } },
    ],
    [
      'metadata is asked for interfaces',
      'role',
      { metadata: { instanceId: async () => 'i-1', networkInterfaceIds: never } },
    ],
    [
      'data are sent',
      'send',
      { cloudWatch: { putMetricData: never, setAlarm: async () => ({ kind: 'done' }) } },
    ],
  ];
  test.each(bad)('%s', async (_name, loops, ports) => {
    const { host, toldSince } = watched(healthyStandby, ports);
    await host.seconds(120);
    expect(toldSince(40_000)).toBe(0);
    expect(host.lines).toContainEqual({
      event: 'stuck',
      sentence: `has not come round for too long: ${loops}`,
    });
  });

  test('it is told again once the loop has come round', async () => {
    const held = Promise.withResolvers<void>();
    let holds = false;
    const { host, toldSince } = watched(healthyStandby, {
      addressPlace: async () => {
        if (holds) await held.promise;
        return 'elsewhere';
      },
    });
    await host.seconds(30);
    expect(toldSince(0)).toBeGreaterThan(5);
    holds = true;
    await host.seconds(60);
    expect(toldSince(60_000)).toBe(0);
    expect(host.events().filter((event) => event === 'stuck')).toHaveLength(1);
    held.resolve();
    await host.seconds(30);
    expect(toldSince(90_000)).toBeGreaterThanOrEqual(4);
    await host.stop();
  });

  test('one that cannot be told is said once, and tried again', async () => {
    let tries = 0;
    const tell = async () => {
      tries += 1;
      return 'systemd-notify is missing';
    };
    const host = startHost(healthyStandby, {}, { watchdog: { everyMs: 5000, tell } });
    await host.seconds(60);
    expect(tries).toBeGreaterThan(10);
    expect(host.events().filter((event) => event === 'watchdog-fails')).toHaveLength(1);
    await host.stop();
  });
});

describe('watchdog: of systemd', () => {
  let folder: string;
  let path: string | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchdog-'));
    path = process.env.PATH;
  });
  afterEach(async () => {
    process.env.PATH = path;
    await rm(folder, { recursive: true });
  });

  const armed = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '30000000' };

  test.each([
    ['outside of systemd', {}],
    ['in a unit without a watchdog', { NOTIFY_SOCKET: '/run/systemd/notify' }],
    ['with nobody to tell', { WATCHDOG_USEC: '30000000' }],
  ])('is none %s', (_name, environment) => {
    expect(systemdWatchdog(environment)).toBeUndefined();
  });

  test.each([
    ['30000000', 5000],
    ['8000000', 2000],
  ])('of %s microseconds is told every %i ms', (microseconds, everyMs) => {
    const watchdog = systemdWatchdog({ ...armed, WATCHDOG_USEC: microseconds });
    expect(watchdog?.everyMs).toBe(everyMs);
  });

  test('is told by systemd-notify', async () => {
    const program = join(folder, 'systemd-notify');
    await writeFile(program, `#!/bin/sh\necho "$@" >'${folder}/told'\n`);
    await chmod(program, 0o755);
    process.env.PATH = `${folder}:${path}`;
    expect(await systemdWatchdog(armed)?.tell()).toBeUndefined();
    expect(await readFile(join(folder, 'told'), 'utf8')).toBe('WATCHDOG=1\n');
  });

  test('that cannot be told is no reason to stop', async () => {
    process.env.PATH = folder;
    expect(await systemdWatchdog(armed)?.tell()).toContain('ENOENT');
  });

  test('has a unit that is patient enough for every allowed setting', async () => {
    const unit = new URL('../../probe/host/coordinator-failover-probe.service', import.meta.url);
    const seconds = /^WatchdogSec=(\d+)$/m.exec(await readFile(unit, 'utf8'))?.[1];
    expect(Number(seconds)).toBeGreaterThanOrEqual(30);
    expect(configuration.publishSeconds).toBeLessThan(Number(seconds));
  });
});
