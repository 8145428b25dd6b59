import {
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stepFunctionsFixture } from './step-functions-fixture.ts';

let fixture: ReturnType<typeof stepFunctionsFixture>;
beforeEach(() => {
  fixture = stepFunctionsFixture();
});
afterEach(() => fixture.stepFunctions.stop());

test('state machine: is refused when a state leads nowhere', () => {
  expect(() => fixture.machine({ P: { Type: 'Pass', Next: 'None' } })).toThrow(/None|invalid/);
});

describe('state machine: names', () => {
  test('the same name and input while it runs is the same execution', async () => {
    const arn = fixture.machine({ Wait: { Type: 'Wait', Seconds: 60, End: true } });
    expect(await fixture.start(arn, {}, 'one')).toBe(await fixture.start(arn, {}, 'one'));
    const list = await fixture.client.send(new ListExecutionsCommand({ stateMachineArn: arn }));
    expect(list.executions).toHaveLength(1);
  });

  test.each([
    ['with another input', { Wait: { Type: 'Wait', Seconds: 60, End: true } }, { other: 1 }],
    ['once it has ended', { Done: { Type: 'Succeed' } }, {}],
  ])('a name is refused %s', async (_when, states, input) => {
    const arn = fixture.machine(states);
    const executionArn = await fixture.start(arn, {}, 'one');
    if ('Done' in states) await fixture.finish(executionArn);
    await expect(fixture.start(arn, input, 'one')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
  });

  test.each([
    ['input that is not JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['a name with a colon', { name: 'a:b' }, 'InvalidName'],
    ['too much input', { input: JSON.stringify('x'.repeat(262_144)) }, 'ValidationException'],
    ['no machine of that name', { stateMachineArn: 'arn:none' }, 'StateMachineDoesNotExist'],
  ])('starting is refused: %s', async (_what, more, name) => {
    const stateMachineArn = fixture.machine({ Done: { Type: 'Succeed' } });
    const command = new StartExecutionCommand({ stateMachineArn, ...more });
    await expect(fixture.client.send(command)).rejects.toMatchObject({ name });
  });
});

test('state machine: is listed, and described with the definition that it was given', async () => {
  const stateMachineArn = fixture.machine({ Done: { Type: 'Succeed' } });
  const described = await fixture.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  expect(described).toMatchObject({ stateMachineArn, name: 'failover', type: 'STANDARD' });
  expect(JSON.parse(described.definition ?? '')).toEqual({
    StartAt: 'Done',
    States: { Done: { Type: 'Succeed' } },
  });
  const listed = await fixture.client.send(new ListStateMachinesCommand({}));
  expect(listed.stateMachines).toMatchObject([{ stateMachineArn, name: 'failover' }]);
  await expect(
    fixture.client.send(new DescribeStateMachineCommand({ stateMachineArn: 'arn:none' })),
  ).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
});
