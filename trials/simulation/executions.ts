/**
 * The executions of a run: which there are, where one of them dies, and who is redriven.
 * An execution that dies ends between two calls to AWS, and the function that made the call with it.
 */

import type { GetExecutionHistoryOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import {
  type Caller,
  dispatch,
  type ExecutionStatus,
  ServiceError,
} from '@coordinator-failover/local-cloud';
import { endStatusOf } from '../../history/ends.ts';
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
export function createExecutions(options: ExecutionsOptions): Executions {
  const { time, deployment, facts } = options;
  const { stepFunctions } = deployment;
  const numbers = new Map<string, number>();
  /** As far as is known: not asked since they last entered a state. */
  const running = new Set<string>();
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
    running.add(executionArn);
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
    anyRunning: () => isAnyRunning(deployment, running),
    async records() {
      const records = [...numbers.keys()].map(async (arn) =>
        recordsOf(arn, await historyOf(deployment, arn), killed.has(arn)),
      );
      return (await Promise.all(records)).flat();
    },
  };
}

/** Takes out of the set who is not. */
async function isAnyRunning(deployment: Deployment, running: Set<string>): Promise<boolean> {
  for (const executionArn of running) {
    const [last] = await historyOf(deployment, executionArn, { reverseOrder: true });
    if (statusAfter(last) === 'RUNNING') return true;
    running.delete(executionArn);
  }
  return false;
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

/** ListExecutions lags behind; the history does not. */
async function historyOf(
  { stepFunctions }: Deployment,
  executionArn: string,
  from: { readonly reverseOrder?: boolean } = {},
): Promise<readonly HistoryEvent[]> {
  const input = { executionArn, maxResults: 25_000, ...from };
  const history = await dispatch(stepFunctions.service, 'GetExecutionHistory', input, caller);
  return (history as GetExecutionHistoryOutput).events ?? [];
}

function statusAfter(last: HistoryEvent | undefined): ExecutionStatus {
  return endStatusOf(last?.type) ?? 'RUNNING';
}

/**
 * One record; of an execution that was redriven two, of the part that died and of the rest. Step Functions
 * keeps one history, which says where the second part begins.
 */
function recordsOf(
  arn: string,
  history: readonly HistoryEvent[],
  killed: boolean,
): ExecutionRecord[] {
  const from = history.findIndex(({ type }) => type === 'ExecutionRedriven');
  if (from < 0) return [recordOf(arn, history, { killed, redriven: false })];
  return [
    recordOf(arn, history.slice(0, from), { killed, redriven: false }),
    recordOf(arn, history.slice(from), { killed: false, redriven: true }),
  ];
}

function recordOf(
  arn: string,
  history: readonly HistoryEvent[],
  what: Pick<ExecutionRecord, 'killed' | 'redriven'>,
): ExecutionRecord {
  const last = history.at(-1);
  const status = statusAfter(last);
  return {
    arn,
    startedAtMs: timeOf(history[0]),
    ...(status === 'RUNNING' ? {} : { endedAtMs: timeOf(last) }),
    status,
    ...what,
    ...last?.executionFailedEventDetails,
    history,
  };
}

function timeOf(event: HistoryEvent | undefined): number {
  return event?.timestamp?.getTime() ?? 0;
}
