import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CloudEvent } from '../../../local-cloud/cloud-event.ts';
import { createEventBus, type EventBus } from '../../../local-cloud/event-bus/event-bus.ts';
import { randomFrom } from '../../../local-cloud/random.ts';
import { ServiceError } from '../../../local-cloud/service.ts';
import { type ManualClock, manualClock } from '../manual-clock.ts';

const stateMachineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:failover';
const queueArn = 'arn:aws:sqs:eu-central-1:123456789012:dead';
const event: CloudEvent = {
  version: '0',
  id: '00000000-0000-4000-8000-000000000001',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2025-11-23T17:04:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:ec2:eu-central-1:123456789012:instance/i-1'],
  detail: { 'instance-id': 'i-1', state: 'terminated' },
};

let clock: ManualClock;
let bus: EventBus;
let started: { atMs: number; name: string; input: unknown }[];
let failures: Error[];
const startMs = manualClock().now();

beforeEach(() => {
  clock = manualClock();
  started = [];
  failures = [];
  bus = createEventBus({
    clock,
    random: randomFrom(3),
    latencies: () => 250,
    region: 'eu-central-1',
    accountId: '123456789012',
    async startExecution(_arn, name, input) {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      started.push({ atMs: clock.now() - startMs, name, input: JSON.parse(input) });
    },
  });
});

afterEach(async () => {
  await bus.stop();
  expect(clock.sleepers()).toBe(0);
});

function rule(target: object = {}, more: object = {}) {
  return {
    EventPattern: { source: ['aws.ec2'] },
    Targets: [{ Id: 'Target0', Arn: stateMachineArn, RoleArn: 'arn:aws:iam::1:role/r', ...target }],
    ...more,
  };
}

describe('event bus', () => {
  test('gives a matching event to the state machine, after its delivery time', async () => {
    bus.addRule(rule(), 'events');
    bus.put(event);
    await clock.advance(249);
    expect(started).toEqual([]);
    await clock.advance(1);
    expect(started).toEqual([
      { atMs: 250, name: expect.stringMatching(`^${event.id}_[0-9a-f-]{36}$`), input: event },
    ]);
  });

  test.each([
    ['an event that does not match', {}, { ...event, source: 'aws.s3' }],
    ['any event, when the rule is disabled', { State: 'DISABLED' }, event],
  ])('keeps back %s', async (_what, more, sent) => {
    bus.addRule(rule({}, more), 'events');
    bus.put(sent);
    await clock.advance(1_000);
    expect(started).toEqual([]);
  });

  test.each([
    ['a constant', { Input: '{"reason":"schedule"}' }, { reason: 'schedule' }],
    ['a part of the event', { InputPath: '$.detail' }, event.detail],
    [
      'a filled template',
      {
        InputTransformer: {
          InputPathsMap: { state: '$.detail.state', instance: '$.detail.instance-id' },
          InputTemplate: '{"reason": "<instance> is <state>", "state": <state>}',
        },
      },
      { reason: 'i-1 is terminated', state: 'terminated' },
    ],
  ])('gives the target %s', async (_what, target, input) => {
    bus.addRule(rule(target), 'events');
    bus.put(event);
    await clock.advance(250);
    expect(started[0]?.input).toEqual(input);
  });

  test('tries again when the target fails for a while', async () => {
    failures.push(new ServiceError('ThrottlingException', 'Slow down.'));
    bus.addRule(rule(), 'events');
    bus.put(event);
    await clock.advance(5_000);
    expect(started).toHaveLength(1);
  });

  test('puts an event in the dead-letter queue when it got too old', async () => {
    failures.push(
      ...Array.from({ length: 100 }, () => new ServiceError('ThrottlingException', 'Slow down.')),
    );
    const retry = { MaximumEventAgeInSeconds: 120 };
    bus.addRule(rule({ RetryPolicy: retry, DeadLetterConfig: { Arn: queueArn } }), 'events');
    bus.put(event);
    await clock.advance(300_000);
    expect(started).toEqual([]);
    expect(bus.deadLetters(queueArn)).toEqual([
      { ruleName: 'events', event, reason: 'The event is older than the maximum event age.' },
    ]);
  });

  test('puts an event in the dead-letter queue at once when the target is not there', async () => {
    failures.push(new ServiceError('StateMachineDoesNotExist', 'No such machine.'));
    bus.addRule(rule({ DeadLetterConfig: { Arn: queueArn } }), 'events');
    bus.put(event);
    await clock.advance(250);
    expect(bus.deadLetters(queueArn)).toMatchObject([{ reason: 'No such machine.' }]);
  });

  test('runs a schedule at its rate', async () => {
    bus.addRule(
      rule({}, { EventPattern: undefined, ScheduleExpression: 'rate(5 minutes)' }),
      'schedule',
    );
    await clock.advance(15 * 60_000);
    expect(started).toHaveLength(3);
    expect(started[0]?.input).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      resources: ['arn:aws:events:eu-central-1:123456789012:rule/schedule'],
    });
    expect((started[2]?.atMs ?? 0) - (started[1]?.atMs ?? 0)).toBe(5 * 60_000);
  });

  test.each([
    [{ ScheduleExpression: 'cron(0 12 * * ? *)' }, /implements only rate\(N minutes\)/],
    [{ EventPattern: { source: [{ wildcard: '*' }] } }, /wildcard/],
    [{ EventBusName: 'other' }, /does not implement the property EventBusName/],
    [{ Targets: [{ Id: 'a', Arn: 'arn:aws:sns:eu-central-1:1:topic' }] }, /only state machines/],
    [
      { Targets: [{ Id: 'a', Arn: stateMachineArn, Input: '{', InputPath: '$' }] },
      /has Input and InputPath, but only one/,
    ],
  ])('refuses a rule with %j', (more, message) => {
    expect(() => bus.addRule(rule({}, more), 'bad')).toThrow(message);
  });
});
