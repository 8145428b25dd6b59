/** Executions: their history, their ends, their names. */
import {
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, vi } from 'vitest';
import { functionArn, roleArn, task } from '../../step-functions/step-functions-fixture.ts';
import { type Area, refused } from '../row.ts';
import { onStepFunctions, type StepFunctionsFixture } from '../worlds.ts';

export const stepFunctions: Area = {
  title: 'Step Functions, executions',
  file: 'test/fidelity/step-functions/executions.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        '`GetExecutionHistory`: types, ids and order of a task’s events; ids count up, and the first state, too, follows on 0',
      source: 'Step Functions API reference, HistoryEvent; histories in public reports',
      localCloud: 'The same; the engine’s log has neither ids nor Lambda events, both are added.',
      check: onStepFunctions(async (fixture) => {
        const executionArn = await fixture.start(
          fixture.machine({ Look: { ...task, End: true } }),
          {
            a: 1,
          },
        );
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
        expect(events).toMatchObject([
          { executionStartedEventDetails: { input: '{"a":1}', roleArn } },
          { stateEnteredEventDetails: { name: 'Look', input: '{"a":1}' } },
          {
            lambdaFunctionScheduledEventDetails: { resource: functionArn, timeoutInSeconds: 5 },
          },
          {},
          { lambdaFunctionSucceededEventDetails: { output: '{"a":1}' } },
          { stateExitedEventDetails: { name: 'Look', output: '{"a":1}' } },
          { executionSucceededEventDetails: { output: '{"a":1}' } },
        ]);
      }),
    },
    {
      behaviour:
        'a Pass, Choice, Wait and Succeed state is entered and exited, a Fail state only entered',
      source: 'Step Functions API reference, HistoryEvent: type',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        const arn = fixture.machine({
          P: { Type: 'Pass', Next: 'C' },
          C: {
            Type: 'Choice',
            Choices: [{ Variable: '$.fail', BooleanEquals: true, Next: 'F' }],
            Default: 'W',
          },
          W: { Type: 'Wait', Seconds: 1, Next: 'S' },
          S: { Type: 'Succeed' },
          F: { Type: 'Fail', Error: 'WaitingForOperator', Cause: 'Too many.' },
        });
        const pairs = (...names: string[]) =>
          names.flatMap((name) => [`${name}StateEntered`, `${name}StateExited`]);
        const one = await fixture.start(arn, { fail: false }, 'one');
        await fixture.finish(one);
        expect(await fixture.typesOf(one)).toEqual([
          'ExecutionStarted',
          ...pairs('Pass', 'Choice', 'Wait', 'Succeed'),
          'ExecutionSucceeded',
        ]);
        const two = await fixture.start(arn, { fail: true }, 'two');
        const { status, error, cause, redriveStatus } = await fixture.finish(two);
        expect({ status, error, cause, redriveStatus }).toEqual({
          status: 'FAILED',
          error: 'WaitingForOperator',
          cause: 'Too many.',
          redriveStatus: 'REDRIVABLE',
        });
        expect((await fixture.typesOf(two)).slice(-2)).toEqual([
          'FailStateEntered',
          'ExecutionFailed',
        ]);
      }),
    },
    {
      behaviour:
        'from state to state it takes tens of milliseconds; no event is dated before the one it follows',
      source: 'Estimate: the times in public histories of Standard workflows',
      localCloud:
        '`stateTransition`, spent before the next task; in between the history is ahead of the clock by what is owed.',
      check: onStepFunctions(async (fixture) => {
        const arn = fixture.machine({
          One: { Type: 'Pass', Next: 'Two' },
          Two: { Type: 'Pass', Next: 'Look' },
          Look: { ...task, End: true },
        });
        fixture.takes('stateTransition', 40);
        const executionArn = await fixture.start(arn);
        await fixture.finish(executionArn);
        const events = await fixture.historyOf(executionArn);
        const times = events.map(({ timestamp }) => timestamp?.getTime() ?? 0);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
        const entered = events.flatMap(({ type, timestamp }) =>
          type?.endsWith('Entered') ? [timestamp?.getTime() ?? 0] : [],
        );
        expect((entered[1] ?? 0) - (entered[0] ?? 0)).toBeGreaterThanOrEqual(39);
        expect((entered[2] ?? 0) - (entered[1] ?? 0)).toBeGreaterThanOrEqual(39);
      }),
    },
    {
      behaviour:
        'the input of `StartExecution` may be any JSON, also a text, a number or null; what is no JSON is `InvalidExecutionInput`',
      source: 'Step Functions API reference, StartExecution: input; the console takes any JSON',
      localCloud: 'The same, read through `$$.Execution.Input`, as the failover does.',
      check: onStepFunctions(async (fixture) => {
        const Parameters = { 'request.$': '$$.Execution.Input', 'id.$': '$$.Execution.Id' };
        const arn = fixture.machine({ Receive: { Type: 'Pass', Parameters, End: true } });
        const inputs = ['nonsense', 7, null, false, [], { reason: 'drill' }];
        for (const [index, input] of inputs.entries()) {
          const executionArn = await fixture.start(arn, input, `run-${index}`);
          const { output } = await fixture.finish(executionArn);
          expect(JSON.parse(output ?? '')).toEqual({ request: input, id: executionArn });
        }
        const broken = new StartExecutionCommand({ stateMachineArn: arn, input: '{' });
        await refused(
          fixture.client.send(broken),
          'InvalidExecutionInput',
          /^Invalid State Machine Execution Input: /,
        );
      }),
    },
    {
      behaviour:
        'an execution’s name is its own, in `DescribeExecution` and `ListExecutions` too: the same name and input while it runs is the same execution, otherwise `ExecutionAlreadyExists`',
      source: 'Step Functions API reference, StartExecution: name, idempotency; kept for 90 days',
      localCloud: 'The same, for good. Another form of name: `InvalidName`.',
      check: onStepFunctions(async (fixture) => {
        const arn = fixture.machine({ Wait: { Type: 'Wait', Seconds: 60, End: true } });
        const first = await fixture.start(arn, {}, 'one');
        expect(await fixture.start(arn, {}, 'one')).toBe(first);
        await refused(fixture.start(arn, { other: 1 }, 'one'), 'ExecutionAlreadyExists');
        await fixture.client.send(new StopExecutionCommand({ executionArn: first }));
        await refused(fixture.start(arn, {}, 'one'), 'ExecutionAlreadyExists');
        await refused(fixture.start(arn, {}, 'a:b'), 'InvalidName');
        const list = await fixture.client.send(new ListExecutionsCommand({ stateMachineArn: arn }));
        expect(list.executions).toMatchObject([{ name: 'one', status: 'ABORTED' }]);
        await fixture.start(arn, {}, 'two');
        const { executions } = await fixture.client.send(
          new ListExecutionsCommand({ stateMachineArn: arn, maxResults: 1 }),
        );
        // The newest first.
        expect(executions).toMatchObject([{ name: 'two', status: 'RUNNING' }]);
      }),
    },
    {
      behaviour:
        '`ListStateMachines` lists a state machine; `DescribeStateMachine` gives back the definition that it was given',
      source: 'Step Functions API reference, DescribeStateMachine, ListStateMachines',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        const stateMachineArn = fixture.machine({ Done: { Type: 'Succeed' } });
        const describe = (arn: string) =>
          fixture.client.send(new DescribeStateMachineCommand({ stateMachineArn: arn }));
        const described = await describe(stateMachineArn);
        const known = { stateMachineArn, name: 'failover', type: 'STANDARD' };
        expect(described).toMatchObject({ ...known, status: 'ACTIVE', roleArn });
        expect(JSON.parse(described.definition ?? '')).toEqual({
          StartAt: 'Done',
          States: { Done: { Type: 'Succeed' } },
        });
        const listed = await fixture.client.send(new ListStateMachinesCommand({}));
        expect(listed.stateMachines).toMatchObject([known]);
        await refused(describe('arn:none'), 'StateMachineDoesNotExist');
      }),
    },
    {
      behaviour:
        'what does not exist: `StateMachineDoesNotExist`, `ExecutionDoesNotExist`; too much input: `ValidationException`',
      source: 'Step Functions API reference, errors; quotas: 262,144 bytes',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        const stateMachineArn = fixture.machine({ Done: { Type: 'Succeed' } });
        const start = (more: object) =>
          fixture.client.send(new StartExecutionCommand({ stateMachineArn, ...more }));
        await refused(start({ stateMachineArn: 'arn:none' }), 'StateMachineDoesNotExist');
        await refused(start({ input: JSON.stringify('x'.repeat(262_144)) }), 'ValidationException');
        const history = new GetExecutionHistoryCommand({ executionArn: 'arn:none' });
        await refused(fixture.client.send(history), 'ExecutionDoesNotExist');
      }),
    },
    {
      behaviour:
        '`GetExecutionHistory` in pages, either way round; the default page has 100 events',
      source: 'Step Functions API reference, GetExecutionHistory: maxResults, reverseOrder',
      localCloud: 'The same; a token that is none: `InvalidToken`.',
      check: onStepFunctions(async (fixture) => {
        const executionArn = await fixture.start(
          fixture.machine({ P: { Type: 'Pass', End: true } }),
        );
        await fixture.finish(executionArn);
        const page = (more: object) =>
          fixture.client.send(new GetExecutionHistoryCommand({ executionArn, ...more }));
        const first = await page({ maxResults: 3 });
        const second = await page({ maxResults: 3, nextToken: first.nextToken });
        const ids = [...(first.events ?? []), ...(second.events ?? [])].map(({ id }) => id);
        expect(ids).toEqual([1, 2, 3, 4]);
        expect(second.nextToken).toBeUndefined();
        await refused(page({ nextToken: 'nonsense' }), 'InvalidToken');
        const { events } = await page({ reverseOrder: true });
        expect(events?.map(({ id }) => id)).toEqual([4, 3, 2, 1]);
        const names = Array.from({ length: 50 }, (_unused, index) => `P${index}`);
        const states = names.map((name, index) => [
          name,
          { Type: 'Pass', ...(index < 49 ? { Next: names[index + 1] } : { End: true }) },
        ]);
        const long = fixture.stepFunctions.createStateMachine({
          name: 'long',
          definition: JSON.stringify({ StartAt: 'P0', States: Object.fromEntries(states) }),
          roleArn,
        });
        const longArn = await fixture.start(long.stateMachineArn);
        await fixture.finish(longArn);
        expect(await fixture.historyOf(longArn)).toHaveLength(100);
      }),
    },
    {
      behaviour:
        '`StopExecution`: ABORTED, with the caller’s error and cause; its event follows on 0, with empty details when no reason was given',
      source: 'Step Functions API reference, StopExecution; floci issue 2965 (measured in AWS)',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        fixture.does(() => new Promise(() => {}));
        const arn = fixture.machine({ Look: { ...task, End: true } });
        const ends = async (name: string, reason: object) => {
          const executionArn = await fixture.start(arn, {}, name);
          await vi.waitFor(
            async () => expect(await fixture.historyOf(executionArn)).toHaveLength(4),
            100_000,
          );
          await fixture.client.send(new StopExecutionCommand({ executionArn, ...reason }));
          const execution = await fixture.finish(executionArn);
          return { execution, last: (await fixture.historyOf(executionArn)).at(-1) };
        };
        const reason = { error: 'Enough', cause: 'By hand.' };
        const given = await ends('one', reason);
        expect(given.execution).toMatchObject({ status: 'ABORTED', ...reason });
        expect(given.last?.executionAbortedEventDetails).toEqual(reason);
        const none = await ends('two', {});
        expect(none.last).toMatchObject({ type: 'ExecutionAborted', id: 5, previousEventId: 0 });
        expect(none.last?.executionAbortedEventDetails).toEqual({});
        expect(none.execution.error).toBeUndefined();
      }),
    },
    {
      behaviour:
        'the state machine’s own timeout: TIMED_OUT, without error and cause; they stand in the event, which follows on 0',
      source: 'floci issues 2733 and 2965 (measured in AWS)',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        const states = { Wait: { Type: 'Wait', Seconds: 60, End: true } };
        const executionArn = await fixture.start(fixture.machine(states, { TimeoutSeconds: 1 }));
        const execution = await fixture.finish(executionArn);
        expect(execution.status).toBe('TIMED_OUT');
        expect([execution.error, execution.cause, execution.output]).toEqual([
          undefined,
          undefined,
          undefined,
        ]);
        expect((await fixture.historyOf(executionArn)).at(-1)).toMatchObject({
          type: 'ExecutionTimedOut',
          id: 3,
          previousEventId: 0,
          executionTimedOutEventDetails: { error: 'States.Timeout' },
        });
      }),
    },
  ],
};

export async function outputOf(
  fixture: StepFunctionsFixture,
  executionArn: string,
): Promise<unknown> {
  const { output } = await fixture.finish(executionArn);
  const parsed: unknown = JSON.parse(output ?? 'null');
  return parsed;
}
