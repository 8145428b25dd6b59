/**
 * X-Ray: whether the trace of an execution arrives. What is in it, nobody here looks at.
 * Source: Step Functions developer guide, "Tracing Step Functions requests" and its IAM policy.
 * What can go wrong: a role that may not write. The execution runs all the same, unseen.
 */
import type { Authorizer } from '../iam/authorizer.ts';
import type { StateMachine } from './state-machines.ts';

export interface Trace {
  readonly executionArn: string;
  /** Why there is none. */
  readonly lost?: string;
}

/** What the guide asks for; the rules decide which executions are traced. */
const actions = [
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

export interface Traces {
  follow(stateMachine: StateMachine, executionArn: string, ended: Promise<void>): void;
  /** Of executions that have ended. */
  all(): readonly Trace[];
}

export function createTraces(authorizer: (() => Authorizer) | undefined): Traces {
  const traces: Trace[] = [];
  return {
    follow(stateMachine, executionArn, ended) {
      if (!stateMachine.isTraced) return;
      void ended.then(() => traces.push(traceOf(authorizer, stateMachine, executionArn)));
    },
    all: () => traces,
  };
}

function traceOf(
  authorizer: (() => Authorizer) | undefined,
  { roleArn, name }: StateMachine,
  executionArn: string,
): Trace {
  const caller = { accessKeyId: 'StepFunctions', principalArn: roleArn, sessionName: name };
  const lost = actions
    .map((action) => authorizer?.().refusalOf(caller, { action }))
    .find((refusal) => refusal !== undefined);
  return lost === undefined ? { executionArn } : { executionArn, lost };
}
