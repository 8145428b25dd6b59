/**
 * The executions of a run: which there are, where one of them dies, and who is redriven.
 * An execution that dies ends between two calls to AWS, and the function that made the call with it.
 */
import type {
  ExecutionListItem,
  GetExecutionHistoryOutput,
  HistoryEvent,
  ListExecutionsOutput,
} from '@aws-sdk/client-sfn';
import { dispatch } from '../local-cloud/dispatch.ts';
import { type Caller, ServiceError } from '../local-cloud/service.ts';
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
  readonly troubles: readonly ExecutionTrouble[];
  readonly deployment: Deployment;
  readonly facts: Fact[];
  /** Told of every state that an execution enters. */
  onEntered(stateName: string): void;
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
  /** Some are under way side by side: then the last one that began is not the one that is answered. */
  const numberOfCall = new WeakMap<StartedCall, number>();
  const killed = new Set<string>();
  let toCome = 0;

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
  const troublesOf = (executionArn: string): readonly ExecutionTrouble[] =>
    killed.has(executionArn)
      ? []
      : options.troubles.filter(({ number }) => number === numbers.get(executionArn));
  const dieBy = (executionArn: string, trouble: ExecutionTrouble | undefined) => {
    if (trouble === undefined) return;
    kill(executionArn);
    if (trouble.redrivenAfterSeconds === null) return;
    toCome += 1;
    time.after(trouble.redrivenAfterSeconds * 1000, () => {
      toCome -= 1;
      note(executionArn, 'is redriven');
      void redrive(deployment, executionArn);
    });
  };
  const dieAt = (call: StartedCall, effect: boolean) => {
    if (typeof call.by === 'string') return;
    const { executionArn } = call.by;
    const number = numberOfCall.get(call);
    const isDue = (trouble: ExecutionTrouble) =>
      trouble.inState === undefined && trouble.atCall === number && trouble.effect === effect;
    dieBy(executionArn, troublesOf(executionArn).find(isDue));
  };
  stepFunctions.onStateEntered(({ executionArn, stateName }) => {
    if (!numbers.has(executionArn)) numbers.set(executionArn, numbers.size);
    facts.push({ kind: 'state', atMs: time.now(), executionArn, name: stateName });
    options.onEntered(stateName);
    const isDue = ({ inState }: ExecutionTrouble) => inState === stateName;
    dieBy(executionArn, troublesOf(executionArn).find(isDue));
  });

  return {
    kill,
    anyToCome: () => toCome > 0,
    beforeCall(call) {
      if (typeof call.by === 'string') return;
      const { executionArn } = call.by;
      const atCall = (calls.get(executionArn) ?? -1) + 1;
      calls.set(executionArn, atCall);
      numberOfCall.set(call, atCall);
      dieAt(call, false);
    },
    afterCall: (call) => dieAt(call, true),
    anyRunning: () => isAnyRunning(deployment),
    async records() {
      const listed = await list(deployment);
      const records = await Promise.all(
        listed.map((item) => recordsOf(deployment, item, killed.has(item.executionArn ?? ''))),
      );
      return records.flat();
    },
  };
}

/** Where it died before its first state there is nothing to go on with: it stays as it is. */
async function redrive({ stepFunctions }: Deployment, executionArn: string): Promise<void> {
  try {
    await dispatch(stepFunctions.service, 'RedriveExecution', { executionArn }, caller);
  } catch (error) {
    const isRefused = error instanceof ServiceError && error.name === 'ExecutionNotRedrivable';
    if (!isRefused) throw error;
  }
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

/**
 * One record; of an execution that was redriven two, of the part that died and of the rest. Step Functions
 * keeps one history, which says where the second part begins.
 */
async function recordsOf(
  deployment: Deployment,
  { executionArn: arn = '', status = 'RUNNING', startDate, stopDate }: ExecutionListItem,
  killed: boolean,
): Promise<ExecutionRecord[]> {
  const history = await historyOf(deployment, arn);
  const from = history.findIndex(({ type }) => type === 'ExecutionRedriven');
  const first = from < 0 ? history : history.slice(0, from);
  const rest = from < 0 ? [] : history.slice(from);
  const last = {
    ...(stopDate === undefined ? {} : { endedAtMs: stopDate.getTime() }),
    status: status === 'PENDING_REDRIVE' ? ('FAILED' as const) : status,
    ...history.at(-1)?.executionFailedEventDetails,
  };
  const record = { arn, startedAtMs: startDate?.getTime() ?? 0, history: first, redriven: false };
  if (rest.length === 0) return [{ ...record, killed, ...last }];
  const died = { endedAtMs: timeOf(first.at(-1)), status: 'ABORTED' as const, killed };
  const again = { startedAtMs: timeOf(rest[0]), history: rest, killed: false, redriven: true };
  return [
    { ...record, ...died },
    { ...record, ...again, ...last },
  ];
}

function timeOf(event: HistoryEvent | undefined): number {
  return event?.timestamp?.getTime() ?? 0;
}
