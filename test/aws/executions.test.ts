import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import type { StepFunctionsCalls } from '../../aws/calls.ts';
import {
  describeEnded,
  findStateMachine,
  listExecutions,
  listRunning,
  readHistory,
  readNewEvents,
} from '../../aws/executions.ts';

function event(id: number): HistoryEvent {
  return { id, timestamp: new Date(1_000 * id), type: 'PassStateEntered' };
}

/** Only the history can be asked for. */
function callsWith(
  getExecutionHistory: StepFunctionsCalls['getExecutionHistory'],
): Pick<StepFunctionsCalls, 'getExecutionHistory'> {
  return { getExecutionHistory };
}

const metadata = { $metadata: {} };

describe('an execution that has ended', () => {
  const gone = Object.assign(new Error('not yet'), { name: 'ExecutionDoesNotExist' });
  const running = { ...metadata, executionArn: 'arn', status: 'RUNNING' } as const;

  async function observesUntil(answers: readonly (object | Error)[]) {
    let observations = 0;
    const rests: number[] = [];
    const describeExecution = async () => {
      const answer = answers[Math.min(observations, answers.length - 1)];
      observations += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const calls = { describeExecution } as object as StepFunctionsCalls;
    const rest = async (milliseconds: number) => void rests.push(milliseconds);
    const status = await describeEnded(calls, 'arn', rest).then(
      (execution) => execution.status,
      (error: Error) => error.name,
    );
    return { status, rests: rests.length };
  }

  test('described: its end is waited for where the description lags behind the history', async () => {
    const ended = { ...running, status: 'SUCCEEDED' };
    expect(await observesUntil([ended])).toEqual({ status: 'SUCCEEDED', rests: 0 });
    expect(await observesUntil([gone, running, ended])).toEqual({ status: 'SUCCEEDED', rests: 2 });
  });

  test('described: ten observations are enough, and other errors are told at once', async () => {
    expect(await observesUntil([running])).toEqual({ status: 'RUNNING', rests: 9 });
    expect(await observesUntil([gone])).toEqual({ status: 'ExecutionDoesNotExist', rests: 9 });
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    expect(await observesUntil([denied])).toEqual({ status: 'AccessDeniedException', rests: 0 });
  });
});

describe('histories', () => {
  test('history: pages are followed to the end', async () => {
    const calls = callsWith(async ({ nextToken }) => ({
      ...metadata,
      events: [event(nextToken === undefined ? 1 : 2)],
      ...(nextToken === undefined ? { nextToken: 'more' } : {}),
    }));
    const { events, cutOff } = await readHistory(calls, 'arn');
    expect(events.map(({ id }) => id)).toEqual([1, 2]);
    expect(cutOff).toBe(false);
  });

  test('history: one without an end is cut off, and says so', async () => {
    const calls = callsWith(async () => ({ ...metadata, events: [event(1)], nextToken: 'more' }));
    const { events, cutOff } = await readHistory(calls, 'arn');
    expect(events).toHaveLength(60);
    expect(cutOff).toBe(true);
  });

  test('history: only what is new is told, oldest first', async () => {
    const pages = [
      [event(6), event(5)],
      [event(4), event(3)],
    ];
    const asked: unknown[] = [];
    const calls = callsWith(async ({ nextToken }) => {
      asked.push(nextToken);
      const page = Number(nextToken ?? 0);
      return { ...metadata, events: pages[page] ?? [], nextToken: String(page + 1) };
    });
    expect((await readNewEvents(calls, 'arn', 3)).map(({ id }) => id)).toEqual([4, 5, 6]);
    expect(asked).toEqual([undefined, '1']);
  });
});

describe('listings', () => {
  const startedAt = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const execution = (minute: number) => ({
    executionArn: `arn:${minute}`,
    stateMachineArn: 'machine',
    name: String(minute),
    status: 'SUCCEEDED' as const,
    startDate: startedAt(minute),
  });
  /** One execution a page, one a minute, the newest of minute 9. */
  const calls: Pick<StepFunctionsCalls, 'listExecutions'> = {
    listExecutions: async ({ nextToken = '9' }) => ({
      ...metadata,
      executions: [execution(Number(nextToken))],
      ...(nextToken === '0' ? {} : { nextToken: String(Number(nextToken) - 1) }),
    }),
  };
  const namesOf = ({ executions }: Awaited<ReturnType<typeof listExecutions>>) =>
    executions.map(({ name }) => name);

  test('listing: read to its end, nothing is left', async () => {
    const listing = await listExecutions(calls, 'machine', { mostPages: 20 });
    expect(listing.executions).toHaveLength(10);
    expect(listing.more).toBe(false);
  });

  test('listing: it says when the bound was reached', async () => {
    const listing = await listExecutions(calls, 'machine', { mostPages: 2 });
    expect(namesOf(listing)).toEqual(['9', '8']);
    expect(listing.more).toBe(true);
  });

  test('listing: nothing is read that is older than the page that reaches back far enough', async () => {
    const since = startedAt(7).toISOString();
    const listing = await listExecutions(calls, 'machine', { mostPages: 20, since });
    expect(namesOf(listing)).toEqual(['9', '8', '7', '6']);
    expect(listing.more).toBe(true);
  });

  test('listing: of those that run there is one page, and it says that there are more', async () => {
    const listing = await listRunning(calls, 'machine');
    expect(namesOf(listing)).toEqual(['9']);
    expect(listing.more).toBe(true);
  });
});

describe('state machines', () => {
  const machines = (pages: number): Pick<StepFunctionsCalls, 'listStateMachines'> => ({
    listStateMachines: async ({ nextToken = '1' }) => ({
      ...metadata,
      stateMachines: [
        {
          name: `machine-${nextToken}`,
          stateMachineArn: `arn:${nextToken}`,
          type: 'STANDARD' as const,
          creationDate: new Date(0),
        },
      ],
      ...(Number(nextToken) < pages ? { nextToken: String(Number(nextToken) + 1) } : {}),
    }),
  });

  test('state machine: found on a later page, or known not to be there', async () => {
    expect(await findStateMachine(machines(3), 'machine-2')).toBe('arn:2');
    expect(await findStateMachine(machines(3), 'machine-4')).toBeNull();
  });

  test('state machine: one that may stand on a page that was not read is not called missing', async () => {
    await expect(findStateMachine(machines(11), 'machine-11')).rejects.toThrow(
      'ListStateMachines has more pages than were read: 10 of at most 10, within 300 s.',
    );
  });
});

test('history: more news than can be read are an error, and not the newest of them', async () => {
  let id = 10_000;
  const calls = callsWith(async () => {
    id -= 1;
    return { ...metadata, events: [event(id)], nextToken: 'more' };
  });
  await expect(readNewEvents(calls, 'arn', 1)).rejects.toThrow('has more pages than were read');
});
