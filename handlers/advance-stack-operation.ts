/**
 * Advance stack operation, ACT: one observation and one step of a creation, an update or a deletion. The
 * rules are in workflow/stack/bring-up.ts and take-down.ts. Executions of the failover state machine do
 * the work: this function starts, watches and stops them.
 * What can go wrong: a step runs twice. An execution is named after the request and the attempt, so the
 * execution starts once; all other acts are idempotent.
 */
import type { StackOperationCalls } from '../aws/calls.ts';
import { describeError, errorName } from '../aws/errors.ts';
import { type Execution, listRunning } from '../aws/executions.ts';
import { BadInput } from '../workflow/model/errors.ts';
import { bad } from '../workflow/model/fields.ts';
import { isOursNotTerminated } from '../workflow/model/instance-state.ts';
import { tagKeys } from '../workflow/model/names.ts';
import { stackDeletingTagValue } from '../workflow/model/tags.ts';
import { operationAgainSeconds } from '../workflow/model/timing.ts';
import {
  asksForUpgrade,
  decideBringingUp,
  stackOperationTargets,
} from '../workflow/stack/bring-up.ts';
import {
  readStackOperation,
  readStackRequest,
  type StackOperation,
  type StackOperationView,
  type StackRequest,
  type Step,
} from '../workflow/stack/request.ts';
import { decideTakingDown, isEmpty } from '../workflow/stack/take-down.ts';
import { type Clock, isoNow, realClock, withLog } from './entry.ts';
import { observeStackOperation, ownPrefix } from './observe-stack-operation.ts';
import { terminate } from './retire-and-terminate.ts';

export const handler = withLog(async (event) => {
  cloud ??= import('../aws/stack-operation-client.ts').then(({ connectForStackOperations }) =>
    connectForStackOperations(),
  );
  return advanceStackOperation(event, await cloud, realClock);
});

let cloud: Promise<StackOperationCalls> | undefined;

export async function advanceStackOperation(
  document: unknown,
  cloud: StackOperationCalls,
  clock: Clock,
): Promise<Step> {
  const stackOperation = readStackOperation(document);
  const request = requestToUs(stackOperation);
  const parts = { stackOperation, request, cloud, clock };
  return request.requestType === 'Delete' ? takeDown(parts) : bringUp(parts);
}

/** The role's policy (cluster tag) is the second lock. */
function requestToUs({ event, cluster }: StackOperation): StackRequest {
  const request = readStackRequest(event);
  const { clusterName } = request;
  if (clusterName === cluster.clusterName) return request;
  throw bad('$.event.ResourceProperties.ClusterName', clusterName, cluster.clusterName);
}

interface Parts {
  readonly stackOperation: StackOperation;
  readonly request: StackRequest;
  readonly cloud: StackOperationCalls;
  readonly clock: Clock;
}

async function bringUp(parts: Parts): Promise<Step> {
  const { stackOperation, request, cloud, clock } = parts;
  const view = await observeStackOperation(stackOperation, request, cloud);
  // With a newer request this execution is the earlier one, redriven: it stops nothing of the newer.
  const problems =
    view.newerRequest === null
      ? await stopFailovers(parts, ({ name }) => isOfOtherRequest(name, request))
      : [];
  const decision = decideBringingUp({ stackOperation, request, view, now: isoNow(clock) });
  const before = memoryOf(stackOperation);
  const step = {
    ...before,
    rule: decision.rule,
    at: isoNow(clock),
    sentence: decision.sentence,
    waitSeconds: operationAgainSeconds,
    ask: true,
    targets: stackOperationTargets(stackOperation, view),
    problems,
  };
  if (decision.kind === 'start') {
    const attempts = before.attempts + 1;
    const failover = await startFailover(parts, view, attempts);
    return { ...step, kind: 'wait', attempts, failover };
  }
  // A failed operation stops its failover, which must not go on behind a rollback. A failover that has
  // fenced goes on, or is stopped by a later request: the address must not stay vacant.
  const isGivenUp =
    decision.kind === 'failed' && view.failover?.running && !view.failover.hasFenced;
  const more = isGivenUp ? await stopFailovers(parts, ({ arn }) => arn === before.failover) : [];
  return { ...step, kind: decision.kind, problems: [...problems, ...more] };
}

/** Marks the address, stops all failovers, terminates all coordinators, and observes what is left. */
async function takeDown(parts: Parts): Promise<Step> {
  const { stackOperation, request, cloud, clock } = parts;
  const problems = await markAddress(parts);
  problems.push(...(await stopFailovers(parts, () => true)));
  const view = await observeStackOperation(stackOperation, request, cloud);
  for (const { instanceId, state } of view.coordinators.filter(isOursNotTerminated)) {
    if (state === 'shutting-down') continue;
    const refusal = await terminate(cloud, instanceId);
    if (refusal !== null) problems.push(refusal);
  }
  const before = memoryOf(stackOperation);
  const isClear = isEmpty(view) && problems.length === 0;
  const emptySince = isClear ? (before.emptySince ?? isoNow(clock)) : null;
  const situation = { stackOperation, request, view, now: isoNow(clock) };
  const { kind, rule, sentence } = decideTakingDown({ ...situation, emptySince, problems });
  if (kind === 'start') throw new BadInput('A deletion starts no failover.');
  return {
    ...before,
    kind,
    rule,
    at: isoNow(clock),
    sentence: [sentence, ...problems].join(' '),
    waitSeconds: operationAgainSeconds,
    ask: false,
    targets: [],
    emptySince,
    problems,
  };
}

function memoryOf({ step }: StackOperation): Pick<Step, 'attempts' | 'failover' | 'emptySince'> {
  if (step.kind === 'none') return { attempts: 0, failover: null, emptySince: null };
  const { attempts, failover, emptySince } = step;
  return { attempts, failover, emptySince };
}

/** With the mark nothing is launched or attached. An address that is gone needs no mark. */
async function markAddress({ stackOperation, request, cloud, clock }: Parts): Promise<string[]> {
  const { networkInterfaceId } = request;
  try {
    if (stackOperation.step.kind !== 'none') return [];
    const Value = stackDeletingTagValue(isoNow(clock), request.requestId);
    await cloud.createTags({
      Resources: [networkInterfaceId],
      Tags: [{ Key: tagKeys.stackDeleting, Value }],
    });
    return [];
  } catch (error) {
    if (errorName(error) === 'InvalidNetworkInterfaceID.NotFound') return [];
    throw error;
  }
}

/** The failover is an upgrade only where the holder itself has to go. */
async function startFailover(
  { stackOperation, request, cloud }: Parts,
  view: StackOperationView,
  attempt: number,
): Promise<string> {
  const { requestType, requestId } = request;
  const input = {
    reason: requestType === 'Create' ? 'the stack is created' : 'the stack is updated',
    by: 'CloudFormation',
    ...(asksForUpgrade(request, view) ? { upgrade: true } : {}),
  };
  const stateMachineArn = failoverMachine(stackOperation);
  const name = `${ownPrefix}${requestId}-${attempt}`;
  try {
    const started = await cloud.startExecution({
      stateMachineArn,
      name,
      input: JSON.stringify(input),
    });
    return started.executionArn ?? '';
  } catch (error) {
    // An earlier run of this step has started the execution.
    if (errorName(error) !== 'ExecutionAlreadyExists') throw error;
    return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }
}

function failoverMachine({ event }: StackOperation): string {
  const properties = Object(Reflect.get(Object(event), 'ResourceProperties'));
  const arn: unknown = Reflect.get(properties, 'FailoverStateMachine');
  if (typeof arn === 'string' && arn !== '') return arn;
  throw new BadInput('$.event.ResourceProperties.FailoverStateMachine must be an ARN.');
}

/** An execution of another request to this stack. */
function isOfOtherRequest(name: string, { requestId }: StackRequest): boolean {
  return name.startsWith(ownPrefix) && !name.startsWith(`${ownPrefix}${requestId}-`);
}

/** @returns one sentence for each execution that could not be stopped */
async function stopFailovers(
  { stackOperation, cloud, request }: Parts,
  which: (running: Execution) => boolean,
): Promise<string[]> {
  const problems: string[] = [];
  const { executions, more } = await listRunning(cloud, failoverMachine(stackOperation));
  if (more) problems.push(`More than ${executions.length} executions run: not all were read.`);
  for (const { arn, name } of executions.filter(which)) {
    try {
      const cause = `CloudFormation's request ${request.requestId} (${request.requestType}).`;
      await cloud.stopExecution({ executionArn: arn, error: 'Superseded', cause });
    } catch (error) {
      if (errorName(error) === 'ExecutionDoesNotExist') continue;
      problems.push(`Execution ${name} could not be stopped. ${describeError(error)}`);
    }
  }
  return problems;
}
