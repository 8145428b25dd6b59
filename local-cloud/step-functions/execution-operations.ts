/** Operations on executions: describe, list, read, stop, redrive. */
import type {
  DescribeExecutionInput,
  DescribeExecutionOutput,
  GetExecutionHistoryInput,
  GetExecutionHistoryOutput,
  ListExecutionsInput,
  ListExecutionsOutput,
  RedriveExecutionInput,
  RedriveExecutionOutput,
  StopExecutionInput,
  StopExecutionOutput,
} from '@aws-sdk/client-sfn';
import type { Latencies } from '../chance/latency.ts';
import { type Operation, pageOf, ServiceError } from '../service/service.ts';
import type { Clock } from '../time/clock.ts';
import { type EngineExecution, type ExecutionOptions, startExecution } from './execution.ts';
import type { ExecutionFailure } from './execution-history.ts';
import {
  type ExecutionOutcome,
  redriveOf,
  redriveStatus,
  type UsedToken,
  usableTokens,
} from './redrive.ts';
import { type StateMachine, stateMachineOf } from './state-machines.ts';

export interface Started {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly input: string;
  readonly startedAtMs: number;
  readonly execution: EngineExecution;
  /** The definition of the start: a redrive uses it, too. */
  readonly options: ExecutionOptions;
  readonly redriveCount: number;
  readonly redrivenAtMs?: number;
  /** The tokens of its redrives, newest first. */
  readonly redriveTokens?: readonly UsedToken[];
}

export function executionOperations(
  stateMachines: ReadonlyMap<string, StateMachine>,
  executions: Map<string, Started>,
  { clock, latencies }: { readonly clock: Clock; readonly latencies: Latencies },
): Readonly<Record<string, Operation>> {
  const describedMs = () => clock.now() - latencies('executionLag');
  return {
    RedriveExecution: {
      takes: ['executionArn', 'clientToken'],
      run: async (input: RedriveExecutionInput) => redrive(executions, input, clock),
    },
    DescribeExecution: {
      takes: ['executionArn'],
      run: async (input: DescribeExecutionInput) =>
        described(executionOf(executions, input.executionArn), describedMs()),
    },
    ListExecutions: {
      takes: ['stateMachineArn', 'statusFilter', 'maxResults', 'nextToken'],
      run: async (input: ListExecutionsInput) => {
        const stateMachine = stateMachineOf(stateMachines, input.stateMachineArn);
        return listed([...executions.values()], stateMachine.arn, input, describedMs());
      },
    },
    GetExecutionHistory: {
      takes: ['executionArn', 'reverseOrder', 'maxResults', 'nextToken'],
      run: async (input: GetExecutionHistoryInput) =>
        historyPage(executionOf(executions, input.executionArn), input),
    },
    StopExecution: {
      takes: ['executionArn', 'error', 'cause'],
      async run(input: StopExecutionInput): Promise<StopExecutionOutput> {
        const { execution } = executionOf(executions, input.executionArn);
        execution.stop(reasonOf(input));
        await execution.ended;
        return { stopDate: dateOf(execution.outcome().stoppedAtMs) };
      },
    },
  };
}

function reasonOf({ error, cause }: StopExecutionInput): Partial<ExecutionFailure> {
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}

function executionOf(executions: ReadonlyMap<string, Started>, arn: string | undefined): Started {
  const found = executions.get(arn ?? '');
  if (found !== undefined) return found;
  throw doesNotExist(arn);
}

function doesNotExist(arn: string | undefined): ServiceError {
  return new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

/** The status as it is shown, which is eventually consistent: a new end is not seen yet. */
function outcomeAsOf({ execution }: Started, describedMs: number): ExecutionOutcome {
  const outcome = execution.outcome();
  return (outcome.stoppedAtMs ?? 0) > describedMs ? { status: 'RUNNING' } : outcome;
}

function described(started: Started, describedMs: number): DescribeExecutionOutput {
  if (started.startedAtMs > describedMs) throw doesNotExist(started.arn);
  const { status, stoppedAtMs, output, error, cause } = outcomeAsOf(started, describedMs);
  return {
    executionArn: started.arn,
    stateMachineArn: started.stateMachineArn,
    name: started.name,
    status,
    startDate: new Date(started.startedAtMs),
    stopDate: dateOf(stoppedAtMs),
    input: started.input,
    inputDetails: { included: true },
    output,
    outputDetails: output === undefined ? undefined : { included: true },
    error,
    cause,
    redriveCount: started.redriveCount,
    redriveDate: dateOf(started.redrivenAtMs),
    ...redriveStatus(status),
  };
}

function redrive(
  executions: Map<string, Started>,
  { executionArn, clientToken }: RedriveExecutionInput,
  clock: Clock,
): RedriveExecutionOutput {
  const started = executionOf(executions, executionArn);
  const { execution, options } = started;
  const nowMs = clock.now();
  const used = usableTokens(started.redriveTokens, nowMs);
  const before = used.find(({ token }) => token === clientToken);
  if (before !== undefined) return { redriveDate: new Date(before.atMs) };
  const { arn, redriveCount } = started;
  const going = redriveOf(arn, execution.outcome(), execution.history, redriveCount, nowMs);
  executions.set(arn, {
    ...started,
    execution: startExecution({ ...options, redrive: going }),
    redriveCount: going.count,
    redrivenAtMs: nowMs,
    redriveTokens:
      clientToken === undefined ? used : [{ token: clientToken, atMs: nowMs }, ...used],
  });
  return { redriveDate: new Date(nowMs) };
}

/** The error of ListExecutions and GetExecutionHistory for an invalid token. */
const invalidToken = 'InvalidToken';

/** Newest first. */
function listed(
  all: readonly Started[],
  stateMachineArn: string,
  input: ListExecutionsInput,
  describedMs: number,
): ListExecutionsOutput {
  const found = all
    .filter((one) => one.stateMachineArn === stateMachineArn && one.startedAtMs <= describedMs)
    .map((started) => ({ started, outcome: outcomeAsOf(started, describedMs) }))
    .map(({ started, outcome }) => ({
      executionArn: started.arn,
      stateMachineArn: started.stateMachineArn,
      name: started.name,
      status: outcome.status,
      startDate: new Date(started.startedAtMs),
      stopDate: dateOf(outcome.stoppedAtMs),
      redriveCount: started.redriveCount,
      redriveDate: dateOf(started.redrivenAtMs),
    }))
    .filter(({ status }) => input.statusFilter === undefined || status === input.statusFilter)
    .reverse();
  const page = pageOf(
    found,
    { size: input.maxResults || 100, token: input.nextToken },
    invalidToken,
  );
  return { executions: page.items, nextToken: page.nextToken };
}

function historyPage(
  { execution }: Started,
  input: GetExecutionHistoryInput,
): GetExecutionHistoryOutput {
  const events = input.reverseOrder ? [...execution.history].reverse() : execution.history;
  const page = pageOf(
    events,
    { size: input.maxResults || 100, token: input.nextToken },
    invalidToken,
  );
  return { events: page.items, nextToken: page.nextToken };
}

function dateOf(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}
