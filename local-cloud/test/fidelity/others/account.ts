/**
 * An account as SDK clients and the AWS CLI see it: the local cloud over HTTP, or moto. Cases use only
 * the API and these names, so they run against both.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { noLatencies } from '../../../chance/latency.ts';
import { randomFrom } from '../../../chance/random.ts';
import { createCloudWatch } from '../../../cloudwatch/cloudwatch.ts';
import { createEc2 } from '../../../ec2/ec2.ts';
import { noNetwork } from '../../../ec2/network/network.ts';
import { type Credentials, createCallers } from '../../../service/callers.ts';
import type { CallFaults } from '../../../service/dispatch.ts';
import type { RecordedCall } from '../../../service/service.ts';
import { createStepFunctions } from '../../../step-functions/step-functions.ts';
import { realClock } from '../../../time/clock.ts';
import { serve } from '../../../wire/wire.ts';

export interface ComparedAccount {
  readonly ec2: EC2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly subnetId: string;
  /** With one security group. */
  readonly launchTemplateId: string;
  /** A template with termination protection. */
  readonly protectedTemplateId: string;
  /** A new interface in the subnet. */
  createNetworkInterface(): Promise<string>;
  /** A new alarm on the metric `Health` of the namespace, minimum < 1, 1 of 1, 10 s. */
  createAlarm(name: string, namespace: string): Promise<void>;
  /** Step Functions with the state machines below, in which nothing has been executed yet. */
  freshStepFunctions(): Promise<FreshStepFunctions>;
  stop(): Promise<void>;
}

export interface FreshStepFunctions {
  readonly sfn: SFNClient;
  stateMachineArn(name: MachineName): string;
}

export interface LocalAccount extends ComparedAccount {
  readonly endpoint: string;
  readonly region: string;
  readonly calls: readonly RecordedCall[];
  /** All that it implements. */
  readonly operations: readonly string[];
  credentialsOf(principalArn: string): Credentials;
  /** From now on calls meet these faults. */
  faulty(faults: CallFaults): void;
}

export type MachineName = keyof typeof machines;

/** The state machines to execute. */
const machines = {
  pass: {
    Look: { Type: 'Pass', Result: { kind: 'healthy' }, ResultPath: '$.decision', End: true },
  },
  lasting: { Rest: { Type: 'Wait', Seconds: 60, End: true } },
  choosing: {
    Receive: { Type: 'Pass', Parameters: { 'request.$': '$$.Execution.Input' }, Next: 'Choose' },
    Choose: {
      Type: 'Choice',
      Choices: [{ Variable: '$.request.fail', IsPresent: true, Next: 'Waiting for operator' }],
      Default: 'Rest',
    },
    Rest: { Type: 'Wait', Seconds: 1, Next: 'Done' },
    Done: { Type: 'Succeed' },
    'Waiting for operator': { Type: 'Fail', Error: 'WaitingForOperator', Cause: 'Too many.' },
  },
} as const;

export function machineEntries(): [MachineName, object][] {
  return Object.entries(machines) as [MachineName, object][];
}

const accountId = '123456789012';
const region = 'us-east-1';
export const roleArn = `arn:aws:iam::${accountId}:role/machine`;
export const rootArn = `arn:aws:iam::${accountId}:root`;
export const launchData = { ImageId: 'ami-00000001', InstanceType: 't3.micro' } as const;

export function clientsFor(
  endpoint: string,
  credentials: Credentials,
  more: { readonly maxAttempts?: number; readonly region?: string } = {},
) {
  const settings = { region, endpoint, credentials, maxAttempts: 1, ...more };
  return {
    ec2: new EC2Client(settings),
    cloudWatch: new CloudWatchClient(settings),
    sfn: new SFNClient(settings),
  };
}

export function alarmProperties(AlarmName: string, Namespace: string) {
  return {
    AlarmName,
    Namespace,
    MetricName: 'Health',
    Statistic: 'Minimum',
    Period: 10,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'notBreaching',
  } as const;
}

export function definitionOf(states: object): string {
  return JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
}

/** The local cloud without latencies, over HTTP. */
export async function localAccount(): Promise<LocalAccount> {
  const callers = createCallers();
  const calls: RecordedCall[] = [];
  let faults: CallFaults = () => undefined;
  const common = {
    clock: realClock,
    random: randomFrom(1),
    latencies: noLatencies,
    region,
    accountId,
    onEvent: () => {},
  };
  const boot = async () => ({ terminate: async () => {} });
  const ec2 = createEc2({ ...common, callers, network: noNetwork, boot });
  const cloudWatch = createCloudWatch(common);
  const sfn = createStepFunctions({ ...common, invoke: async (_arn, input) => input });
  const services = [ec2.service, cloudWatch.service, sfn.service];
  const server = await serve(services, {
    clock: realClock,
    callers,
    onCall: (call) => void calls.push(call),
    faults: (call) => faults(call),
  });
  const subnetId = 'subnet-00000000000000001';
  const securityGroupId = 'sg-00000000000000001';
  ec2.addSubnet({
    subnetId,
    vpcId: 'vpc-00000000000000001',
    availabilityZone: `${region}a`,
    cidrBlock: '10.0.0.0/24',
  });
  const clients = clientsFor(server.endpoint, callers.issue(rootArn));
  let places = 0;
  const template = (name: string, data: object) =>
    ec2.createLaunchTemplate({
      name,
      data: { ...launchData, SecurityGroupIds: [securityGroupId], ...data },
    }).launchTemplateId;
  return {
    ...clients,
    endpoint: server.endpoint,
    region,
    calls,
    operations: services.flatMap(({ operations }) => Object.keys(operations)),
    subnetId,
    launchTemplateId: template('coordinator', {}),
    protectedTemplateId: template('protected', { DisableApiTermination: true }),
    credentialsOf: callers.issue,
    faulty(next) {
      faults = next;
    },
    async createNetworkInterface() {
      const properties = { subnetId, groups: [securityGroupId], description: 'address', tags: [] };
      return (await ec2.createNetworkInterface(properties)).networkInterfaceId;
    },
    async createAlarm(name, namespace) {
      cloudWatch.createAlarm(alarmProperties(name, namespace));
    },
    async freshStepFunctions() {
      places += 1;
      const nameOf = (name: MachineName) => `${name}-${places}`;
      const prefix = `arn:aws:states:${region}:${accountId}:stateMachine:`;
      for (const [name, states] of machineEntries()) {
        const definition = definitionOf(states);
        sfn.createStateMachine({ name: nameOf(name), definition, roleArn });
      }
      return { sfn: clients.sfn, stateMachineArn: (name) => `${prefix}${nameOf(name)}` };
    },
    async stop() {
      await server.stop();
      await sfn.stop();
      await cloudWatch.stop();
      await ec2.stop();
    },
  };
}
