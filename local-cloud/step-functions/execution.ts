/**
 * One execution on the engine `aws-local-stepfunctions`. The events of the engine become an AWS
 * history. What the engine leaves to others (Lambda, limits, latencies) is done here.
 * What can go wrong: the engine takes no time from state to state. The time of a transition is
 * spent before the next call of a function; until then the history is ahead of the clock. The
 * engine waits with the global timers, which virtual time replaces.
 */
import { StateMachine } from 'aws-local-stepfunctions';
import type { Latencies } from '../chance/latency.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Clock } from '../time/clock.ts';
import {
  createExecutionHistory,
  type ExecutionFailure,
  mostEvents,
  type WrittenHistory,
} from './execution-history.ts';
import {
  type ExecutionOutcome,
  type ExecutionStatus,
  firstStart,
  goingOn,
  type Redrive,
} from './redrive.ts';
import type { LoadedDefinition } from './state-machine-definition.ts';
import {
  createTaskRunner,
  DataLimitExceeded,
  type Invoke,
  isTooLarge,
  type JsonDocument,
  type TaskRunner,
} from './task-runner.ts';
import type { Integrations } from './task-target.ts';

export interface StateEntered {
  readonly executionArn: string;
  readonly stateName: string;
  readonly stateType: string;
  readonly atMs: number;
}

export interface ExecutionOptions {
  readonly clock: Clock;
  readonly latencies: Latencies;
  readonly definition: LoadedDefinition;
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly region: string;
  /** JSON */
  readonly input: string;
  readonly invoke: Invoke;
  readonly integrations: Integrations;
  /** Where a redrive goes on. @default the beginning */
  readonly redrive?: Redrive;
  /** Decides what the role may do. @default everything */
  readonly authorizer?: () => Authorizer;
  onStateEntered(entered: StateEntered): void;
  readonly onEnded?: (status: ExecutionStatus) => void;
}

export interface EngineExecution {
  readonly history: WrittenHistory['events'];
  /** The status, and after the end its outcome. */
  outcome(): ExecutionOutcome;
  /** StopExecution. No effect after the end. */
  stop(failure: Partial<ExecutionFailure>): void;
  /** Resolves at the end. Never rejects. */
  readonly ended: Promise<void>;
}

type EngineInput = Parameters<StateMachine['run']>[0];
type EngineRun = ReturnType<StateMachine['run']>;
type EngineEvent = EngineRun['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/** The error of event 25,000, as in public reports. */
const historyIsFull = {
  name: 'States.Runtime',
  message: `The execution reached the maximum number of history events (${mostEvents}).`,
};

/** @throws Error when the engine finds the definition invalid */
export function startExecution(options: ExecutionOptions): EngineExecution {
  const ended = new AbortController();
  const history = createExecutionHistory(
    () => options.clock.now() + tasks.debtMs(),
    options.region,
    options.redrive?.earlier,
  );
  const tasks: TaskRunner = createTaskRunner(options, history, ended.signal);
  const run = engineRun(options, tasks);
  let outcome: ExecutionOutcome = { status: 'RUNNING' };

  const end = (status: ExecutionStatus, more: Partial<ExecutionOutcome> = {}) => {
    outcome = { status, stoppedAtMs: options.clock.now(), ...more };
    options.onEnded?.(status);
    ended.abort();
  };
  const overflow = (limit: Limit) => {
    const { name: error, message: cause } =
      limit === 'full' ? historyIsFull : new DataLimitExceeded();
    history.executionFailed({ error, cause });
    end('FAILED', { error, cause });
    run.abort();
  };
  const reader: Reader = { options, history, tasks, stopped: {}, document: undefined };
  const follow = async () => {
    for await (const event of run.eventLogs) {
      if (outcome.status !== 'RUNNING') return;
      if (event.type === 'ExecutionSucceeded') await tasks.payDebt();
      const ending = take(event, reader) ?? limitOf(history);
      if (typeof ending === 'string') overflow(ending);
      else if (ending !== undefined) end(ending.status, ending);
    }
  };
  return {
    history: history.events,
    outcome: () => outcome,
    stop(failure) {
      reader.stopped = failure;
      run.abort();
    },
    ended: follow(),
  };
}

function engineRun(options: ExecutionOptions, tasks: TaskRunner): EngineRun {
  const { definition, redrive } = options;
  const { forEngine } = definition;
  // The state machine was validated at its creation.
  const machine = new StateMachine(
    redrive === undefined ? { ...forEngine } : goingOn(forEngine, redrive),
    {
      validationOptions: { noValidate: true },
    },
  );
  const handlers = [...definition.tasks].map(([stateName, { target }]) => [
    stateName,
    (input: EngineInput) => tasks.run(target, input),
  ]);
  const input = JSON.parse(redrive?.input ?? options.input) as EngineInput;
  const run = machine.run(input, {
    overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
    context: {
      Execution: { Id: options.executionArn, Name: options.name },
      StateMachine: { Id: options.stateMachineArn, Name: options.stateMachineName },
      ...(redrive === undefined ? {} : { FirstStart: firstStart(options, redrive) }),
    },
  });
  // The events tell how it ends.
  run.result.catch(() => {});
  return run;
}

interface Reader {
  readonly options: ExecutionOptions;
  /** The document of the last event. */
  document: JsonDocument | undefined;
  readonly history: WrittenHistory;
  readonly tasks: TaskRunner;
  stopped: Partial<ExecutionFailure>;
}

/** The errors of the quotas: size of a result, length of the history. */
type Limit = 'too large' | 'full';
type Ending = Pick<ExecutionOutcome, 'status' | 'output' | 'error' | 'cause'> | Limit | undefined;

function limitOf({ events }: WrittenHistory): Limit | undefined {
  return events.length >= mostEvents - 1 ? 'full' : undefined;
}

/** Adds one event of the engine to the history. */
function take(event: EngineEvent, reader: Reader): Ending {
  const { history, options, stopped } = reader;
  switch (event.type) {
    case 'ExecutionStarted':
      if (options.redrive !== undefined) history.executionRedriven(options.redrive.count);
      else history.executionStarted(options.input, options.roleArn);
      return undefined;
    case 'StateEntered':
    case 'StateExited':
    case 'StateFailed':
    case 'StateRetried':
      return takeStateEvent(event, reader);
    case 'ExecutionSucceeded': {
      const output = JSON.stringify(event.output);
      history.executionSucceeded(output);
      return { status: 'SUCCEEDED', output };
    }
    case 'ExecutionFailed': {
      const failure = { error: event.Error, cause: textOf(event.Cause) };
      history.executionFailed(failure);
      return { status: 'FAILED', ...failure };
    }
    case 'ExecutionTimeout':
      history.executionTimedOut();
      // Only the history has the error (read in reports: floci issue 2733).
      return { status: 'TIMED_OUT' };
    case 'ExecutionAborted':
      history.executionAborted(stopped);
      return { status: 'ABORTED', ...stopped };
    default:
      return undefined;
  }
}

type StateEvent = Extract<
  EngineEvent,
  { type: 'StateEntered' | 'StateExited' | 'StateFailed' | 'StateRetried' }
>;

function takeStateEvent(event: StateEvent, reader: Reader): Ending {
  const { options, history, tasks } = reader;
  const { name, type } = event.state;
  const atMs = options.clock.now() + tasks.debtMs();
  const announceTask = (stateName: string) => {
    const task = options.definition.tasks.get(stateName);
    const input = documentOf(reader, event.state.input);
    if (task !== undefined) tasks.announce({ timeoutSeconds: task.timeoutSeconds, input });
  };
  switch (event.type) {
    case 'StateEntered':
      if (!goesOnWithin(options, history, type)) {
        history.stateEntered(type, name, documentOf(reader, event.state.input).text);
      }
      tasks.owe(options.latencies('stateTransition'));
      options.onStateEntered({
        executionArn: options.executionArn,
        stateName: name,
        stateType: type,
        atMs,
      });
      announceTask(name);
      return undefined;
    case 'StateRetried':
      announceTask(name);
      return undefined;
    case 'StateFailed':
      return undefined;
    default: {
      const { text } = documentOf(reader, event.state.output);
      history.stateExited(type, name, text);
      return isTooLarge(text) ? 'too large' : undefined;
    }
  }
}

/**
 * A value with its text. The text is made once, while the same value is passed on: by a Choice, a
 * Wait, or from the end of a state to the beginning of the next.
 */
function documentOf(reader: Reader, given: unknown): JsonDocument {
  const value = given ?? null;
  const known = reader.document;
  if (known !== undefined && known.value === value) return known;
  const document = { value, text: JSON.stringify(value) };
  reader.document = document;
  return document;
}

/** The first state of a redrive, when its visit goes on. */
function goesOnWithin(
  { redrive }: ExecutionOptions,
  { events }: WrittenHistory,
  type: string,
): boolean {
  return (
    redrive !== undefined &&
    events.length === redrive.earlier.length + 1 &&
    (type === 'Task' || type === 'Wait')
  );
}

/** A Fail state without a Cause has an empty Cause. */
function textOf(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  return cause === undefined || cause === null ? '' : JSON.stringify(cause);
}
