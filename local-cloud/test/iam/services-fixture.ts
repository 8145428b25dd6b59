/** Services that act with roles of an IAM fixture: what comes of one state, and of one event. */
import type { GetExecutionHistoryOutput } from '@aws-sdk/client-sfn';
import { expect, vi } from 'vitest';
import { noLatencies } from '../../chance/latency.ts';
import { randomFrom } from '../../chance/random.ts';
import { createEventBus } from '../../event-bus/event-bus.ts';
import { dispatch } from '../../service/dispatch.ts';
import { createSns } from '../../sns/sns.ts';
import { createStepFunctions } from '../../step-functions/step-functions.ts';
import { realClock } from '../../time/clock.ts';
import { manualClock } from '../../time/manual-clock.ts';
import type { IamFixture, StatementJson } from './iam-fixture.ts';

export const place = { region: 'us-east-1', accountId: '123456789012' };
export const arnOf = (service: string, rest: string) =>
  `arn:aws:${service}:us-east-1:123456789012:${rest}`;
export const topicArn = arnOf('sns', 'incidents');
export const queueArn = arnOf('sqs', 'dead');
export const functionArn = arnOf('lambda', 'function:work');
export const machineArn = arnOf('states', 'stateMachine:failover');

/** One state, as a state machine of the role `machine` that has these statements. */
export async function executed(
  { role, authorizer }: IamFixture,
  state: object,
  ...statements: StatementJson[]
) {
  const sns = createSns({ clock: realClock, random: randomFrom(1) });
  sns.addTopic(topicArn);
  let ran = 0;
  const stepFunctions = createStepFunctions({
    ...place,
    clock: realClock,
    random: randomFrom(1),
    latencies: noLatencies,
    integrations: sns.integrations,
    authorizer: () => authorizer,
    invoke: async () => {
      ran += 1;
      return {};
    },
  });
  const { principalArn: roleArn } = role('machine', ...statements);
  const { stateMachineArn } = stepFunctions.createStateMachine({
    name: 'failover',
    roleArn,
    isTraced: true,
    definition: JSON.stringify({
      StartAt: 'Only',
      States: { Only: { Type: 'Task', TimeoutSeconds: 5, ...state, End: true } },
    }),
  });
  await stepFunctions.startExecution(stateMachineArn, 'run', '{}');
  await vi.waitFor(() => expect(stepFunctions.traces()).toHaveLength(1), { timeout: 100_000 });
  const executionArn = stepFunctions.traces()[0]?.executionArn;
  const root = { accessKeyId: 'ROOT', principalArn: 'arn:aws:iam::123456789012:root' };
  const input = { executionArn };
  const answer = await dispatch(stepFunctions.service, 'GetExecutionHistory', input, root);
  const { events = [] } = answer as GetExecutionHistoryOutput;
  await stepFunctions.stop();
  const failure = events.at(-1)?.executionFailedEventDetails;
  return { failure, ran, traces: stepFunctions.traces() };
}

/** One event to a rule whose target's role has these statements. */
export async function delivered({ role, authorizer }: IamFixture, ...statements: StatementJson[]) {
  const clock = manualClock();
  let started = 0;
  const bus = createEventBus({
    ...place,
    clock,
    random: randomFrom(1),
    latencies: noLatencies,
    authorizer: () => authorizer,
    startExecution: async () => {
      started += 1;
    },
  });
  bus.addRule(
    {
      EventPattern: { source: ['test'] },
      Targets: [
        {
          Id: 'Target',
          Arn: machineArn,
          RoleArn: role('rules', ...statements).principalArn,
          DeadLetterConfig: { Arn: queueArn },
        },
      ],
    },
    'rule',
  );
  const event = { version: '0' as const, id: '1', 'detail-type': 'Test', source: 'test', time: '' };
  bus.put({ ...event, account: '', region: '', resources: [], detail: {} });
  await clock.advance(1_000);
  const result = { started, letters: bus.deadLetters(queueArn), lost: bus.lostLetters() };
  await bus.stop();
  return result;
}
