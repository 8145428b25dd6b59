import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import type { OperatorCalls } from '../../aws/calls.ts';
import { followExecution, type ShownStep } from '../../cli/executions/follow-execution.ts';
import { inParallel } from '../../cli/executions/in-parallel.ts';
import asl from '../../workflow/failover.asl.json' with { type: 'json' };

function event(id: number, more: Partial<HistoryEvent> = {}): HistoryEvent {
  return { id, timestamp: new Date(1_000 * id), type: 'PassStateEntered', ...more };
}

/** Only the history can be asked for. */
function cloudWith(getExecutionHistory: OperatorCalls['getExecutionHistory']): OperatorCalls {
  return { getExecutionHistory } as Partial<OperatorCalls> as OperatorCalls;
}

const metadata = { $metadata: {} };

describe('watching', () => {
  const world = () => ({ rest: async () => {}, interrupted: new AbortController().signal });

  test('watch: reads that fail in between are passed over', async () => {
    let reads = 0;
    const cloud = cloudWith(async () => {
      reads += 1;
      if (reads < 20) throw new Error('ThrottlingException');
      return { ...metadata, events: [event(1, { type: 'ExecutionSucceeded' })] };
    });
    expect(await followExecution({ cloud, ...world() }, 'arn', () => {})).toBe('ended');
  });

  /** Reads nothing new until so much time has gone by in rests, then the end. */
  const lastingMs = (ms: number) => {
    let restedMs = 0;
    const cloud = cloudWith(async () => ({
      ...metadata,
      events: restedMs < ms ? [] : [event(1, { type: 'ExecutionTimedOut' })],
    }));
    const rest = async (milliseconds: number) => {
      restedMs += milliseconds;
    };
    return { cloud, ...world(), rest, restedMs: () => restedMs };
  };

  test('watch: an execution is followed for as long as the state machine lets it run', async () => {
    const context = lastingMs(asl.TimeoutSeconds * 1000);
    expect(await followExecution(context, 'arn', () => {})).toBe('ended');
  });

  test('watch: one that has not ended after that is given up', async () => {
    const context = lastingMs(Number.POSITIVE_INFINITY);
    expect(await followExecution(context, 'arn', () => {})).toMatch(
      /longer than the state machine/,
    );
    expect(context.restedMs()).toBeGreaterThan(asl.TimeoutSeconds * 1000);
    expect(context.restedMs()).toBeLessThan((asl.TimeoutSeconds + 600) * 1000);
  });

  test('watch: twenty in a row end it with the reason', async () => {
    const cloud = cloudWith(async () => {
      throw new Error('no way');
    });
    expect(await followExecution({ cloud, ...world() }, 'arn', () => {})).toBe('Error: no way');
  });

  const attaching = entered('Attach ENI');
  test.each([
    ['a task begins', [attaching], { kind: 'entered', state: 'Attach ENI' }],
    [
      'a decision with its rule',
      [
        entered('Confirm failure'),
        exited(
          'Confirm failure',
          '{"decision":{"kind":"decision","rule":"dead","sentence":"Failed."}}',
        ),
      ],
      { kind: 'left', state: 'Confirm failure', rule: 'dead', sentence: 'Failed.' },
    ],
    [
      'a truncated output says nothing',
      [entered('Confirm failure'), exited('Confirm failure', '{"decision":')],
      { kind: 'entered' },
    ],
    [
      'why people are told is no news for somebody who watches',
      [
        entered('Record incident'),
        exited('Record incident', '{"record":{"kind":"notify","sentence":"People are told."}}'),
      ],
      { kind: 'entered' },
    ],
    [
      'a function fails',
      [attaching, ...tryFails],
      { kind: 'failed', state: 'Attach ENI', sentence },
    ],
    [
      'a failure that was caught: what an earlier round found is not told again',
      [
        attaching,
        ...tryFails,
        exited('Attach ENI', '{"attachment":{"kind":"moved","sentence":"It is elsewhere."}}'),
      ],
      { kind: 'failed', sentence },
    ],
  ])('watch: %s', async (_what, events, last) => {
    expect((await steps(events)).at(-1)).toMatchObject(last);
  });

  test('watch: a choice says nothing', async () => {
    const choice = { ...entered('Is it fenced'), type: 'ChoiceStateEntered' } as const;
    expect(await steps([choice])).toEqual([]);
  });

  async function steps(drafts: readonly Partial<HistoryEvent>[]): Promise<ShownStep[]> {
    const all = [...drafts, { type: 'ExecutionSucceeded' } as const];
    const events = all.map((draft, index) => event(index + 1, draft)).reverse();
    const told: ShownStep[] = [];
    const cloud = cloudWith(async () => ({ ...metadata, events }));
    await followExecution({ cloud, ...world() }, 'arn', (step) => told.push(step));
    return told;
  }
});

function entered(name: string): Partial<HistoryEvent> {
  return { type: 'TaskStateEntered', stateEnteredEventDetails: { name } };
}

function exited(name: string, output: string): Partial<HistoryEvent> {
  return { type: 'TaskStateExited', stateExitedEventDetails: { name, output } };
}

const sentence = 'EniNotReleased: still there';
const tryFails: readonly Partial<HistoryEvent>[] = [
  { type: 'LambdaFunctionScheduled' },
  {
    type: 'LambdaFunctionFailed',
    lambdaFunctionFailedEventDetails: { error: 'EniNotReleased', cause: 'still there' },
  },
];

describe('in parallel', () => {
  test('in parallel: at most so many at once, results in order', async () => {
    let underWay = 0;
    let most = 0;
    const results = await inParallel([30, 10, 20, 5], 2, async (milliseconds) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      underWay -= 1;
      return milliseconds;
    });
    expect(results).toEqual([30, 10, 20, 5]);
    expect(most).toBe(2);
  });
});
