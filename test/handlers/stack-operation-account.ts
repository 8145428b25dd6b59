/** An account with both state machines, whose executions only stand there: for the stack operations. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import {
  connect,
  createStepFunctions,
  noLatencies,
  randomFrom,
  realClock,
} from '@coordinator-failover/local-cloud';
import type { StackOperationCalls } from '../../aws/calls.ts';
import { stackOperationCallsOn } from '../../aws/stack-operation-client.ts';
import { stepFunctionsCallsOn } from '../../aws/step-functions-client.ts';
import { type Answers, addressTargetName } from '../../workflow/model/incident.ts';
import { defaultSettings } from '../../workflow/model/settings.ts';
import type { StackOperation, Step } from '../../workflow/stack/request.ts';
import { type Account, openAccount } from '../support/account.ts';

export interface StackOperationAccount extends Account {
  readonly stackOperationCloud: StackOperationCalls;
  readonly failoverMachine: string;
  readonly stackOperationMachine: string;
  /** CloudFormation's event. */
  event(requestType: string, more?: object, properties?: object): Record<string, unknown>;
  /** What travels through the lifecycle state machine. */
  document(event: object, step?: Step, answers?: Answers): StackOperation;
  /** Everybody answers. */
  answers(names: readonly string[]): Answers;
  /** Names of the failover executions that run, the newest first. */
  running(): Promise<string[]>;
  /** Inputs of all failover executions. */
  inputOf(name: string): Promise<unknown>;
}

export async function openStackOperationAccount(coordinators = 2): Promise<StackOperationAccount> {
  const account = await openAccount({ coordinators });
  const { cluster } = account;
  const stepFunctions = createStepFunctions({
    clock: realClock,
    random: randomFrom(5),
    latencies: noLatencies,
    region: 'local-1',
    accountId: '000000000000',
    invoke: async () => ({}),
  });
  const machine = (name: string) =>
    stepFunctions.createStateMachine({
      name,
      roleArn: 'arn:aws:iam::000000000000:role/machine',
      definition: JSON.stringify({
        StartAt: 'Stand',
        States: { Stand: { Type: 'Wait', Seconds: 3600, End: true } },
      }),
    }).stateMachineArn;
  const failoverMachine = machine('presto-failover');
  const stackOperationMachine = machine('presto-stack-operation');
  const settings = {
    region: 'local-1',
    credentials: { accessKeyId: 'LOCAL', secretAccessKey: 'secret' },
  };
  const caller = { accessKeyId: 'LOCAL', principalArn: 'arn:aws:iam::000000000000:root' };
  const ec2 = new EC2Client(settings);
  const sfn = new SFNClient(settings);
  connect(ec2, account.ec2.service, caller);
  connect(sfn, stepFunctions.service, caller);
  const executions = stepFunctionsCallsOn(sfn);
  return {
    ...account,
    stackOperationCloud: stackOperationCallsOn(ec2, executions),
    failoverMachine,
    stackOperationMachine,
    event: (RequestType, more = {}, properties = {}) => ({
      RequestType,
      RequestId: 'request-1',
      ResponseURL: 'https://bucket.s3.amazonaws.com/answer?signature=1',
      StackId: 'arn:aws:cloudformation:local-1:000000000000:stack/presto/1',
      ResourceType: 'Custom::CoordinatorCluster',
      LogicalResourceId: 'Coordinators',
      ...more,
      ResourceProperties: {
        ServiceToken: 'arn',
        ClusterName: cluster.clusterName,
        NetworkInterfaceId: cluster.networkInterfaceId,
        LaunchTemplateId: cluster.launchTemplateId,
        LaunchTemplateVersion: cluster.launchTemplateVersion,
        HACoordinatorsCount: '2',
        StateMachine: stackOperationMachine,
        FailoverStateMachine: failoverMachine,
        ...properties,
      },
    }),
    document: (event, step, answers) => ({
      event,
      execution: {
        id: `${stackOperationMachine.replace(':stateMachine:', ':execution:')}:request-1`,
        name: 'request-1',
        startedAt: new Date(realClock.now() - 2_000).toISOString(),
      },
      settings: defaultSettings,
      cluster,
      step: step ?? { kind: 'none' },
      answers: answers ?? { kind: 'none' },
    }),
    answers: (names) => ({
      kind: 'asked',
      at: new Date(realClock.now()).toISOString(),
      answers: [addressTargetName, ...names].map((name) => ({
        name,
        host: '10.0.0.1',
        outcome: 'ready',
        ready: true,
        reached: true,
        sentence: `${name} is ready.`,
        milliseconds: 1,
      })),
    }),
    async running() {
      const listed = await executions.listExecutions({
        stateMachineArn: failoverMachine,
        statusFilter: 'RUNNING',
      });
      return (listed.executions ?? []).map(({ name }) => name ?? '');
    },
    async inputOf(name) {
      const executionArn = `${failoverMachine.replace(':stateMachine:', ':execution:')}:${name}`;
      const { events } = await executions.getExecutionHistory({ executionArn });
      const input: unknown = JSON.parse(events?.[0]?.executionStartedEventDetails?.input ?? 'null');
      return input;
    },
    async stop() {
      await stepFunctions.stop();
      await account.stop();
    },
  };
}
