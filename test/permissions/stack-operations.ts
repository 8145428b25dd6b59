/**
 * The functions that carry out stack operations, in the simulated world, where CloudFormation itself
 * is played by a scenario. Each calls with its own role. The answers to CloudFormation are kept.
 */
import { EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { connect } from '@coordinator-failover/local-cloud';
import type { StackOperationCalls } from '../../aws/calls.ts';
import { stackOperationCallsOn } from '../../aws/stack-operation-client.ts';
import { stepFunctionsCallsOn } from '../../aws/step-functions-client.ts';
import { advanceStackOperation } from '../../handlers/advance-stack-operation.ts';
import { answerCloudFormation } from '../../handlers/answer-cloudformation.ts';
import { receiveStackEvent } from '../../handlers/receive-stack-event.ts';
import type { Handler } from '../../trials/simulation/functions.ts';
import type { SimulatedCluster } from '../../trials/simulation/world.ts';
import { stackOperationMachineName } from '../../workflow/model/names.ts';
import { callerOf } from './callers.ts';

type Handlers = Readonly<Record<string, Handler>>;

/**
 * The simulation knows functions of the failover by name, all others by the name that CloudFormation gave them:
 * cut, so that their logical id tells which one is meant.
 */
export function withStackOperations(
  failover: Handlers,
  worldOf: () => SimulatedCluster,
  answers: string[],
): Handlers {
  const put = async (_url: string, body: string) => {
    answers.push(body);
    return 200;
  };
  const own: Readonly<Record<string, Handler>> = {
    ReceiveStackEvent: (event, { clock }) =>
      receiveStackEvent(event, cloudOf(worldOf(), 'ReceiveStackEvent'), put, clock),
    AdvanceStackOperation: (event, { clock }) =>
      advanceStackOperation(event, cloudOf(worldOf(), 'AdvanceStackOperation'), clock),
    AnswerCloudformation: (event, { clock }) => answerCloudFormation(event, put, clock),
  };
  return new Proxy(failover, {
    get: (known, name): Handler | undefined => {
      if (String(name) in known) return known[String(name)];
      const logicalId = logicalIdOf(worldOf(), String(name));
      const part = Object.keys(own).find((one) => logicalId.includes(one));
      return part === undefined ? known[String(name)] : own[part];
    },
  });
}

function logicalIdOf({ deployment }: SimulatedCluster, functionArn: string): string {
  const entries = [...deployment.resources].filter(([, { physicalId }]) =>
    functionArn.endsWith(`:function:${physicalId}`),
  );
  return entries[0]?.[0] ?? '';
}

function cloudOf(world: SimulatedCluster, part: string): StackOperationCalls {
  const { deployment, time } = world;
  const credentials = { accessKeyId: 'LOCAL', secretAccessKey: 'secret' };
  const settings = { region: deployment.region, credentials, maxAttempts: 1 };
  const options = { clock: time, authorize: deployment.authorizer.authorize };
  const [ec2, sfn] = [new EC2Client(settings), new SFNClient(settings)];
  const caller = callerOf(world, part);
  connect(ec2, deployment.ec2.service, caller, options);
  connect(sfn, deployment.stepFunctions.service, caller, options);
  return stackOperationCallsOn(ec2, stepFunctionsCallsOn(sfn));
}

/** As CloudFormation asks, some seconds from now. */
export function request(
  world: SimulatedCluster,
  afterSeconds: number,
  requestType: 'Update' | 'Delete',
  properties: object = {},
): void {
  const { deployment, time } = world;
  const { cluster, stateMachineArn } = deployment;
  const event = {
    RequestType: requestType,
    RequestId: 'request-1',
    ResponseURL: 'https://bucket.s3.amazonaws.com/answer?signature=1',
    StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/simulation/1',
    ResourceType: 'Custom::CoordinatorCluster',
    LogicalResourceId: 'Coordinators',
    PhysicalResourceId: cluster.clusterName,
    ResourceProperties: {
      ClusterName: cluster.clusterName,
      NetworkInterfaceId: cluster.networkInterfaceId,
      LaunchTemplateId: cluster.launchTemplateId,
      LaunchTemplateVersion: cluster.launchTemplateVersion,
      HACoordinatorsCount: '2',
      StateMachine: stackOperationMachineOf(world),
      FailoverStateMachine: stateMachineArn,
      ...properties,
    },
  };
  time.after(afterSeconds * 1000, () => void deployment.functions.invoke(receiver(world), event));
}

export function stackOperationMachineOf({
  deployment: { stateMachineArn, cluster },
}: SimulatedCluster): string {
  const prefix = stateMachineArn.slice(0, stateMachineArn.lastIndexOf(':') + 1);
  return `${prefix}${stackOperationMachineName(cluster.clusterName)}`;
}

function receiver({ deployment: { resources, region } }: SimulatedCluster): string {
  for (const [logicalId, { type, physicalId }] of resources) {
    if (type !== 'AWS::Lambda::Function' || !logicalId.includes('ReceiveStackEvent')) continue;
    return `arn:aws:lambda:${region}:123456789012:function:${physicalId}`;
  }
  throw new Error('The template has no function that receives stack events.');
}
