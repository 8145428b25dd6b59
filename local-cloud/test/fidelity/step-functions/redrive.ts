/** Redrive: an execution that did not succeed is taken up again where it ended. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, vi } from 'vitest';
import { task } from '../../step-functions/step-functions-fixture.ts';
import { type Area, refused } from '../row.ts';
import { onStepFunctions, type StepFunctionsFixture } from '../worlds.ts';

const guide = 'Step Functions developer guide, restarting executions with redrive';

export const stepFunctionsRedrive: Area = {
  title: 'Step Functions, redrive',
  file: 'test/fidelity/step-functions/redrive.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        '`RedriveExecution`: the same execution goes on with the task that failed, with its old input; what succeeded is not done again, and the history goes on with `ExecutionRedriven`',
      source: `${guide}; API reference, ExecutionRedrivenEventDetails`,
      localCloud: 'The same. On which event the new one follows is a guess: the one before it.',
      check: onStepFunctions(async (fixture) => {
        const inputs: unknown[] = [];
        fixture.does((input) => {
          inputs.push(input);
          throw Object.assign(new Error('no'), { name: 'Broken' });
        });
        const states = {
          Mark: { Type: 'Pass', Result: 1, ResultPath: '$.marked', Next: 'Work' },
          Work: { ...task, ResultPath: '$.result', End: true },
        };
        const executionArn = await fixture.start(fixture.machine(states), { a: 1 });
        const first = await fixture.finish(executionArn);
        expect(first).toMatchObject({ status: 'FAILED', redriveStatus: 'REDRIVABLE' });
        fixture.does((input) => {
          inputs.push(input);
          return 'done';
        });
        await redrive(fixture, executionArn);
        const second = await fixture.finish(executionArn);
        expect(second).toMatchObject({
          status: 'SUCCEEDED',
          startDate: first.startDate,
          input: '{"a":1}',
          output: '{"a":1,"marked":1,"result":"done"}',
          redriveCount: 1,
          redriveStatus: 'NOT_REDRIVABLE',
        });
        expect(inputs).toEqual([
          { a: 1, marked: 1 },
          { a: 1, marked: 1 },
        ]);
        const events = await fixture.historyOf(executionArn);
        expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
        expect(events.map(({ type }) => type).slice(-7)).toEqual([
          'ExecutionFailed',
          'ExecutionRedriven',
          'LambdaFunctionScheduled',
          'LambdaFunctionStarted',
          'LambdaFunctionSucceeded',
          'TaskStateExited',
          'ExecutionSucceeded',
        ]);
        const redriven = events.find(({ type }) => type === 'ExecutionRedriven');
        expect(redriven?.executionRedrivenEventDetails).toEqual({ redriveCount: 1 });
      }),
    },
    {
      behaviour: 'a wait that was cut short starts from nought; a Fail state is entered again',
      source: guide,
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        const states = {
          Wait: { Type: 'Wait', Seconds: 1, Next: 'Fail' },
          Fail: { Type: 'Fail', Error: 'Given up' },
        };
        const executionArn = await fixture.start(fixture.machine(states));
        await vi.waitFor(() => expect(fixture.entered).toHaveLength(1), 100_000);
        await fixture.client.send(new StopExecutionCommand({ executionArn }));
        for (const _again of [1, 2]) {
          await redrive(fixture, executionArn);
          await fixture.finish(executionArn);
        }
        expect(await fixture.typesOf(executionArn)).toEqual([
          'ExecutionStarted',
          'WaitStateEntered',
          'ExecutionAborted',
          'ExecutionRedriven',
          'WaitStateExited',
          'FailStateEntered',
          'ExecutionFailed',
          'ExecutionRedriven',
          'FailStateEntered',
          'ExecutionFailed',
        ]);
        const { executions } = await fixture.client.send(
          new ListExecutionsCommand({ stateMachineArn: machineOf(executionArn) }),
        );
        expect(executions).toMatchObject([{ redriveCount: 2, status: 'FAILED' }]);
      }),
    },
    {
      behaviour:
        'what a state reads of its execution, `$$.Execution.Input` and `$$.Execution.StartTime`, is of the first start',
      source:
        'Inferred: API reference, RedriveExecution: the same execution; DescribeExecution keeps startDate and input',
      localCloud: 'The same; the engine alone would give the redriven state’s input and time.',
      check: onStepFunctions(async (fixture) => {
        const look = { 'input.$': '$$.Execution.Input', 'startedAt.$': '$$.Execution.StartTime' };
        const states = {
          Work: { ...task, ResultPath: '$.result', Next: 'Look' },
          Look: { Type: 'Pass', Parameters: look, End: true },
        };
        const receive = { Type: 'Pass', Parameters: { ...look, changed: true }, Next: 'Work' };
        fixture.does(() => Promise.reject(new Error('no')));
        const arn = fixture.machine({ Receive: receive, ...states });
        const executionArn = await fixture.start(arn, { a: 1 });
        await fixture.finish(executionArn);
        const [started] = await fixture.historyOf(executionArn);
        fixture.does(() => 'done');
        await wait(10);
        await redrive(fixture, executionArn);
        const { output } = await fixture.finish(executionArn);
        const startedAt = started?.timestamp?.toISOString();
        expect(JSON.parse(output ?? '')).toEqual({ input: { a: 1 }, startedAt });
      }),
    },
    {
      behaviour: 'the same client token redrives once, among the last 10 and for 15 minutes',
      source: 'Step Functions API reference, RedriveExecution: clientToken',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        const executionArn = await fixture.start(
          fixture.machine({ Fail: { Type: 'Fail', Error: 'Given up' } }),
        );
        const again = async (clientToken: string) => {
          await fixture.finish(executionArn);
          await fixture.client.send(new RedriveExecutionCommand({ executionArn, clientToken }));
          return (await fixture.finish(executionArn)).redriveCount;
        };
        expect(await again('one')).toBe(1);
        expect(await again('one')).toBe(1);
        for (let count = 2; count <= 11; count += 1) expect(await again(`${count}`)).toBe(count);
        // The eleventh was one too many for the first.
        expect(await again('2')).toBe(11);
        expect(await again('one')).toBe(12);
        const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 15 * 60_000);
        try {
          expect(await again('one')).toBe(13);
        } finally {
          later.mockRestore();
        }
      }),
    },
    {
      behaviour:
        'an execution has at most 25,000 events: then it fails with `States.Runtime`, as the last of them, and cannot be redriven',
      source:
        'Step Functions developer guide, quotas; redrive. Error, cause and id as public reports of such histories have them; aws-samples/aws-organizations-tag-inventory issue 16',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        const rules = [{ Variable: '$.stop', IsPresent: true, Next: 'Done' }];
        const arn = fixture.machine({
          To: { Type: 'Pass', Next: 'Fro' },
          Fro: { Type: 'Choice', Choices: rules, Default: 'To' },
          Done: { Type: 'Succeed' },
        });
        const executionArn = await fixture.start(arn);
        await vi.waitFor(
          async () => {
            const described = new DescribeExecutionCommand({ executionArn });
            expect((await fixture.client.send(described)).status).toBe('FAILED');
          },
          { timeout: 100_000 },
        );
        const last = new GetExecutionHistoryCommand({ executionArn, reverseOrder: true });
        const cause = 'The execution reached the maximum number of history events (25000).';
        expect((await fixture.client.send(last)).events?.slice(0, 2)).toMatchObject([
          {
            id: 25_000,
            previousEventId: 24_999,
            executionFailedEventDetails: { error: 'States.Runtime', cause },
          },
          { id: 24_999 },
        ]);
        await refused(redrive(fixture, executionArn), 'ExecutionNotRedrivable', /limit exceeded/);
      }),
    },
    {
      behaviour:
        'what runs, has succeeded, or ended more than 14 days ago: `ExecutionNotRedrivable`',
      source: 'Step Functions API reference, RedriveExecution: errors; DescribeExecution',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        const states = { Wait: { Type: 'Wait', Seconds: 60, End: true } };
        const machine = fixture.machine(states);
        const executionArn = await fixture.start(machine);
        await refused(redrive(fixture, executionArn), 'ExecutionNotRedrivable', /is RUNNING/);
        const described = await fixture.client.send(new DescribeExecutionCommand({ executionArn }));
        expect(described.redriveStatus).toBe('NOT_REDRIVABLE');
        await fixture.client.send(new StopExecutionCommand({ executionArn }));
        const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 15 * 24 * 3_600_000);
        try {
          await refused(
            redrive(fixture, executionArn),
            'ExecutionNotRedrivable',
            /period exceeded/,
          );
        } finally {
          later.mockRestore();
        }
        await refused(redrive(fixture, `${executionArn}x`), 'ExecutionDoesNotExist');
      }),
    },
  ],
};

function redrive({ client }: StepFunctionsFixture, executionArn: string): Promise<unknown> {
  return client.send(new RedriveExecutionCommand({ executionArn }));
}

function machineOf(executionArn: string): string {
  return executionArn.replace(':execution:', ':stateMachine:').split(':').slice(0, -1).join(':');
}
