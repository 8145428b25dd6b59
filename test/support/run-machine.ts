/**
 * Runs failover.asl.json itself, with functions that a test writes. Nobody waits: waits and retry
 * pauses take no time.
 */
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import asl from '../../workflow/failover.asl.json' with { type: 'json' };
import { defaultSettings } from '../../workflow/model/settings.ts';
import { cluster } from './incidents.ts';

/** By state: gives its result, or throws. */
export type Functions = Readonly<Record<string, () => unknown>>;

export interface Run {
  /** Names, in order; a Task that is tried again is entered once. */
  readonly entered: readonly string[];
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error?: string;
}

/** `input`: what the execution is started with. */
export async function runMachine(
  functions: Functions,
  input: Parameters<StateMachine['run']>[0] = {},
): Promise<Run> {
  const text = JSON.stringify(asl)
    .replaceAll(/"FUNCTION ([a-z-]+)"/g, '"arn:aws:lambda:eu-west-1:123456789012:function:$1"')
    .replace('"SETTINGS"', JSON.stringify(defaultSettings))
    .replace('"CLUSTER"', JSON.stringify(cluster));
  const waits = Object.entries(asl.States).filter(([, { Type }]) => Type === 'Wait');
  const machine = new StateMachine(JSON.parse(text) as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const handlers = Object.entries(functions).map(([state, act]) => [state, async () => act()]);
  const tasks = Object.entries(asl.States).filter(([, { Type }]) => Type === 'Task');
  const run = machine.run(input, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers),
      waitTimeOverrides: Object.fromEntries(waits.map(([state]) => [state, 0])),
      retryIntervalOverrides: Object.fromEntries(tasks.map(([state]) => [state, 0])),
    },
    context: { Execution: { Id: 'arn:aws:states:::execution:failover:1' } },
  });
  run.result.catch(() => {});
  const entered: string[] = [];
  let end: Pick<Run, 'status' | 'error'> = { status: 'FAILED' };
  for await (const event of run.eventLogs) {
    if (event.type === 'StateEntered') entered.push(event.state.name);
    if (event.type === 'ExecutionSucceeded') end = { status: 'SUCCEEDED' };
    if (event.type === 'ExecutionFailed') end = { status: 'FAILED', error: event.Error };
  }
  return { entered, ...end };
}
