/**
 * The executions of a run: which there are, where one of them dies, and who is redriven.
 * An execution that dies ends between two calls to AWS, and the function that made the call with it.
 */
import type {
  ExecutionListItem,
  GetExecutionHistoryOutput,
  ListExecutionsOutput,
} from '@aws-sdk/client-sfn';
import { dispatch } from '../local-cloud/dispatch.ts';
import type { Latencies } from '../local-cloud/latency.ts';
import type { Caller } from '../local-cloud/service.ts';
import { type Execution, startExecution } from '../local-cloud/step-functions/execution.ts';
import { loadDefinition } from '../local-cloud/step-functions/state-machine-definition.ts';
import type { StartedCall } from './aws-calls.ts';
import type { Deployment } from './deployment.ts';
import type { ExecutionTrouble } from './faults.ts';
import type { ExecutionRecord, Fact } from './recording.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Executions {
  /** Asked before every call of a function: this one may be its last. */
  beforeCall(call: StartedCall): void;
  /** Asked after every call that reached AWS. */
  afterCall(call: StartedCall): void;
  anyRunning(): Promise<boolean>;
  /** Somebody will still redrive one. */
  anyToCome(): boolean;
  records(): Promise<ExecutionRecord[]>;
  /** Ends one, and what runs of it. */
  kill(executionArn: string): void;
}

export interface ExecutionsOptions {
  readonly time: VirtualTime;
  readonly latencies: Latencies;
  readonly troubles: readonly ExecutionTrouble[];
  readonly deployment: Deployment;
  readonly facts: Fact[];
  /** Told of every state that an execution enters. */
  onEntered(stateName: string): void;
}

interface Redriven {
  readonly arn: string;
  readonly startedAtMs: number;
  readonly execution: Execution;
}

const caller: Caller = {
  accessKeyId: 'SIMULATION',
  principalArn: 'arn:aws:iam::123456789012:root',
};
/** More than one run has. */
const mostResults = 1_000;

export function createExecutions(options: ExecutionsOptions): Executions {
  const { time, deployment, facts } = options;
  const { stepFunctions } = deployment;
  const numbers = new Map<string, number>();
  const calls = new Map<string, number>();
  const killed = new Set<string>();
  const redriven: Redriven[] = [];
  let toCome = 0;

  const entered = (executionArn: string, name: string) => {
    if (!numbers.has(executionArn)) numbers.set(executionArn, numbers.size);
    facts.push({ kind: 'state', atMs: time.now(), executionArn, name });
    options.onEntered(name);
  };
  stepFunctions.onStateEntered(({ executionArn, stateName }) => entered(executionArn, stateName));

  const note = (executionArn: string, what: string) => {
    const sentence = `execution ${numbers.get(executionArn)} ${what}`;
    facts.push({ kind: 'fault', atMs: time.now(), sentence });
  };
  const kill = (executionArn: string) => {
    killed.add(executionArn);
    for (const invocation of deployment.functions.underWay(executionArn)) invocation.kill();
    void dispatch(stepFunctions.service, 'StopExecution', { executionArn }, caller);
    note(executionArn, 'dies');
  };
  const redrive = async (executionArn: string) => {
    toCome -= 1;
    note(executionArn, 'is redriven');
    const execution = await restart(options, executionArn, (name) => entered(executionArn, name));
    if (execution !== undefined) {
      redriven.push({ arn: executionArn, startedAtMs: time.now(), execution });
    }
  };
  const dueFor = ({ by }: StartedCall, effect: boolean): ExecutionTrouble | undefined => {
    if (typeof by === 'string' || killed.has(by.executionArn)) return undefined;
    const number = numbers.get(by.executionArn);
    const call = calls.get(by.executionArn);
    return options.troubles.find(
      (trouble) =>
        trouble.number === number && trouble.atCall === call && trouble.effect === effect,
    );
  };
  const dieIf = (call: StartedCall, trouble: ExecutionTrouble | undefined) => {
    if (trouble === undefined || typeof call.by === 'string') return;
    const { executionArn } = call.by;
    kill(executionArn);
    if (trouble.redrivenAfterSeconds === null) return;
    toCome += 1;
    time.after(trouble.redrivenAfterSeconds * 1000, () => void redrive(executionArn));
  };

  return {
    kill,
    anyToCome: () => toCome > 0,
    beforeCall(call) {
      if (typeof call.by === 'string') return;
      const { executionArn } = call.by;
      calls.set(executionArn, (calls.get(executionArn) ?? -1) + 1);
      dieIf(call, dueFor(call, false));
    },
    afterCall: (call) => dieIf(call, dueFor(call, true)),
    async anyRunning() {
      if (redriven.some(({ execution }) => execution.outcome().status === 'RUNNING')) return true;
      return isAnyRunning(deployment);
    },
    async records() {
      const listed = await list(deployment);
      const first = await Promise.all(
        listed.map((item) => recordOf(deployment, item, killed.has(item.executionArn ?? ''))),
      );
      return [...first, ...redriven.map(redrivenRecord)];
    },
  };
}

async function isAnyRunning({ stepFunctions, stateMachineArn }: Deployment): Promise<boolean> {
  const input = { stateMachineArn, statusFilter: 'RUNNING' };
  const running = await dispatch(stepFunctions.service, 'ListExecutions', input, caller);
  return ((running as ListExecutionsOutput).executions ?? []).length > 0;
}

async function list({ stepFunctions, stateMachineArn }: Deployment): Promise<ExecutionListItem[]> {
  const input = { stateMachineArn, maxResults: mostResults };
  const listed = await dispatch(stepFunctions.service, 'ListExecutions', input, caller);
  return ((listed as ListExecutionsOutput).executions ?? []).toReversed();
}

async function historyOf({ stepFunctions }: Deployment, executionArn: string) {
  const input = { executionArn, maxResults: 25_000 };
  const history = await dispatch(stepFunctions.service, 'GetExecutionHistory', input, caller);
  return (history as GetExecutionHistoryOutput).events ?? [];
}

async function recordOf(
  deployment: Deployment,
  { executionArn: arn = '', status = 'RUNNING', startDate, stopDate }: ExecutionListItem,
  killed: boolean,
): Promise<ExecutionRecord> {
  const history = await historyOf(deployment, arn);
  const failure = history.at(-1)?.executionFailedEventDetails;
  return {
    arn,
    startedAtMs: startDate?.getTime() ?? 0,
    ...(stopDate === undefined ? {} : { endedAtMs: stopDate.getTime() }),
    status: status === 'PENDING_REDRIVE' ? 'FAILED' : status,
    killed,
    redriven: false,
    ...failure,
    history,
  };
}

function redrivenRecord({ arn, startedAtMs, execution }: Redriven): ExecutionRecord {
  const { status, stoppedAtMs, error, cause } = execution.outcome();
  return {
    arn,
    startedAtMs,
    ...(stoppedAtMs === undefined ? {} : { endedAtMs: stoppedAtMs }),
    status,
    killed: false,
    redriven: true,
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    history: execution.history,
  };
}

/** RedriveExecution: goes on with the state that did not succeed, and with its old input. */
async function restart(
  { time, latencies, deployment }: ExecutionsOptions,
  executionArn: string,
  onStateEntered: (name: string) => void,
): Promise<Execution | undefined> {
  const history = await historyOf(deployment, executionArn);
  const last = history.findLast((event) => event.stateEnteredEventDetails !== undefined);
  const { name, input } = last?.stateEnteredEventDetails ?? {};
  if (name === undefined || input === undefined) return undefined;
  const loaded = loadDefinition(deployment.definition);
  return startExecution({
    clock: time,
    latencies,
    definition: { ...loaded, forEngine: { ...loaded.forEngine, StartAt: name } },
    executionArn,
    name: executionArn.split(':').at(-1) ?? '',
    stateMachineArn: deployment.stateMachineArn,
    stateMachineName: deployment.stateMachineArn.split(':').at(-1) ?? '',
    roleArn: deployment.stateMachineRoleArn,
    authorizer: () => deployment.authorizer,
    region: deployment.region,
    input,
    invoke: deployment.functions.invoke,
    integrations: deployment.sns.integrations,
    onStateEntered: ({ stateName }) => onStateEntered(stateName),
  });
}
