/** Commands that observation, end to end: real processes against a local cloud served over HTTP. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesize } from '../../infra/stack/synthesize.ts';
import { subnetId } from '../../trials/cluster/stack-parameters.ts';
import { alarmNames, tagKeys } from '../../workflow/model/names.ts';
import { startTestCluster, type TestCluster } from './cluster.ts';
import { type Run, type RunOptions, runCli } from './run-cli.ts';

let directory: string;
let cluster: TestCluster;
const executionArn = (name: string) =>
  `${cluster.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-looking-test-'));
  const synthesized = await synthesize(join(directory, 'synthesized'));
  cluster = await startTestCluster(synthesized);
  await cluster.cloud.stepFunctions.startExecution(
    cluster.stateMachineArn,
    'first-observation',
    '{}',
  );
});
afterAll(async () => {
  await cluster.stop();
  await rm(directory, { recursive: true, force: true });
});

function cli(typed: string, options?: RunOptions): Promise<Run> {
  return runCli(cluster, typed.split(' '), options);
}

function lastLine({ stdout }: Run): string {
  return stdout.trimEnd().split('\n').at(-1) ?? '';
}

async function untilEnded(name: string): Promise<void> {
  const { stepFunctions } = cluster.cloud;
  const ended = () => stepFunctions.traces().map(({ executionArn: arn }) => arn);
  await expect.poll(ended).toContain(executionArn(name));
}

describe('status', () => {
  test('status: a healthy cluster', async () => {
    const run = await cli('status');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('presto in eu-central-1: OK');
    expect(run.stdout).toMatch(
      new RegExp(`active {5}${cluster.coordinatorIds[0]} {2}since .* ready {2}says healthy`),
    );
    expect(run.stdout).toMatch(new RegExp(`standby {4}${cluster.coordinatorIds[1]} {2}ready`));
    expect(run.stdout).not.toContain('\u001b');
  });

  test('status: as one JSON document', async () => {
    const { code, stdout } = await cli('status --json');
    const document: unknown = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      state: 'ok',
      active: { instanceId: cluster.coordinatorIds[0], readiness: 'ready' },
      standbys: [{ instanceId: cluster.coordinatorIds[1], readiness: 'ready' }],
      pause: { kind: 'none' },
      failovers: { counting: 0, limit: 3, windowMinutes: 60 },
      observed: { clusterName: 'presto', alarms: { kind: 'read' } },
    });
  });

  test('status: EC2 does not answer, the rest is shown', async () => {
    const environment = { AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:1' };
    const run = await cli('status --cluster presto', { environment });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('presto in eu-central-1: NOT FULLY KNOWN');
    expect(run.stdout).toContain('alarms     presto-coordinator-active-health OK');
    expect(run.stdout).toMatch(/UNKNOWN {2}The address, The coordinators.*ECONNREFUSED/);
  });

  test('status: CloudWatch does not answer, the rest is shown', async () => {
    const environment = { AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:1' };
    const run = await cli('status', { environment });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('alarms     could not be read');
    expect(run.stdout).toContain('answers from here');
  });

  test('status: --watch goes on until Ctrl-C', async () => {
    const run = await cli('status --watch', { interruptAt: 'Next:' });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout.match(/presto in/g)).toHaveLength(1);
  });
});

describe('doctor', () => {
  test('doctor: everything is looked at, what cannot be is said', async () => {
    await untilEnded('first-observation');
    const run = await cli('doctor');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    for (const words of [
      /ok +zones +The address and its coordinators are in eu-central-1a/,
      /ok +ENI slots/,
      /ok +versions +Every coordinator is of version 1 of lt-/,
      /ok +permissions +You may pause, resume and acknowledge \(dry run\)/,
      /ok +launch +A new coordinator could be launched \(dry run\)/,
      /ok +reachability +The function in the VPC reached all 3 that it asked/,
      /not checked quotas/,
    ]) {
      expect(run.stdout).toMatch(words);
    }
    expect(run.stdout).toContain('0 problems, 0 unknown');
  });
});

describe('history', () => {
  test('history: an observation that found nothing is left out, and counted', async () => {
    await untilEnded('first-observation');
    const run = await cli('history');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('No incidents.');
    expect(run.stdout).toMatch(/1 executions since .*: 0 shown, 1 found nothing to do\./);
    const all = await cli('history --all');
    expect(all.stdout).toMatch(/Nothing to do {2}first-observation\n {2}why +Started by/);
    expect(lastLine(all)).toBe('Next: coordinator-failover report first-observation');
  });
});

describe('report', () => {
  test.each([
    ['first-observation', 'Markdown', /^# /],
    ['first-observation --json', 'JSON', /^\{\n {2}"format": "coordinator-failover report/],
    ['first-observation --format html', 'HTML', /^<!doctype html>/i],
  ])('report: %s is %s on stdout', async (typed, _what, beginning) => {
    await untilEnded('first-observation');
    const { code, stdout, stderr } = await cli(`report ${typed}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(beginning);
  });

  test('report: into a file, by ARN, the format from its name', async () => {
    await untilEnded('first-observation');
    const file = join(directory, 'incident.html');
    const run = await cli(`report ${executionArn('first-observation')} --out ${file}`);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('the report of first-observation (html)');
    expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>/i);
  });

  test.each([
    ['arn:aws:s3:::bucket', /is not the ARN of an execution\. One looks like arn:aws:states:/],
    [
      'arn:aws:states:eu-central-1:123456789012:execution:billing:run-1',
      /is an execution of another state machine than this cluster's, which is .*presto-failover/,
    ],
    ['a:b', /is neither the ARN nor the name of an execution/],
    ['gone', /There is no execution .*:gone\. Step Functions keeps executions for 90 days/],
    ['first-observation --out /nonexistent/x.html', /cannot be written to \/nonexistent\/x\.html/],
    [
      'first-observation --out x.pdf',
      /--out is "x\.pdf", but must end with \.html, \.md or \.json/,
    ],
  ])('report: %s is refused, exit code 2', async (typed, sentence) => {
    const run = await cli(`report ${typed}`);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(sentence);
  });

  test('report: "last" says when there was no incident', async () => {
    const { code, stderr } = await cli('report last');
    expect(code).toBe(2);
    expect(stderr).toContain('there is no incident to report');
  });
});

describe('what is missing', () => {
  test.each([
    ['no credentials', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, /No AWS credentials/],
    ['a wrong key', { AWS_ACCESS_KEY_ID: 'NOBODYS' }, /AWS does not accept the credentials/],
    ['no region', { AWS_REGION: '' }, /No region is set, or it is none\. Give --region/],
    [
      'nobody at the endpoint',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      /AWS does not answer at http:\/\/127\.0\.0\.1:1\./,
    ],
  ])('%s: one clear word, exit code 3', async (_what, environment, sentence) => {
    // Without this, the SDK would look for credentials of a machine.
    const quiet = { AWS_EC2_METADATA_DISABLED: 'true' };
    const run = await cli('status', { environment: { ...quiet, ...environment } });
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toMatch(sentence);
  });

  test('AWS_DEFAULT_REGION will do, as for the AWS CLI', async () => {
    const environment = { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-central-1' };
    expect((await cli('status', { environment })).code).toBe(0);
  });

  test('a mistake as JSON, for scripts', async () => {
    const { code, stdout } = await cli('status --cluster nobody --json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        sentence: 'There is no cluster "nobody" in eu-central-1. Clusters there: presto.',
        next: null,
        exitCode: 2,
      },
    });
  });

  test('a cluster among several must be named', async () => {
    await cluster.cloud.ec2.createNetworkInterface({
      subnetId,
      groups: [],
      description: 'of another cluster',
      tags: [{ Key: tagKeys.cluster, Value: 'trino' }],
    });
    expect((await cli('status')).stderr).toContain(
      'There are 2 clusters in eu-central-1: presto, trino. Say which with --cluster NAME.',
    );
    const named = await cli('status --cluster presto');
    expect(named.code).toBe(0);
    expect(lastLine(named)).toBe('Next: coordinator-failover history --cluster presto');
    expect((await cli('status --stack presto')).code).toBe(0);
    expect((await cli('status --stack other')).stderr).toContain(
      'There is no cluster of a stack "other" in eu-central-1. Clusters there: presto, trino.',
    );
  });
});

// The last one, because its execution goes on for a minute.
describe('report of an execution that still runs', () => {
  test('report: one that still runs is refused', async () => {
    // While an alarm rings, an execution that finds nothing to do waits before it resets it.
    const { activeHealth } = alarmNames(cluster.clusterName);
    cluster.cloud.cloudWatch.seedAlarmState(activeHealth, 'ALARM', 1);
    await cluster.cloud.stepFunctions.startExecution(cluster.stateMachineArn, 'running', '{}');
    const run = await cli('report running --cluster presto');
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('The execution running is still running');
    expect(run.stderr).toContain('Next: coordinator-failover status --watch');
  });
});
