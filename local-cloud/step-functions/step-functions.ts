/**
 * Step Functions: Standard state machines and their executions.
 * What can go wrong: a name belongs to its execution. A start with the same name is refused if the
 * input differs or the execution has ended.
 */

import type { StartExecutionInput, StartExecutionOutput } from '@aws-sdk/client-sfn';
import { uuidFrom } from '../chance/identifiers.ts';
import { type Service, ServiceError } from '../service/service.ts';
import type { ServiceOptions } from '../service/service-options.ts';
import type { ServiceMetric } from '../service/signals.ts';
import { type ExecutionOptions, type StateEntered, startExecution } from './execution.ts';
import { executionOperations, type Started } from './execution-operations.ts';
import type { ExecutionStatus } from './redrive.ts';
import { loadDefinition } from './state-machine-definition.ts';
import {
  type StateMachine,
  stateMachineOf,
  stateMachineOperations,
  textToRun,
} from './state-machines.ts';
import { type Invoke, isTooLarge, largestPayloadBytes } from './task-runner.ts';
import type { Integrations } from './task-target.ts';
import { createTraces, type Trace } from './tracing.ts';

export interface StepFunctionsOptions extends ServiceOptions {
  readonly invoke: Invoke;
  /** The operations of other services that a Task calls directly. @default none */
  readonly integrations?: Integrations;
  /** Receives the metrics of AWS/States, by state machine. @default nobody */
  readonly onMetric?: (metric: ServiceMetric) => void;
}

export interface StepFunctions {
  readonly service: Service;
  /** @throws Error when the definition cannot run here as in AWS */
  createStateMachine(properties: {
    readonly name: string;
    /** JSON of the Amazon States Language. */
    readonly definition: string;
    readonly roleArn: string;
    /** By X-Ray. @default false */
    readonly isTraced?: boolean;
  }): { stateMachineArn: string };
  /**
   * UpdateStateMachine. Running executions keep the old definition, and so may executions that
   * start right afterwards.
   * @throws as createStateMachine
   */
  updateStateMachine(properties: {
    readonly stateMachineArn: string;
    readonly definition: string;
    readonly roleArn: string;
    /** By X-Ray. @default false */
    readonly isTraced?: boolean;
  }): void;
  /** DeleteStateMachine: ends and removes its executions, too. */
  deleteStateMachine(stateMachineArn: string): Promise<void>;
  /** StartExecution for other services of the cloud. */
  startExecution(stateMachineArn: string, name: string, input: string): Promise<void>;
  /** Calls back when an execution enters a state. Returns the end of the subscription. */
  onStateEntered(listener: (entered: StateEntered) => void): () => void;
  /** The traces of executions that have ended. */
  traces(): readonly Trace[];
  /** Aborts every execution. */
  stop(): Promise<void>;
}

export function createStepFunctions(options: StepFunctionsOptions): StepFunctions {
  const stateMachines = new Map<string, StateMachine>();
  const executions = new Map<string, Started>();
  const listeners = new Set<(entered: StateEntered) => void>();
  const traces = createTraces(options.authorizer);

  const start = (input: StartExecutionInput): StartExecutionOutput => {
    const stateMachine = stateMachineOf(stateMachines, input.stateMachineArn);
    const name = input.name ?? uuidFrom(options.random);
    const arn = `${stateMachine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const executionInput = input.input ?? '{}';
    checkStart(name, executionInput);
    const known = executions.get(arn);
    if (known !== undefined) return startedAgain(known, executionInput);
    const startedAtMs = options.clock.now();
    const text = textToRun(stateMachine, startedAtMs);
    const executionOptions: ExecutionOptions = {
      ...options,
      integrations: options.integrations ?? {},
      definition: text.definition,
      executionArn: arn,
      name,
      stateMachineArn: stateMachine.arn,
      stateMachineName: stateMachine.name,
      roleArn: text.roleArn,
      input: executionInput,
      onStateEntered: (entered) => {
        for (const listener of listeners) listener(entered);
      },
      onEnded: (status) => options.onMetric?.(executionMetric(stateMachine.arn, status)),
    };
    options.onMetric?.(executionMetric(stateMachine.arn, 'RUNNING'));
    const execution = startExecution(executionOptions);
    executions.set(arn, {
      arn,
      name,
      stateMachineArn: stateMachine.arn,
      input: executionInput,
      startedAtMs,
      execution,
      options: executionOptions,
      redriveCount: 0,
    });
    traces.follow(stateMachine, arn, execution.ended);
    return { executionArn: arn, startDate: new Date(startedAtMs) };
  };

  return {
    service: {
      name: 'sfn',
      operations: {
        StartExecution: {
          takes: ['stateMachineArn', 'name', 'input'],
          run: async (input: StartExecutionInput) => start(input),
        },
        ...stateMachineOperations(stateMachines),
        ...executionOperations(stateMachines, executions, options),
      },
    },
    ...stateMachineChanges(options, stateMachines, executions),
    async startExecution(stateMachineArn, name, input) {
      start({ stateMachineArn, name, input });
    },
    onStateEntered(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    traces: traces.all,
    stop: () => stopAll(executions),
  };
}

/** The operations of a stack on its state machines. */
function stateMachineChanges(
  options: StepFunctionsOptions,
  stateMachines: Map<string, StateMachine>,
  executions: Map<string, Started>,
): Pick<StepFunctions, 'createStateMachine' | 'updateStateMachine' | 'deleteStateMachine'> {
  return {
    createStateMachine({ name, definition, roleArn, isTraced = false }) {
      const arn = `arn:aws:states:${options.region}:${options.accountId}:stateMachine:${name}`;
      if (stateMachines.has(arn)) throw new Error(`State machine ${name} exists already.`);
      const loaded = loadDefinition(definition);
      const createdAtMs = options.clock.now();
      const given = { name, arn, roleArn, isTraced, createdAtMs };
      stateMachines.set(arn, { ...given, definition: loaded, definitionText: definition });
      return { stateMachineArn: arn };
    },
    updateStateMachine({ stateMachineArn, definition, roleArn, isTraced = false }) {
      const known = stateMachineOf(stateMachines, stateMachineArn);
      const loaded = loadDefinition(definition);
      const text = { roleArn, isTraced, definition: loaded, definitionText: definition };
      const untilMs = options.clock.now() + options.latencies('stateMachineUpdate');
      stateMachines.set(stateMachineArn, { ...known, ...text, previous: { text: known, untilMs } });
    },
    async deleteStateMachine(stateMachineArn) {
      stateMachines.delete(stateMachineArn);
      await endExecutions(executions, stateMachineArn);
    },
  };
}

async function stopAll(executions: ReadonlyMap<string, Started>): Promise<void> {
  const all = [...executions.values()].map(({ execution }) => execution);
  for (const execution of all) execution.stop({ error: 'LocalCloud.Stopped' });
  await Promise.all(all.map((execution) => execution.ended));
}

/** Removes the executions of a deleted state machine. */
async function endExecutions(
  executions: Map<string, Started>,
  stateMachineArn: string,
): Promise<void> {
  const all = [...executions.values()].filter((one) => one.stateMachineArn === stateMachineArn);
  for (const { execution } of all) execution.stop({ error: 'StateMachine.Deleted' });
  await Promise.all(all.map(({ execution }) => execution.ended));
  for (const { arn } of all) executions.delete(arn);
}

/** Source: Step Functions developer guide, execution metrics; by StateMachineArn, in counts. */
const metricNames: Readonly<Record<ExecutionStatus, string>> = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

function executionMetric(stateMachineArn: string, status: ExecutionStatus): ServiceMetric {
  return {
    namespace: 'AWS/States',
    metricName: metricNames[status],
    dimensions: { StateMachineArn: stateMachineArn },
    value: 1,
  };
}

/** StartExecution: names of 1 to 80 characters, input of at most 262,144 bytes of JSON. */
function checkStart(name: string, input: string): void {
  if (!/^[\w.+!@=-]{1,80}$/.test(name)) {
    throw new ServiceError(
      'InvalidName',
      `Invalid Name: '${name}'. It must have 1 to 80 letters, digits or any of _.+!@=-`,
    );
  }
  if (isTooLarge(input)) {
    throw new ServiceError(
      'ValidationException',
      `The input has more than ${largestPayloadBytes} bytes.`,
    );
  }
  try {
    JSON.parse(input);
  } catch (error) {
    throw new ServiceError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${input.slice(0, 100)}': ${(error as Error).message}`,
    );
  }
}

/** StartExecution is idempotent for the same name and input while the execution runs. */
function startedAgain(known: Started, input: string): StartExecutionOutput {
  if (known.input === input && known.execution.outcome().status === 'RUNNING') {
    return { executionArn: known.arn, startDate: new Date(known.startedAtMs) };
  }
  throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${known.arn}'`);
}
