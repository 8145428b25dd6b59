import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { functionArn, roleArn, stepFunctionsFixture, task } from './step-functions-fixture.ts';

let fixture: ReturnType<typeof stepFunctionsFixture>;
beforeEach(() => {
  fixture = stepFunctionsFixture();
});
afterEach(() => fixture.stepFunctions.stop());

describe('state machine: execution', () => {
  test('runs its states and keeps the record', async () => {
    fixture.does(() => ({ kind: 'healthy' }));
    const arn = fixture.machine({
      'Receive request': {
        Type: 'Pass',
        Parameters: {
          'request.$': '$$.Execution.Input',
          execution: { 'id.$': '$$.Execution.Id', 'startedAt.$': '$$.Execution.StartTime' },
          'machine.$': '$$.StateMachine.Id',
        },
        Next: 'Look',
      },
      Look: { ...task, ResultPath: '$.verdict', Next: 'Act' },
      Act: {
        Type: 'Choice',
        Choices: [{ Variable: '$.verdict.kind', StringEquals: 'healthy', Next: 'Done' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
    });
    const executionArn = await fixture.start(arn, 'nonsense');
    const execution = await fixture.finish(executionArn);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', input: '"nonsense"', name: 'run' });
    expect(JSON.parse(execution.output ?? '')).toEqual({
      request: 'nonsense',
      execution: { id: executionArn, startedAt: expect.stringMatching(/Z$/) },
      machine: arn,
      verdict: { kind: 'healthy' },
    });
    expect(fixture.entered.map(({ stateName }) => stateName)).toEqual([
      'Receive request',
      'Look',
      'Act',
      'Done',
    ]);
  });

  test('has AWS’s history: order, ids and details', async () => {
    const arn = fixture.machine({ Look: { ...task, End: true } });
    const executionArn = await fixture.start(arn, { a: 1 });
    await fixture.finish(executionArn);
    const events = await fixture.historyOf(executionArn);
    expect(
      events.map(({ id, previousEventId, type }) => `${id} after ${previousEventId}: ${type}`),
    ).toEqual([
      '1 after 0: ExecutionStarted',
      '2 after 0: TaskStateEntered',
      '3 after 2: LambdaFunctionScheduled',
      '4 after 3: LambdaFunctionStarted',
      '5 after 4: LambdaFunctionSucceeded',
      '6 after 5: TaskStateExited',
      '7 after 6: ExecutionSucceeded',
    ]);
    expect(events[0]?.executionStartedEventDetails).toMatchObject({ input: '{"a":1}', roleArn });
    expect(events[1]?.stateEnteredEventDetails).toMatchObject({ name: 'Look', input: '{"a":1}' });
    expect(events[2]?.lambdaFunctionScheduledEventDetails).toMatchObject({
      resource: functionArn,
      timeoutInSeconds: 5,
    });
    expect(events[4]?.lambdaFunctionSucceededEventDetails?.output).toBe('{"a":1}');
    expect(events[5]?.stateExitedEventDetails).toMatchObject({ name: 'Look', output: '{"a":1}' });
    expect(events[6]?.executionSucceededEventDetails?.output).toBe('{"a":1}');
  });

  test('retries by error name, then catches, with AWS’s cause', async () => {
    fixture.does(() => {
      throw Object.assign(new Error('still attached'), { name: 'StillAttached', trace: ['x'] });
    });
    const retry = { ErrorEquals: ['StillAttached'], MaxAttempts: 1, IntervalSeconds: 1 };
    const arn = fixture.machine({
      Attach: {
        ...task,
        Retry: [retry],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Done' }],
        Next: 'Done',
      },
      Done: { Type: 'Succeed' },
    });
    const executionArn = await fixture.start(arn, { kept: true });
    const { output } = await fixture.finish(executionArn);
    expect(JSON.parse(output ?? '')).toEqual({
      kept: true,
      error: {
        Error: 'StillAttached',
        Cause: '{"errorType":"StillAttached","errorMessage":"still attached","trace":["x"]}',
      },
    });
    expect(await fixture.typesOf(executionArn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionFailed',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionFailed',
      'TaskStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('times a task out, and drops its late answer', async () => {
    const answered = Promise.withResolvers<object>();
    fixture.does(() => answered.promise);
    const arn = fixture.machine({
      Look: {
        ...task,
        TimeoutSeconds: 1,
        Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Wait' }],
        Next: 'Wait',
      },
      Wait: { Type: 'Wait', Seconds: 1, End: true },
    });
    const executionArn = await fixture.start(arn);
    await vi.waitFor(() => expect(fixture.entered).toHaveLength(2), { timeout: 3_000 });
    answered.resolve({ late: true });
    const { output } = await fixture.finish(executionArn);
    expect(JSON.parse(output ?? '')).toMatchObject({ error: { Error: 'States.Timeout' } });
    expect(await fixture.typesOf(executionArn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionTimedOut',
      'TaskStateExited',
      'WaitStateEntered',
      'WaitStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('fails in a Fail state', async () => {
    const arn = fixture.machine({
      'Held back': { Type: 'Fail', Error: 'HeldBack', Cause: 'Too many.' },
    });
    const executionArn = await fixture.start(arn);
    expect(await fixture.finish(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'HeldBack',
      cause: 'Too many.',
    });
    expect(await fixture.typesOf(executionArn)).toEqual([
      'ExecutionStarted',
      'FailStateEntered',
      'ExecutionFailed',
    ]);
  });

  test('fails when a task is not caught', async () => {
    fixture.does(() => {
      throw new TypeError('a bug');
    });
    const executionArn = await fixture.start(fixture.machine({ Look: { ...task, End: true } }));
    const { status, error, cause } = await fixture.finish(executionArn);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'TypeError' });
    expect(JSON.parse(cause ?? '')).toMatchObject({ errorMessage: 'a bug' });
  });

  test('is ended by its timeout', async () => {
    const states = { Wait: { Type: 'Wait', Seconds: 60, End: true } };
    const executionArn = await fixture.start(fixture.machine(states, { TimeoutSeconds: 1 }));
    expect(await fixture.finish(executionArn)).toMatchObject({ status: 'TIMED_OUT' });
    expect(await fixture.typesOf(executionArn)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'ExecutionTimedOut',
    ]);
  });

  test('is stopped by StopExecution, whatever it is doing', async () => {
    fixture.does(() => new Promise(() => {}));
    const retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }];
    const executionArn = await fixture.start(
      fixture.machine({ Look: { ...task, Retry: retry, End: true } }),
    );
    await vi.waitFor(async () => expect(await fixture.historyOf(executionArn)).toHaveLength(4));
    await fixture.client.send(
      new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'By hand.' }),
    );
    expect(await fixture.finish(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'Enough',
    });
    const events = await fixture.historyOf(executionArn);
    expect(events.at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      executionAbortedEventDetails: { error: 'Enough', cause: 'By hand.' },
    });
  });

  test.each([
    ['a result of a task', 262_143],
    ['the record as a whole', 200_000],
  ])('fails when %s is larger than 256 KiB', async (_what, length) => {
    fixture.does(() => 'x'.repeat(length));
    const catchers = [{ ErrorEquals: ['States.ALL'], Next: 'Again' }];
    const arn = fixture.machine({
      Look: { ...task, ResultPath: '$.one', Catch: catchers, Next: 'Again' },
      Again: { ...task, ResultPath: '$.two', End: true },
    });
    const executionArn = await fixture.start(arn);
    expect(await fixture.finish(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
    expect((await fixture.typesOf(executionArn)).at(-1)).toBe('ExecutionFailed');
  });

  test('takes "is not there" as AWS does', async () => {
    const arn = fixture.machine({
      Act: {
        Type: 'Choice',
        Choices: [{ Variable: '$.none', IsPresent: false, Next: 'Done' }],
        Default: 'Wrong',
      },
      Done: { Type: 'Succeed' },
      Wrong: { Type: 'Fail' },
    });
    expect(await fixture.finish(await fixture.start(arn))).toMatchObject({ status: 'SUCCEEDED' });
  });
});
