/**
 * X-Ray: whether the trace of an execution arrives. Its content is not kept.
 * Source: Step Functions developer guide, "Tracing Step Functions requests" and its IAM policy.
 * What can go wrong: a role without permission. The execution runs without a trace.
 */
import type { Authorizer } from '../iam/authorizer.ts';
import type { StateMachine } from './state-machines.ts';

export interface Trace {
  readonly executionArn: string;
  /** Why there is no trace. */
  readonly lost?: string;
}

/** The actions in the guide; X-Ray's rules decide which executions are traced. */
const actions = [
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

export interface Traces {
  follow(stateMachine: StateMachine, executionArn: string, ended: Promise<void>): void;
  /** The traces of executions that have ended. */
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
