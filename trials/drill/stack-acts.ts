/** What somebody does to a stack, and what may come in between. */
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Clock } from '@coordinator-failover/local-cloud';
import { currentState } from '../../history/visits.ts';
import { isTerminated } from '../../workflow/model/instance-state.ts';
import {
  stackOperationMachineName,
  stateMachineName,
  tagKeys,
} from '../../workflow/model/names.ts';
import { subnetId } from '../cluster/stack-parameters.ts';
import { createExecutionReader, type DrillExecution } from './executions.ts';
import { waitUntil } from './wait.ts';
import type { DrillCluster } from './world.ts';

export interface StackActs {
  /** UpdateStack with other values for some parameters. Resolves with the status it ends in. */
  updateStack(parameters: Readonly<Record<string, string>>): Promise<string>;
  deleteStack(): Promise<string>;
  createStack(): Promise<string>;
  /** Why a resource of the stack failed last, as its events say. */
  stackFailure(): string;
  /** CloudFormation gives up waiting for an answer: its hour is over. */
  giveUpWaiting(): void;
  /** StopExecution on what runs for the stack: the failover's execution, or the operation itself. */
  stopForStack(which: 'failover' | 'operation', inState: string): Promise<void>;
  /** RunInstances, as an execution would that began before the stack was deleted. */
  launchLate(): Promise<string>;
  /** The instances of this cluster that are not terminated. */
  left(): readonly string[];
  /** Throws when the client was not served since then, other than while the address moved. */
  expectServed(since: number, what: string): void;
}

interface ActingOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (sentence: string) => void;
}

/** An execution for the stack begins within seconds, and launches within a few more. */
const inStateWithinSeconds = 90;

export function stackActs(world: DrillCluster, { clock, signal, say }: ActingOptions): StackActs {
  const { cloud, clusterName } = world;
  const { stack } = cloud;
  const carriedOut = async (what: string, act: () => Promise<string>) => {
    say(`the stack is ${what}.`);
    const status = await act();
    say(`the stack is ${status}.`);
    return status;
  };
  const isOurs = (tags: Readonly<Record<string, string>>) => tags[tagKeys.cluster] === clusterName;
  return {
    updateStack: (parameters) =>
      carriedOut(`updated with ${JSON.stringify(parameters)}`, () => stack.update({ parameters })),
    deleteStack: () => carriedOut('deleted', () => stack.delete()),
    async createStack() {
      const status = await carriedOut('created', () => stack.create());
      if (status === 'CREATE_COMPLETE') world.followAddress();
      return status;
    },
    stackFailure() {
      const failed = stack.events().findLast(({ status }) => /^[A-Z]+_FAILED$/.test(status));
      return failed?.reason ?? 'nothing';
    },
    giveUpWaiting() {
      say('CloudFormation waits no longer.');
      cloud.customResources?.timeOutNow();
    },
    stopForStack: (which, inState) => stopExecution(world, { clock, signal, say }, which, inState),
    launchLate: () => launchLate(world, say),
    left: () =>
      cloud.ec2
        .snapshot()
        .instances.filter((one) => isOurs(one.tags) && !isTerminated(one))
        .map(({ instanceId }) => instanceId),
    expectServed(since, what) {
      const missing = world.client.answers().filter((one) => one.askedAt >= since && !one.ready);
      const [first] = missing;
      if (first === undefined) return;
      const seconds = ((first.askedAt - since) / 1000).toFixed(1);
      throw new Error(
        `${what}, ${missing.length} answers were not ready, the first after ${seconds} s: ${first.what}.`,
      );
    },
  };
}

async function stopExecution(
  { clients, aws, clusterName, stateMachineArn: failoverArn }: DrillCluster,
  { clock, signal, say }: ActingOptions,
  which: 'failover' | 'operation',
  inState: string,
): Promise<void> {
  const { stepFunctions } = clients;
  const name = which === 'failover' ? stateMachineName : stackOperationMachineName;
  const stateMachineArn = failoverArn.replace(/[^:]+$/, name(clusterName));
  const find = async () => {
    // Between a deletion and a creation there is no state machine to ask.
    const listed = await stepFunctions
      .send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }))
      .catch(() => undefined);
    if (!listed?.executions?.length) return undefined;
    const all = await createExecutionReader(aws, stateMachineArn).read();
    const isThere = ({ status, events }: DrillExecution) =>
      status === 'RUNNING' && currentState(events)?.name === inState;
    return all.find(isThere)?.arn;
  };
  const executionArn = await waitUntil(`an execution is in ${inState}`, find, {
    clock,
    signal,
    withinSeconds: inStateWithinSeconds,
    everyMs: 100,
  });
  await stepFunctions.send(new StopExecutionCommand({ executionArn }));
  say(`somebody stops the execution ${executionArn.split(':').at(-1)} in ${inState}.`);
}

async function launchLate(
  { cloud, clients, clusterName }: DrillCluster,
  say: ActingOptions['say'],
): Promise<string> {
  const all = [...cloud.resources.values()];
  const template = all.find(({ type }) => type === 'AWS::EC2::LaunchTemplate');
  const tags = [{ Key: tagKeys.cluster, Value: clusterName }];
  const launched = await clients.ec2.send(
    new RunInstancesCommand({
      LaunchTemplate: { LaunchTemplateId: template?.physicalId ?? '', Version: '1' },
      SubnetId: subnetId,
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [{ ResourceType: 'instance', Tags: tags }],
    }),
  );
  const instanceId = launched.Instances?.[0]?.InstanceId ?? '';
  say(`${instanceId} is launched meanwhile.`);
  return instanceId;
}
