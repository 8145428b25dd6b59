/** Commands that steer, end to end: real processes, the bundles that would be deployed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Synthesized, synthesize } from '../../infra/stack/synthesize.ts';
import { coordinatorTags } from '../../trials/cluster/seed-cluster.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { startTestCluster, type TestCluster } from './cluster.ts';
import { type Run, type RunOptions, runCli } from './run-cli.ts';

let directory: string;
let synthesized: Synthesized;
let cluster: TestCluster;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-steering-test-'));
  synthesized = await synthesize(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

beforeEach(async () => {
  cluster = await startTestCluster(synthesized);
});
afterEach(() => cluster.stop());

function cli(typed: readonly string[], options?: RunOptions): Promise<Run> {
  return runCli(cluster, typed, options);
}

function addressTags(): Readonly<Record<string, string>> {
  const { networkInterfaces } = cluster.cloud.ec2.snapshot();
  const address = networkInterfaces.find(
    ({ networkInterfaceId }) => networkInterfaceId === cluster.networkInterfaceId,
  );
  return address?.tags ?? {};
}

function holder(): string | undefined {
  return cluster.cloud.ec2
    .snapshot()
    .networkInterfaces.find(({ networkInterfaceId: id }) => id === cluster.networkInterfaceId)
    ?.attachment?.instanceId;
}

function lastLine({ stdout }: Run): string {
  return stdout.trimEnd().split('\n').at(-1) ?? '';
}

/** As so many failovers within the last minutes would have left it. */
async function tagAddress(key: string, value: string): Promise<void> {
  const { endpoint, region, rootCredentials } = cluster.cloud;
  const client = new EC2Client({ endpoint, region, credentials: rootCredentials });
  const Resources = [cluster.networkInterfaceId];
  await client.send(new CreateTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] }));
  client.destroy();
}

function failoversMinutesAgo(...minutes: readonly number[]): string {
  return minutes.map((ago) => Math.floor(Date.now() / 1000) - ago * 60).join(' ');
}

const [first, second] = [
  () => cluster.coordinatorIds[0] ?? '',
  () => cluster.coordinatorIds[1] ?? '',
];

describe('pause and resume', () => {
  test('pause: stands on the address with who, why and until when; resume takes it off', async () => {
    const paused = await cli(['pause', '--reason', 'kernel', '--for', '2h', '--by', 'alice']);
    expect(paused).toMatchObject({ code: 0, stderr: '' });
    expect(paused.stdout).toMatch(
      /Automatic failover of presto is paused until .*, then by itself/,
    );
    expect(lastLine(paused)).toBe('Next: coordinator-failover resume');
    expect(addressTags()[tagKeys.paused]).toMatch(/^until 20\S+Z since 20\S+Z by alice: kernel$/);

    const status = await cli(['status']);
    expect(status.code).toBe(1);
    expect(status.stdout).toMatch(/PAUSED.* Paused by alice since .* until .*: kernel/);
    expect(lastLine(status)).toBe('Next: coordinator-failover resume');

    const again = await cli(['pause', '--reason', 'longer', '--by', 'bob']);
    expect(again.stdout).toContain('is paused until somebody resumes');
    expect(again.stdout).toContain('It replaces an earlier pause. Paused by alice');

    const resumed = await cli(['resume']);
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain('It was: Paused by bob');
    expect(addressTags()).not.toHaveProperty(tagKeys.paused);
    expect((await cli(['status'])).code).toBe(0);
    expect((await cli(['resume'])).stdout).toContain('It was not paused.');
  });

  test('pause: a failed coordinator is left alone, and the command says so', async () => {
    await cli(['pause', '--reason', 'kernel', '--by', 'alice']);
    cluster.setReady(first(), false);
    const run = await cli(['failover', '--reason', 'observation']);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/rule paused: .*Paused by alice/);
    expect(lastLine(run)).toBe('Next: coordinator-failover resume');
    expect(holder()).toBe(first());
  });

  test.each([
    [['pause'], /pause needs --reason/],
    [
      ['pause', '--reason', 'x'.repeat(121)],
      /The reason has 121 characters, but may have at most 120/,
    ],
  ])('%j is refused, exit code 2, and touches nothing', async (typed, sentence) => {
    const run = await cli(typed);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(sentence);
    expect(addressTags()).not.toHaveProperty(tagKeys.paused);
  });
});

describe('switchover and failover', () => {
  test('switchover: moves the address to the standby, live, with the report as next', async () => {
    const run = await cli(['switchover', '--reason', 'kernel upgrade', '--by', 'alice']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/Started by-hand-\S+ of presto\. Ctrl-C stops watching only\./);
    expect(run.stdout).toMatch(/rule requested: .*alice: kernel upgrade/);
    for (const state of [
      'Survey coordinators',
      'Terminate instance',
      'Attach ENI',
      'Failed over',
    ]) {
      expect(run.stdout).toMatch(new RegExp(`\\d s {2}${state}\n`));
    }
    expect(run.stdout).toContain(`moved      ${first()} -> ${second()}`);
    expect(lastLine(run)).toMatch(/^Next: coordinator-failover report by-hand-/);
    expect(holder()).toBe(second());

    const name = lastLine(run).split(' ').at(-1) ?? '';
    const status = await cli(['status']);
    expect(status.stdout).toMatch(
      new RegExp(`last move .*${first()} -> ${second()} {2}rule requested {2}outage [\\d.]+ s`),
    );
    // Terminating it starts another execution: "last" is the one that acted.
    const report = JSON.parse((await cli(['report', 'last', '--json'])).stdout) as {
      execution: object;
      outcome: object;
    };
    expect(report.execution).toMatchObject({ name });
    expect(report.outcome).toMatchObject({ rule: 'requested', from: first(), to: second() });
    const history = JSON.parse((await cli(['history', '--json'])).stdout) as {
      incidents: { name: string }[];
    };
    expect(history.incidents.find((incident) => incident.name === name)).toMatchObject({
      rule: 'requested',
      end: 'Failed over',
      from: first(),
      to: second(),
      terminated: [first()],
    });
  });

  test('switchover: --dry-run only says what would be done', async () => {
    const run = await cli(['switchover', '--dry-run', '--reason', 'try', '--json']);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      end: 'Dry run',
      rule: 'requested',
      terminated: [],
    });
    expect(run.stderr).toMatch(/Pick standby/);
    expect(holder()).toBe(first());
  });

  test('switchover: of a dead coordinator touches nothing and says what to type', async () => {
    await cli(['pause', '--reason', 'nothing else acts meanwhile', '--by', 'alice']);
    cluster.setReady(first(), false);
    const refused = await cli(['switchover', '--reason', 'kernel upgrade', '--by', 'alice']);
    expect(refused.code).toBe(1);
    const command = 'coordinator-failover failover --force --reason "..." --cluster presto';
    expect(refused.stdout).toContain(
      'The request is refused, and nothing is touched. A switchover needs a coordinator that works, ' +
        'but the address does not answer that it is ready.',
    );
    expect(refused.stdout).toContain(`If it has failed: ${command}`);
    expect(holder()).toBe(first());
    const { instances } = cluster.cloud.ec2.snapshot();
    expect(instances.map(({ state }) => state)).not.toContain('shutting-down');
    expect(instances.map(({ state }) => state)).not.toContain('terminated');

    const forced = await cli(['failover', '--force', '--reason', 'kernel upgrade']);
    expect(forced.code).toBe(0);
    expect(forced.stdout).toMatch(/rule requested: /);
    expect(holder()).toBe(second());
  });

  test('failover: two people forcing at once make one move', async () => {
    const force = (by: string) => cli(['failover', '--force', '--reason', 'now', '--by', by]);
    const runs = await Promise.all([force('alice'), force('bob')]);
    expect(runs.map(({ code }) => code)).toContain(0);
    expect(holder()).toBe(second());
    const { instances } = cluster.cloud.ec2.snapshot();
    const ended = instances.filter(
      ({ state }) => state === 'terminated' || state === 'shutting-down',
    );
    expect(ended.map(({ instanceId }) => instanceId)).toEqual([first()]);
  });

  test('switchover: Ctrl-C stops the watching, not the move', async () => {
    const typed = ['switchover', '--reason', 'now'];
    const run = await cli(typed, { interruptAt: 'Ctrl-C stops' });
    expect(run.code).toBe(130);
    expect(run.stdout).toMatch(/Stopped watching\. The execution by-hand-\S+ goes on by itself\./);
    expect(lastLine(run)).toBe('Next: coordinator-failover status --watch');
    await expect.poll(holder).toBe(second());
  });

  test('switchover: a standby that cannot take over is refused with the reason', async () => {
    const { ec2 } = cluster.cloud;
    const otherZone = 'subnet-0123456789abcdef1';
    ec2.addSubnet({
      subnetId: otherZone,
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZone: 'eu-central-1b',
      cidrBlock: `${cluster.addressPrefix}.9.0/24`,
    });
    const strangers = {
      unknown: 'i-0123456789abcdef0',
      notOurs: await cluster.launch(coordinatorTags('trino', 1)),
      untagged: await cluster.launch({}),
      far: await cluster.launch(coordinatorTags('presto', 3), otherZone),
      retired: await cluster.launch({
        ...coordinatorTags('presto', 4),
        [tagKeys.retired]: 'arn:of-an-execution',
      }),
    };
    for (const [standby, sentence] of [
      [strangers.unknown, /EC2 knows no such instance in this region/],
      [strangers.notOurs, /it is a coordinator of the cluster trino, not of presto/],
      [strangers.untagged, /it is a coordinator of no cluster, not of presto/],
      [strangers.far, /it is in eu-central-1b, but the address can only move within eu-central-1a/],
      [strangers.retired, /it is retired by arn:of-an-execution/],
      [first(), /it holds the address already/],
    ] as const) {
      const run = await cli(['switchover', '--reason', 'x', '--standby', standby]);
      expect(run).toMatchObject({ code: 2, stdout: '' });
      expect(run.stderr).toMatch(sentence);
    }
    expect(cluster.cloud.calls.map(({ operation }) => operation)).not.toContain('StartExecution');
  });
});

describe('waiting for an operator', () => {
  test('waiting for an operator: the command says why, acknowledge lifts it, the next failover moves', async () => {
    await tagAddress(tagKeys.failovers, failoversMinutesAgo(30, 20, 10));
    const status = await cli(['status']);
    expect(status.stdout).toContain('There were 3 failovers within 60 minutes (limit 3)');
    expect(lastLine(status)).toMatch(/^Next: coordinator-failover acknowledge --reason/);

    cluster.setReady(first(), false);
    const held = await cli(['failover', '--reason', 'it is down']);
    expect(held.code).toBe(1);
    expect(held.stdout).toMatch(/rule failover-limit: There were 3 failovers within 60 minutes/);
    expect(lastLine(held)).toMatch(/^Next: coordinator-failover acknowledge --reason/);
    expect(holder()).toBe(first());

    const lifted = await cli(['acknowledge', '--reason', 'the bad image is gone', '--by', 'alice']);
    expect(lifted.code).toBe(0);
    expect(lifted.stdout).toMatch(/The 3 failovers of presto up to .* no longer count/);
    expect(addressTags()[tagKeys.acknowledged]).toMatch(/^20\S+Z by alice: the bad image is gone$/);

    await cli(['failover', '--reason', 'look after acknowledging']);
    expect(holder()).toBe(second());
  });

  test('acknowledge: with nothing to acknowledge it leaves the address as it is', async () => {
    const run = await cli(['acknowledge', '--reason', 'x']);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('nothing to acknowledge');
    expect(addressTags()).not.toHaveProperty(tagKeys.acknowledged);
  });
});
