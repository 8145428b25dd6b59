/**
 * An execution's history as GetExecutionHistory shows it. The engine's log has neither ids nor
 * events of tasks: both are added here.
 */
import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { type TaskEvents, type TaskTarget, taskEvents } from './task-target.ts';

/** The types of states and their events. */
const stateEvents = {
  Task: { entered: 'TaskStateEntered', exited: 'TaskStateExited' },
  Pass: { entered: 'PassStateEntered', exited: 'PassStateExited' },
  Wait: { entered: 'WaitStateEntered', exited: 'WaitStateExited' },
  Choice: { entered: 'ChoiceStateEntered', exited: 'ChoiceStateExited' },
  Succeed: { entered: 'SucceedStateEntered', exited: 'SucceedStateExited' },
  /** A Fail state has no exit event: the execution ends in it. */
  Fail: { entered: 'FailStateEntered', exited: undefined },
} as const satisfies Record<
  string,
  { entered: HistoryEventType; exited: HistoryEventType | undefined }
>;

export interface ExecutionFailure {
  readonly error: string;
  readonly cause: string;
}

export interface WrittenHistory {
  readonly events: readonly HistoryEvent[];
  executionStarted(input: string, roleArn: string): void;
  executionRedriven(redriveCount: number): void;
  stateEntered(type: string, name: string, input: string): void;
  stateExited(type: string, name: string, output: string): void;
  /** The events of one try of a task. */
  task(target: TaskTarget): TaskEvents;
  executionSucceeded(output: string): void;
  executionFailed(failure: ExecutionFailure): void;
  executionTimedOut(): void;
  executionAborted(failure: Partial<ExecutionFailure>): void;
}

const whole = { truncated: false };

/** Step Functions quotas: events of one execution, including the last. */
export const mostEvents = 25_000;

/**
 * @param nowMs tells when an event happens: milliseconds since the epoch
 * @param earlier of an execution that is redriven: its history goes on
 */
export function createExecutionHistory(
  nowMs: () => number,
  region: string,
  earlier: readonly HistoryEvent[] = [],
): WrittenHistory {
  const events: HistoryEvent[] = [...earlier];
  const add = (type: HistoryEventType, details: Partial<HistoryEvent> = {}): void => {
    const id = events.length + 1;
    // The last event is the end.
    if (id >= mostEvents && !type.startsWith('Execution')) return;
    // The first event of a state has no predecessor either: AWS's histories go 0, 0, 2, 3. Nor has
    // an end from outside (read in reports: floci issue 2965).
    const fromOutside = type === 'ExecutionTimedOut' || type === 'ExecutionAborted';
    const previousEventId = id <= 2 || fromOutside ? 0 : id - 1;
    events.push({ timestamp: new Date(nowMs()), type, id, previousEventId, ...details });
  };
  return {
    events,
    executionStarted: (input, roleArn) =>
      add('ExecutionStarted', {
        executionStartedEventDetails: { input, inputDetails: whole, roleArn },
      }),
    executionRedriven: (redriveCount) =>
      add('ExecutionRedriven', { executionRedrivenEventDetails: { redriveCount } }),
    stateEntered: (type, name, input) =>
      add(typesOf(type).entered, {
        stateEnteredEventDetails: { name, input, inputDetails: whole },
      }),
    stateExited(type, name, output) {
      const { exited } = typesOf(type);
      if (exited === undefined) return;
      add(exited, { stateExitedEventDetails: { name, output, outputDetails: whole } });
    },
    task: (target) => taskEvents(target, region, add),
    executionSucceeded: (output) =>
      add('ExecutionSucceeded', {
        executionSucceededEventDetails: { output, outputDetails: whole },
      }),
    executionFailed: ({ error, cause }) =>
      add('ExecutionFailed', { executionFailedEventDetails: { error, cause } }),
    executionTimedOut: () =>
      add('ExecutionTimedOut', { executionTimedOutEventDetails: { error: 'States.Timeout' } }),
    // Present and empty without a reason.
    executionAborted: (failure) =>
      add('ExecutionAborted', { executionAbortedEventDetails: { ...failure } }),
  };
}

function typesOf(type: string) {
  if (Object.hasOwn(stateEvents, type)) return stateEvents[type as keyof typeof stateEvents];
  throw new Error(`The engine reports a state of the type ${type}, which has no history events.`);
}
