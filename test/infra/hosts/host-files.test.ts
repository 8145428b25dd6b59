/**
 * The texts of probe/host/, read by the programs that know their languages. ShellCheck is no npm package:
 * `apt-get install -y shellcheck`. Where it is missing these tests say so, and fail in CI. The same for
 * systemd-analyze, but in CI it may be missing: a container without systemd is no reason to fail.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const host = fileURLToPath(new URL('../../../probe/host/', import.meta.url));
const isThere = (program: string) => spawnSync(program, ['--version']).status === 0;

const shellcheck = isThere('shellcheck');
const systemdAnalyze = isThere('systemd-analyze');

const advice =
  'ShellCheck is missing, so the scripts of a host were NOT checked. Debian: apt-get install -y shellcheck';

test('host files: ShellCheck is there (in CI it must be)', () => {
  if (!shellcheck) console.warn(`\n*** ${advice} ***\n`);
  expect(Boolean(process.env.CI) && !shellcheck, advice).toBe(false);
});

test.runIf(shellcheck).each(['install.sh', 'user-data.sh'])(
  'host files: ShellCheck finds nothing in %s',
  (name) => {
    const run = spawnSync('shellcheck', [join(host, name)], {
      encoding: 'utf8',
    });
    expect(run.stdout + run.stderr).toBe('');
    expect(run.status).toBe(0);
  },
);

if (!systemdAnalyze) {
  console.warn(
    '\n*** systemd-analyze is missing, so the unit of the probe was NOT verified. ***\n',
  );
}

describe.runIf(systemdAnalyze)('the unit of the probe, by systemd', () => {
  const unit = 'coordinator-failover-probe.service';

  /** A root with the unit, what it starts, and the units that it refers to. */
  async function withRoot<Result>(act: (root: string) => Result): Promise<Result> {
    const root = await mkdtemp(join(tmpdir(), 'unit-'));
    const units = join(root, 'etc/systemd/system');
    await mkdir(units, { recursive: true });
    await cp(join(host, unit), join(units, unit));
    for (const name of ['sysinit', 'basic', 'shutdown', 'network-online', 'multi-user']) {
      await writeFile(join(units, `${name}.target`), '[Unit]\nDescription=none\n');
    }
    await mkdir(join(root, 'opt/coordinator-failover'), { recursive: true });
    await writeFile(join(root, 'opt/coordinator-failover/node'), '#!/bin/sh\n', { mode: 0o755 });
    try {
      return act(root);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  }
  const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });

  test('host files: systemd-analyze verify says nothing', async () => {
    const { status, stdout, stderr } = await withRoot((root) =>
      analyze('verify', `--root=${root}`, unit),
    );
    expect(stdout + stderr).toBe('');
    expect(status).toBe(0);
  });

  test('host files: its exposure is rated below 2 of 10', async () => {
    const { status, stdout } = await withRoot((root) =>
      analyze('security', '--offline=true', '--threshold=19', `--root=${root}`, unit),
    );
    expect(status, stdout).toBe(0);
  });
});
