/** Tasks that call another service themselves, without a function between: sns:publish. */
import { setTimeout as wait } from 'node:timers/promises';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { expect, vi } from 'vitest';
import { task, topicArn } from '../../step-functions/step-functions-fixture.ts';
import { type Area, refused } from '../row.ts';
import { onStepFunctions } from '../worlds.ts';
import { outputOf } from './executions.ts';

const all = ['States.ALL'];
const publish = {
  ...task,
  Resource: 'arn:aws:states:::sns:publish',
  Parameters: { TopicArn: topicArn, 'Subject.$': '$.subject', 'Message.$': '$.message' },
};

export const stepFunctionsServices: Area = {
  title: 'Step Functions, tasks of other services; reading executions',
  file: 'test/fidelity/step-functions/services.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        'a Task may publish to SNS itself: TaskScheduled, TaskStarted, TaskSucceeded instead of Lambda’s events; its result is the answer of `Publish`',
      source:
        'Step Functions developer guide, optimized integrations: SNS; API reference, HistoryEvent: type',
      localCloud: 'The same for `sns:publish`, no other integration; what is published is kept.',
      check: onStepFunctions(async (fixture) => {
        const message = { subject: 'presto: moved', message: 'It is over.' };
        const executionArn = await fixture.start(
          fixture.machine({ Tell: { ...publish, End: true } }),
          message,
        );
        const [published] = await fixture.finish(executionArn).then(() => fixture.sns.messages());
        expect(published).toMatchObject({ topicArn, ...message });
        const { output } = await fixture.finish(executionArn);
        expect(JSON.parse(output ?? '')).toEqual({ MessageId: published?.messageId });
        const events = (await fixture.historyOf(executionArn)).slice(2, 5);
        expect(events.map(({ type, id, previousEventId }) => [type, id, previousEventId])).toEqual([
          ['TaskScheduled', 3, 2],
          ['TaskStarted', 4, 3],
          ['TaskSucceeded', 5, 4],
        ]);
        const what = { resourceType: 'sns', resource: 'publish' };
        expect(events).toMatchObject([
          {
            taskScheduledEventDetails: { ...what, region: 'eu-central-1', timeoutInSeconds: 5 },
          },
          { taskStartedEventDetails: what },
          { taskSucceededEventDetails: { ...what, output } },
        ]);
      }),
    },
    {
      behaviour:
        'SNS refuses a topic that does not exist (`NotFound`) and a subject or message out of its limits (`InvalidParameter`); a task fails with `SNS.` before it and `Exception` after it',
      source: 'SNS API reference, Publish; the names as they are in public state machines',
      localCloud: 'The same; the message is text that is the same for all protocols.',
      check: async () => {
        const cases: [object, string][] = [
          [{ TopicArn: `${topicArn}-2`, Message: 'a' }, 'SNS.NotFoundException'],
          [{ TopicArn: topicArn, Message: '' }, 'SNS.InvalidParameterException'],
          [{ TopicArn: topicArn, Message: 'a', Subject: 'a\nb' }, 'SNS.InvalidParameterException'],
          [
            { TopicArn: topicArn, Message: 'a', Subject: 'a'.repeat(100) },
            'SNS.InvalidParameterException',
          ],
        ];
        for (const [Parameters, error] of cases) {
          await onStepFunctions(async (fixture) => {
            const Catch = [{ ErrorEquals: all, ResultPath: '$.error', Next: 'Done' }];
            const arn = fixture.machine({
              Tell: { ...publish, Parameters, Catch, Next: 'Done' },
              Done: { Type: 'Succeed' },
            });
            const executionArn = await fixture.start(arn);
            expect(await outputOf(fixture, executionArn)).toMatchObject({
              error: { Error: error },
            });
            expect((await fixture.typesOf(executionArn)).slice(2, 5)).toEqual([
              'TaskScheduled',
              'TaskStarted',
              'TaskFailed',
            ]);
            expect(fixture.sns.messages()).toEqual([]);
          })();
        }
      },
    },
    {
      behaviour:
        '`DescribeExecution` and `ListExecutions` are eventually consistent: an execution that has just been started may not be there yet, one that has just ended still runs; its history does not lag',
      source:
        'Step Functions API reference, DescribeExecution, ListExecutions: "eventually consistent"; of GetExecutionHistory and StartExecution nothing is said',
      localCloud:
        'The same; `executionLag`, drawn for each call. That a new one does not exist is the worst case. A redrive shows at once.',
      check: onStepFunctions(async (fixture) => {
        fixture.does(() => wait(20));
        const stateMachineArn = fixture.machine({ Rest: { ...task, End: true } });
        fixture.takes('executionLag', 3_600_000);
        const executionArn = await fixture.start(stateMachineArn);
        const describe = () => fixture.client.send(new DescribeExecutionCommand({ executionArn }));
        const list = async () =>
          (await fixture.client.send(new ListExecutionsCommand({ stateMachineArn }))).executions;
        await refused(describe(), 'ExecutionDoesNotExist');
        expect(await list()).toEqual([]);
        await refused(fixture.start(stateMachineArn, { a: 1 }), 'ExecutionAlreadyExists');
        await vi.waitFor(async () => {
          expect((await fixture.typesOf(executionArn)).at(-1)).toBe('ExecutionSucceeded');
        }, 100_000);
        fixture.takes('executionLag', 0);
        const { startDate, status } = await describe();
        expect(status).toBe('SUCCEEDED');
        // Of a moment at which it ran.
        const now = Date.now();
        const later = vi.spyOn(Date, 'now').mockReturnValue(now + 1_000);
        try {
          fixture.takes('executionLag', now + 1_000 - (startDate?.getTime() ?? 0));
          expect(await describe()).toMatchObject({ status: 'RUNNING', startDate });
          expect(await list()).toMatchObject([{ status: 'RUNNING', stopDate: undefined }]);
        } finally {
          later.mockRestore();
        }
      }),
    },
    {
      behaviour:
        'a task of another service that has no answer in time: TaskTimedOut, and a caught `States.Timeout` with an empty Cause',
      source: 'Step Functions developer guide, error names; API reference, HistoryEvent: type',
      localCloud: 'The same.',
      check: async () => {
        const never = { takes: ['Message'], run: () => new Promise<never>(() => {}) };
        await onStepFunctions(
          async (fixture) => {
            const Catch = [{ ErrorEquals: all, ResultPath: '$.error', Next: 'Done' }];
            const Parameters = { 'Message.$': '$.message' };
            const arn = fixture.machine({
              Tell: { ...publish, Parameters, TimeoutSeconds: 1, Catch, Next: 'Done' },
              Done: { Type: 'Succeed' },
            });
            const executionArn = await fixture.start(arn, { message: 'a' });
            expect(await outputOf(fixture, executionArn)).toMatchObject({
              error: { Error: 'States.Timeout', Cause: '' },
            });
            expect((await fixture.typesOf(executionArn)).slice(2, 5)).toEqual([
              'TaskScheduled',
              'TaskStarted',
              'TaskTimedOut',
            ]);
          },
          { 'sns:publish': { errorPrefix: 'SNS', operation: never } },
        )();
      },
    },
  ],
};
