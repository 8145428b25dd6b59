/** Step Functions in real time, whose one function a test replaces, and an SDK client for it. */
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, vi } from 'vitest';
import type { LatencyName } from '../../chance/latency.ts';
import { randomFrom } from '../../chance/random.ts';
import { connect } from '../../service/in-process.ts';
import { createSns } from '../../sns/sns.ts';
import type { StateEntered } from '../../step-functions/execution.ts';
import { createStepFunctions } from '../../step-functions/step-functions.ts';
import type { Integrations } from '../../step-functions/task-target.ts';
import { realClock } from '../../time/clock.ts';

export const functionArn = 'arn:aws:lambda:eu-central-1:123456789012:function:work';
export const roleArn = 'arn:aws:iam::123456789012:role/machine';
export const topicArn = 'arn:aws:sns:eu-central-1:123456789012:incidents';
export const task = { Type: 'Task', Resource: functionArn, TimeoutSeconds: 5 };

/** @param integrations in the place of SNS's */
export function stepFunctionsFixture(integrations?: Integrations) {
  const entered: StateEntered[] = [];
  let work: (input: unknown) => unknown = (input) => input;
  const sns = createSns({ clock: realClock, random: randomFrom(2) });
  const latencies = new Map<LatencyName, number>();
  const stepFunctions = createStepFunctions({
    clock: realClock,
    random: randomFrom(1),
    latencies: (name) => latencies.get(name) ?? 0,
    region: 'eu-central-1',
    accountId: '123456789012',
    invoke: async (_arn, input) => work(input),
    integrations: integrations ?? sns.integrations,
  });
  sns.addTopic(topicArn);
  stepFunctions.onStateEntered((state) => entered.push(state));
  const client = new SFNClient({ region: 'eu-central-1' });
  connect(client, stepFunctions.service, { accessKeyId: 'LOCAL', principalArn: roleArn });

  const historyOf = async (executionArn: string) => {
    const answer = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    return answer.events ?? [];
  };
  return {
    stepFunctions,
    client,
    sns,
    entered,
    historyOf,
    /** What the function does from now on. */
    does(next: (input: unknown) => unknown) {
      work = next;
    },
    /** A latency, in milliseconds; 0 unless given. */
    takes(name: LatencyName, milliseconds: number) {
      latencies.set(name, milliseconds);
    },
    machine(states: object, more: object = {}): string {
      const start = { StartAt: Object.keys(states)[0], States: states };
      const definition = JSON.stringify({ ...start, ...more });
      const properties = { name: 'failover', definition, roleArn };
      return stepFunctions.createStateMachine(properties).stateMachineArn;
    },
    async start(stateMachineArn: string, input: unknown = {}, name = 'run'): Promise<string> {
      const command = { stateMachineArn, input: JSON.stringify(input), name };
      return (await client.send(new StartExecutionCommand(command))).executionArn ?? '';
    },
    finish: (executionArn: string) =>
      vi.waitFor(
        async () => {
          const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
          expect(execution.status).not.toBe('RUNNING');
          return execution;
        },
        { timeout: 100_000, interval: 5 },
      ),
    typesOf: async (executionArn: string) =>
      (await historyOf(executionArn)).map((event) => event.type),
  };
}
