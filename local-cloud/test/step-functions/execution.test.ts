import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stepFunctionsFixture, task } from './step-functions-fixture.ts';

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
      Look: { ...task, ResultPath: '$.decision', Next: 'Act' },
      Act: {
        Type: 'Choice',
        Choices: [{ Variable: '$.decision.kind', StringEquals: 'healthy', Next: 'Done' }],
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
      decision: { kind: 'healthy' },
    });
    expect(fixture.entered.map(({ stateName }) => stateName)).toEqual([
      'Receive request',
      'Look',
      'Act',
      'Done',
    ]);
  });

  test('is stopped by StopExecution, whatever it is doing', async () => {
    fixture.does(() => new Promise(() => {}));
    const retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }];
    const executionArn = await fixture.start(
      fixture.machine({ Look: { ...task, Retry: retry, End: true } }),
    );
    await vi.waitFor(
      async () => expect(await fixture.historyOf(executionArn)).toHaveLength(4),
      100_000,
    );
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
});
