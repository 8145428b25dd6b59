// What AWS's EventBridge does is in test/fidelity/; here is what only concerns the local cloud.
import { expect, test } from 'vitest';
import { noLatencies } from '../../chance/latency.ts';
import { randomFrom } from '../../chance/random.ts';
import { createEventBus } from '../../event-bus/event-bus.ts';
import { manualClock } from '../../time/manual-clock.ts';

const stateMachineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:failover';

test.each([
  [{ ScheduleExpression: 'cron(0 12 * * ? *)' }, /implements only rate\(N minutes\)/],
  [{ EventPattern: { source: [{ wildcard: '*' }] } }, /wildcard/],
  [{ EventBusName: 'other' }, /does not implement the property EventBusName/],
  [{ Targets: [{ Id: 'a', Arn: 'arn:aws:sns:eu-central-1:1:topic' }] }, /only state machines/],
  [
    { Targets: [{ Id: 'a', Arn: stateMachineArn, Input: '{', InputPath: '$' }] },
    /has Input and InputPath, but only one/,
  ],
])('event bus: refuses a rule with %j', (more, message) => {
  const bus = createEventBus({
    clock: manualClock(),
    random: randomFrom(3),
    latencies: noLatencies,
    region: 'eu-central-1',
    accountId: '123456789012',
    startExecution: async () => {},
  });
  const Targets = [{ Id: 'Target0', Arn: stateMachineArn }];
  const properties = { EventPattern: { source: ['aws.ec2'] }, Targets, ...more };
  expect(() => bus.addRule(properties, 'bad')).toThrow(message);
});
