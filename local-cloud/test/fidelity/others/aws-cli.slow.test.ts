import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LocalAccount, localAccount, rootArn } from './account.ts';
import { isPresent, type Tool } from './tools.ts';

const awsCli: Tool = {
  command: 'aws',
  versionCommand: ['aws', '--version'],
  versionWanted: /^aws-cli\/[12]\./,
  install: 'pip install awscli==1.45.11',
};

const run = promisify(execFile);

describe.runIf(isPresent(awsCli))('checked by the AWS CLI', () => {
  let account: LocalAccount;
  beforeAll(async () => {
    account = await localAccount();
  });
  afterAll(() => account?.stop());

  /**
   * What the CLI prints, as JSON; undefined when it prints nothing.
   * @param command its words; arguments with spaces follow
   */
  async function aws(command: string, ...more: string[]): Promise<unknown> {
    const { accessKeyId, secretAccessKey } = account.credentialsOf(rootArn);
    const { stdout } = await run('aws', [...command.split(' '), ...more, '--output', 'json'], {
      timeout: 200_000,
      env: {
        PATH: process.env.PATH,
        HOME: '/nonexistent',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_PAGER: '',
        AWS_ENDPOINT_URL: account.endpoint,
        AWS_DEFAULT_REGION: account.region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
    });
    return stdout === '' ? undefined : JSON.parse(stdout);
  }

  test('ec2 run-instances, describe-instances by a filter, terminate-instances', async () => {
    const template = `LaunchTemplateId=${account.launchTemplateId},Version=1`;
    const launched = await aws(
      `ec2 run-instances --subnet-id ${account.subnetId} --launch-template ${template}`,
      '--tag-specifications',
      'ResourceType=instance,Tags=[{Key=cluster,Value=analytics}]',
    );
    const { Instances } = launched as { Instances: { InstanceId: string }[] };
    const id = Instances[0]?.InstanceId ?? 'none';
    const described = aws(
      'ec2 describe-instances --filters Name=tag:cluster,Values=analytics,other',
    );
    expect(await described).toMatchObject({
      Reservations: [{ Instances: [{ InstanceId: id, State: { Name: 'running' } }] }],
    });
    expect(await aws(`ec2 terminate-instances --instance-ids ${id}`)).toMatchObject({
      TerminatingInstances: [{ InstanceId: id, CurrentState: { Name: 'shutting-down' } }],
    });
  });

  test('an error: its code and its words', async () => {
    const described = aws('ec2 describe-instances --instance-ids i-0123456789abcdef0');
    await expect(described).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /\(InvalidInstanceID\.NotFound\).*The instance ID 'i-0123456789abcdef0' does not exist/s,
      ),
    });
  });

  test('stepfunctions start-execution, get-execution-history', async () => {
    const { stateMachineArn } = await account.freshStepFunctions();
    const machine = `--state-machine-arn ${stateMachineArn('pass')}`;
    const input = '--name by-hand --input {"reason":"drill"}';
    const started = await aws(`stepfunctions start-execution ${machine} ${input}`);
    const { executionArn } = started as { executionArn: string };
    expect(executionArn).toMatch(/:by-hand$/);
    const history = `stepfunctions get-execution-history --execution-arn ${executionArn}`;
    await vi.waitFor(
      async () =>
        expect(await aws(history)).toMatchObject({
          events: [
            { id: 1, previousEventId: 0, type: 'ExecutionStarted' },
            { id: 2, previousEventId: 0, type: 'PassStateEntered' },
            { id: 3, previousEventId: 2, type: 'PassStateExited' },
            { id: 4, previousEventId: 3, type: 'ExecutionSucceeded' },
          ],
        }),
      { timeout: 100_000 },
    );
  });

  test('cloudwatch put-metric-data, get-metric-data', async () => {
    const atMs = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
    const [from, to] = [atMs, atMs + 60_000].map((ms) => new Date(ms).toISOString());
    const datum = `--metric-name Health --value 0 --storage-resolution 1 --timestamp ${from}`;
    expect(await aws(`cloudwatch put-metric-data --namespace Cli ${datum}`)).toBeUndefined();
    const Metric = { Namespace: 'Cli', MetricName: 'Health' };
    const queries = [{ Id: 'one', MetricStat: { Metric, Period: 60, Stat: 'Minimum' } }];
    const read = `cloudwatch get-metric-data --start-time ${from} --end-time ${to}`;
    const answer = await aws(read, '--metric-data-queries', JSON.stringify(queries));
    expect(answer).toMatchObject({ MetricDataResults: [{ Id: 'one', Values: [0] }] });
  });

  test('cloudwatch set-alarm-state, describe-alarms', async () => {
    await account.createAlarm('active-health', 'Cli');
    const set = 'cloudwatch set-alarm-state --alarm-name active-health --state-value ALARM';
    await aws(set, '--state-reason', 'By hand.');
    expect(await aws('cloudwatch describe-alarms --state-value ALARM')).toMatchObject({
      MetricAlarms: [{ AlarmName: 'active-health', StateReason: 'By hand.', Period: 10 }],
    });
  });
});
