/** Tasks that call another service themselves, without a function between: sns:publish. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stepFunctionsFixture, topicArn } from './step-functions-fixture.ts';

let fixture: ReturnType<typeof stepFunctionsFixture>;
beforeEach(() => {
  fixture = stepFunctionsFixture();
});
afterEach(() => fixture.stepFunctions.stop());

function tell(parameters: object, more: object = {}) {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::sns:publish',
    TimeoutSeconds: 5,
    Parameters: parameters,
    ...more,
  };
}

const parameters = { TopicArn: topicArn, 'Subject.$': '$.subject', 'Message.$': '$.message' };
const input = { subject: 'presto: moved', message: 'It is over.' };

describe('state machine: a task that publishes', () => {
  test('publishes, and goes on with the answer', async () => {
    const arn = fixture.machine({
      Tell: tell(parameters, {
        ResultSelector: { kind: 'sent', 'messageId.$': '$.MessageId' },
        ResultPath: '$.notification',
        End: true,
      }),
    });
    const executionArn = await fixture.start(arn, input);
    const { output } = await fixture.finish(executionArn);
    const [message] = fixture.sns.messages();
    expect(message).toMatchObject({ topicArn, ...input });
    expect(JSON.parse(output ?? '')).toEqual({
      ...input,
      notification: { kind: 'sent', messageId: message?.messageId },
    });
  });

  test('has AWS’s events of a service task', async () => {
    const arn = fixture.machine({ Tell: tell(parameters, { End: true }) });
    const executionArn = await fixture.start(arn, input);
    await fixture.finish(executionArn);
    const events = await fixture.historyOf(executionArn);
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    const scheduled = events[2]?.taskScheduledEventDetails;
    expect(scheduled).toMatchObject({
      resourceType: 'sns',
      resource: 'publish',
      region: 'eu-central-1',
      timeoutInSeconds: 5,
    });
    expect(JSON.parse(scheduled?.parameters ?? '')).toEqual({
      TopicArn: topicArn,
      Subject: input.subject,
      Message: input.message,
    });
  });

  test.each([
    ['a topic that does not exist', { ...parameters, TopicArn: `${topicArn}-2` }, 'NotFound'],
    ['a subject of two lines', { ...parameters, Subject: 'a\nb' }, 'InvalidParameter'],
    ['a message without text', { TopicArn: topicArn, Message: '' }, 'InvalidParameter'],
    [
      'a parameter that is not implemented',
      { ...parameters, MessageGroupId: 'x' },
      'NotImplementedByLocalCloud',
    ],
  ])('fails with %s, and the failure can be caught', async (_what, wrong, error) => {
    const given = Object.fromEntries(
      Object.entries(wrong).filter(([key]) => !(key === 'Subject.$' && 'Subject' in wrong)),
    );
    const arn = fixture.machine({
      Tell: tell(given, {
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }],
        Next: 'Caught',
      }),
      Caught: { Type: 'Succeed' },
    });
    const executionArn = await fixture.start(arn, input);
    const { output, status } = await fixture.finish(executionArn);
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output ?? '').error.Error).toBe(`SNS.${error}Exception`);
    expect(await fixture.typesOf(executionArn)).toContain('TaskFailed');
    expect(fixture.sns.messages()).toEqual([]);
  });
});
