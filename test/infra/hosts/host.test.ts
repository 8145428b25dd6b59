/** The user data as a host would run it: below a throwaway root, with stand-ins for the system. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { UserData } from 'aws-cdk-lib/aws-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { probeInstallation, userDataText } from '../../../infra/hosts/user-data.ts';
import { configuration } from '../../probe/host.ts';
import {
  partsOf,
  probeBundle,
  probeSha256,
  type StandIns,
  stockHost,
  type ThrowawayHost,
  throwawayHost,
} from './throwaway-host.ts';

const stack = new Stack(new App(), 'Stack', {
  env: { region: 'eu-west-1', account: '0'.repeat(12) },
});
const source = { url: 's3://assets/probe.mjs', sha256: probeSha256 };
const installation = probeInstallation(stack, configuration, source);

function userDataWith(own: { before?: string; after?: string } = {}): string {
  const part = (text: string | undefined) =>
    text === undefined ? undefined : UserData.custom(text);
  return textOf({ installation, before: part(own.before), after: part(own.after) });
}

function textOf(parts: Parameters<typeof userDataText>[1]): string {
  return stack.resolve(userDataText(stack, parts)) as string;
}

const config = 'etc/coordinator-failover/probe.json';
const unit = 'etc/systemd/system/coordinator-failover-probe.service';
const program = 'opt/coordinator-failover/probe.mjs';
const started = 'systemctl restart coordinator-failover-probe.service';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'throwaway-host-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const stock = (standIns: StandIns = stockHost) => throwawayHost(root, standIns);
const journal = (calls: readonly string[]) => calls.filter((call) => call.startsWith('logger'));
const without = (name: string) =>
  Object.fromEntries(Object.entries(stockHost).filter(([other]) => other !== name));

async function expectInstalled(host: ThrowawayHost): Promise<void> {
  expect(JSON.parse((await host.read(config)) ?? '')).toEqual(configuration);
  expect(await host.read(unit)).toContain('WatchdogSec=');
  expect(await host.read(program)).toBe(probeBundle);
}

describe('host: the first boot of a stock Amazon Linux 2023', () => {
  test('installs Node.js and the probe, and starts it', async () => {
    const host = await stock();
    const { failed, calls } = host.boot(userDataWith());
    expect(failed).toEqual([]);
    await expectInstalled(host);
    expect(calls.map((call) => call.replace(root, ''))).toEqual([
      expect.stringMatching(/^dnf install .* nodejs24$/),
      expect.stringMatching(
        /^aws s3 cp .*--region eu-west-1 .*s3:\/\/assets\/probe\.mjs \/opt\/coordinator-failover\/probe\.new$/,
      ),
      'systemctl daemon-reload',
      'systemctl enable --quiet coordinator-failover-probe.service',
      started,
      expect.stringMatching(/daemon\.info -- The probe runs, on .*node-24\.$/),
    ]);
  });

  test.each([
    ['an image that brings Node.js 22', 'node-22', 'v22.3.0', []],
    ['an image whose "node" is new enough', 'node', 'v24.0.0', []],
    ['an image that only has Node.js 20', 'node', 'v20.20.2', ['nodejs24']],
    ['an image whose Node.js does not start', 'node', '', ['nodejs24']],
  ])('%s', async (_name, command, version, packages) => {
    const host = await stock({ ...stockHost, [command]: `echo ${version}` });
    const { failed, calls } = host.boot(userDataWith());
    expect(failed).toEqual([]);
    const installed = calls.filter((call) => call.startsWith('dnf'));
    expect(installed.map((call) => call.split(' ').at(-1))).toEqual(packages);
  });

  test('an older Amazon Linux 2023, whose repositories have no nodejs24 yet', async () => {
    const only22 = `[ "$last" = nodejs22 ] || exit 1; ${stockHost.dnf}`;
    const host = await stock({ ...stockHost, dnf: only22 });
    expect(host.boot(userDataWith()).failed).toEqual([]);
    await expectInstalled(host);
  });

  test('a minimal image without the AWS CLI', async () => {
    const brings = `[ "$last" != awscli-2 ] || exec ln -s aws-of-the-package "$TOOLS/aws"; ${stockHost.dnf}`;
    const host = await stock({
      ...without('aws'),
      dnf: brings,
      'aws-of-the-package': `${stockHost.aws}`,
    });
    expect(host.boot(userDataWith()).failed).toEqual([]);
    await expectInstalled(host);
  });
});

describe('host: run again', () => {
  test('does nothing to what is there and runs', async () => {
    const host = await stock();
    host.boot(userDataWith());
    const { failed, calls } = host.boot(userDataWith());
    expect(failed).toEqual([]);
    expect(calls.filter((call) => /^(dnf|aws)|restart/.test(call))).toEqual([]);
    await expectInstalled(host);
  });

  test('mends what an interrupted run left behind', async () => {
    const host = await stock();
    host.boot(userDataWith());
    await writeFile(join(root, program), probeBundle.slice(0, 3));
    await writeFile(join(root, 'opt/coordinator-failover/probe.new'), 'half');
    await rm(join(root, unit));
    const { failed, calls } = host.boot(userDataWith());
    expect(failed).toEqual([]);
    expect(calls).toContain(started);
    await expectInstalled(host);
  });

  test('starts the probe anew when its configuration has changed', async () => {
    const host = await stock();
    host.boot(userDataWith());
    await writeFile(join(root, config), '{}');
    expect(host.boot(userDataWith()).calls).toContain(started);
    await expectInstalled(host);
  });

  test('without a way to S3 leaves an older probe alone, and says so', async () => {
    const host = await stock();
    host.boot(userDataWith());
    await writeFile(join(root, program), 'an older probe');
    await host.give({ aws: 'exit 1' });
    expect(host.boot(userDataWith()).failed).toEqual(['2-coordinator-failover-probe']);
    expect(await host.read(program)).toBe('an older probe');
  });
});

describe('host: what goes wrong is bounded, said, and keeps nothing else from starting', () => {
  const server = { after: '#!/bin/bash\n: >"$ROOT/server-started"\n' };
  const cases: readonly [string, StandIns, RegExp][] = [
    [
      'no network',
      { ...stockHost, aws: 'exit 1' },
      /s3:\/\/assets\/probe\.mjs cannot be had: is there a way to S3/,
    ],
    ['no repositories', { ...stockHost, dnf: 'exit 1' }, /Node\.js cannot be installed/],
    ['another file than expected', { ...stockHost, aws: 'echo other >"$last"' }, /cannot be had/],
    ['neither Node.js nor dnf', without('dnf'), /without dnf it cannot be installed/],
    [
      'a unit that does not start',
      { ...stockHost, systemctl: '[ "$1" != restart ] && [ "$1" != is-active ]' },
      /systemd does not start coordinator-failover-probe\.service/,
    ],
    [
      'a systemd that refuses',
      { ...stockHost, systemctl: '[ "$1" != enable ]' },
      /line \d+ of install\.sh failed/,
    ],
    ['a command that nobody foresaw', without('systemctl'), /line \d+ of install\.sh failed/],
  ];
  test.each(cases)('%s', async (_name, standIns, sentence) => {
    const host = await stock(standIns);
    const { failed, calls, output } = host.boot(userDataWith(server));
    expect(failed).toEqual(['2-coordinator-failover-probe']);
    expect(journal(calls).join('\n')).toMatch(sentence);
    expect(journal(calls).join('\n')).toContain('daemon.err');
    expect(output).toContain('the probe is NOT installed');
    expect(await host.read('server-started')).toBe('');
  });

  test('tries are bounded, with pauses that double', async () => {
    const host = await stock({ ...stockHost, aws: 'exit 1' });
    const { calls } = host.boot(userDataWith());
    expect(calls.filter((call) => call.startsWith('aws'))).toHaveLength(4);
    expect(calls.filter((call) => call.startsWith('sleep'))).toEqual([
      'sleep 2',
      'sleep 4',
      'sleep 8',
    ]);
  });

  test('a wrong file is never started', async () => {
    const host = await stock({ ...stockHost, aws: 'echo other >"$last"' });
    const { calls } = host.boot(userDataWith());
    expect(journal(calls).join('\n')).toContain(`its SHA-256 is not ${probeSha256}`);
    expect(await host.read(program)).toBeUndefined();
    expect(calls.filter((call) => call.startsWith('systemctl'))).toEqual([]);
  });

  test.each([1, 2, 3])(
    'a disk that is full at file %i, and has room at the next boot',
    async (n) => {
      const host = await stock();
      const full = `n=0; [ ! -e "$ROOT/n" ] || read -r n <"$ROOT/n"; echo $((n + 1)) >"$ROOT/n"
      [ "$n" != ${n - 1} ] || { echo '{'; echo 'cat: write error: No space left on device' >&2; exit 1; }
      while IFS= read -r line; do printf '%s\\n' "$line"; done`;
      await host.give({ cat: full });
      const { failed, output, calls } = host.boot(userDataWith(server));
      expect(failed).toEqual(['2-coordinator-failover-probe']);
      expect(output).toContain('No space left on device');
      expect(journal(calls)).toEqual([expect.stringContaining('The probe is NOT installed.')]);
      expect(await host.read('server-started')).toBe('');
      expect(host.boot(userDataWith()).failed).toEqual([]);
      await expectInstalled(host);
    },
  );

  test('a download that fills the disk', async () => {
    const host = await stock({
      ...stockHost,
      aws: 'printf th >"$last"; echo "No space left on device" >&2; exit 1',
    });
    const { failed, output } = host.boot(userDataWith(server));
    expect(failed).toEqual(['2-coordinator-failover-probe']);
    expect(output).toContain('No space left on device');
    expect(await host.read(program)).toBeUndefined();
  });
});

describe("host: a user's own user data", () => {
  test.each([
    ['before', '1-user-data-before'],
    ['after', '3-user-data'],
  ] as const)(
    'that fails %s the probe is installed keeps nobody from anything',
    async (where, name) => {
      const host = await stock();
      const { failed } = host.boot(userDataWith({ [where]: '#!/bin/bash\nset -e\nfalse\n' }));
      expect(failed).toEqual([name]);
      await expectInstalled(host);
    },
  );

  test('runs in the order before, probe, after', () => {
    const text = userDataWith({ before: '#!/bin/sh\necho 1', after: '#cloud-config\nusers: []' });
    expect(partsOf(text).map(({ fileName }) => fileName)).toEqual([
      '1-user-data-before',
      '2-coordinator-failover-probe',
      '3-user-data',
    ]);
  });

  test('may take the installation into a script of its own, which goes on whatever happens', async () => {
    const host = await stock({ ...stockHost, aws: 'exit 1' });
    const own = `#!/bin/bash\nset -euo pipefail\n${installation}\n: >"$ROOT/server-started"`;
    const { failed } = host.boot(
      textOf({ installation: ':', before: undefined, after: UserData.custom(own) }),
    );
    expect(failed).toEqual(['2-coordinator-failover-probe']); // The ":" in place of ours.
    expect(await host.read('server-started')).toBe('');
    await host.give({ aws: stockHost.aws });
    host.boot(textOf({ installation: ':', before: undefined, after: UserData.custom(own) }));
    await expectInstalled(host);
  });

  test('keeps characters that are not ASCII, and arrives as ASCII', () => {
    const after = '#!/bin/sh\necho "Köln ✓"\n';
    const text = userDataWith({ after });
    expect(Buffer.byteLength(text)).toBe(text.length);
    expect(partsOf(text).at(-1)?.text).toBe(after);
  });

  test('that is empty makes no part', () => {
    const empty = { installation, before: UserData.forLinux(), after: UserData.custom('') };
    expect(partsOf(textOf(empty))).toHaveLength(1);
  });

  test('that cloud-init would not run is an error at synth', () => {
    expect(() => userDataWith({ after: 'echo hello' })).toThrow(
      'Stack: userData begins with "echo hello", but must begin with one of #!, #cloud-config, ',
    );
    expect(() => userDataWith({ before: 'MIME-Version: 1.0\n' })).toThrow(
      'userDataBefore begins with',
    );
  });

  test('that is too long for EC2 is an error at synth, which says whose the bytes are', () => {
    expect(() => userDataWith({ after: `#!/bin/sh\n${'#'.repeat(12_000)}` })).toThrow(
      /^Stack: the user data has about \d+ bytes, but EC2 takes at most 16384\. userDataBefore: 0, userData: 12010, the probe's installation: \d+\. /,
    );
  });

  test('has room for 8 KB beside the installation', () => {
    expect(Buffer.byteLength(userDataWith())).toBeLessThan(16_384 - 8192);
  });
});
