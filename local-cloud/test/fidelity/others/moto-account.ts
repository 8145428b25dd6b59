/** moto as an account: its server as a process of our own, seeded through its API. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLaunchTemplateCommand,
  CreateNetworkInterfaceCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import {
  alarmProperties,
  type ComparedAccount,
  clientsFor,
  definitionOf,
  launchData,
  type MachineName,
  machineEntries,
  roleArn,
} from './account.ts';
import type { Tool } from './tools.ts';

export const moto: Tool = {
  command: 'moto_server',
  versionCommand: ['python3', '-c', 'import importlib.metadata as m; print(m.version("moto"))'],
  versionWanted: /^5\.2\.\d+$/,
  install: "pip install 'moto[server]==5.2.1'",
};

const otherRegions = [
  'ap-northeast-1',
  'ap-south-1',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'us-east-2',
  'us-west-1',
  'us-west-2',
];

/** Rejects when the server does not answer within 30 s. */
export async function motoAccount(): Promise<ComparedAccount> {
  const server = await startServer();
  const credentials = { accessKeyId: 'moto', secretAccessKey: 'moto' };
  const clients = clientsFor(server.endpoint, credentials);
  const { ec2, cloudWatch } = clients;
  const regions = [...otherRegions];
  // Without this, executions are always running.
  await post(server.endpoint, '/moto-api/config', {
    stepfunctions: { execute_state_machine: true },
  });
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
  const subnetId = Subnets?.[0]?.SubnetId ?? '';
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const securityGroupId = SecurityGroups?.[0]?.GroupId ?? '';
  const template = async (LaunchTemplateName: string, data: RequestLaunchTemplateData) => {
    const LaunchTemplateData = { ...launchData, SecurityGroupIds: [securityGroupId], ...data };
    const command = new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData });
    return (await ec2.send(command)).LaunchTemplate?.LaunchTemplateId ?? '';
  };
  return {
    ...clients,
    subnetId,
    launchTemplateId: await template('coordinator', {}),
    protectedTemplateId: await template('protected', { DisableApiTermination: true }),
    async createNetworkInterface() {
      const properties = { SubnetId: subnetId, Groups: [securityGroupId], Description: 'address' };
      const answer = await ec2.send(new CreateNetworkInterfaceCommand(properties));
      return answer.NetworkInterface?.NetworkInterfaceId ?? '';
    },
    async createAlarm(name, namespace) {
      await cloudWatch.send(new PutMetricAlarmCommand(alarmProperties(name, namespace)));
    },
    async freshStepFunctions() {
      // moto 5.2.1 can execute once in a region: then it fails to copy what has run.
      const place = regions.pop() ?? 'us-east-1';
      const { sfn } = clientsFor(server.endpoint, credentials, { region: place });
      const arns = new Map<MachineName, string>();
      for (const [name, states] of machineEntries()) {
        const definition = definitionOf(states);
        const command = new CreateStateMachineCommand({ name, definition, roleArn });
        arns.set(name, (await sfn.send(command)).stateMachineArn ?? '');
      }
      return { sfn, stateMachineArn: (name) => arns.get(name) ?? '' };
    },
    stop: server.stop,
  };
}

async function startServer(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(moto.command, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  for (let tried = 0; tried < 120 && child.exitCode === null; tried += 1) {
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    if (answer?.ok) return { endpoint, stop };
    await wait(250);
  }
  await stop();
  throw new Error(`moto_server does not answer at ${endpoint}.`);
}

async function post(endpoint: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${endpoint}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen({ host: '127.0.0.1', port: 0 }, done));
  const bound = server.address();
  await new Promise((done) => server.close(done));
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}
