/** EventBridge: which events a rule takes, what its target is given, and what becomes of the rest. */
import { expect } from 'vitest';
import type { CloudEvent } from '../../local-cloud/cloud-event.ts';
import { createEventBus, type EventBus } from '../../local-cloud/event-bus/event-bus.ts';
import { eventTestFrom } from '../../local-cloud/event-bus/event-pattern.ts';
import { randomFrom } from '../../local-cloud/random.ts';
import { ServiceError } from '../../local-cloud/service.ts';
import { type ManualClock, manualClock } from '../local-cloud/manual-clock.ts';
import type { Area } from './row.ts';

export const eventBridge: Area = {
  title: 'EventBridge',
  file: 'test/fidelity/event-bridge.ts',
  rows: [
    {
      behaviour:
        'a pattern has the event’s form; at its leaves stand lists, of which one value must match, by type and value',
      source: 'EventBridge user guide, event patterns',
      localCloud: 'The same.',
      check: () => {
        const matching = [
          { source: ['aws.ec2'] },
          { detail: { state: ['stopped', 'terminated'] } },
          { source: ['aws.ec2'], detail: { count: [3], gone: [true], tag: [null] } },
          { resources: ['arn:aws:ec2:eu-central-1:123456789012:instance/i-1'] },
        ];
        const others = [
          { source: ['aws.s3'] },
          { source: ['aws.ec2'], detail: { state: ['running'] } },
          { detail: { count: ['3'] } },
          { other: { none: ['x'] } },
        ];
        expect(matching.map((pattern) => eventTestFrom(pattern)(event))).not.toContain(false);
        expect(others.map((pattern) => eventTestFrom(pattern)(event))).not.toContain(true);
      },
    },
    {
      behaviour: 'comparison operators: `prefix`, `suffix`, `anything-but`, `exists`',
      source: 'EventBridge user guide, comparison operators',
      localCloud: 'The same. The template uses none of them yet.',
      check: () => {
        const state = (test: object) => eventTestFrom({ detail: { state: [test] } })(event);
        const nothing = (test: object) => eventTestFrom({ detail: { none: [test] } })(event);
        expect([state({ prefix: 'term' }), state({ suffix: 'ed' })]).toEqual([true, true]);
        expect([state({ prefix: 'run' }), state({ suffix: 'x' })]).toEqual([false, false]);
        expect(state({ 'anything-but': ['running'] })).toBe(true);
        expect(state({ 'anything-but': { prefix: 't' } })).toBe(false);
        expect(nothing({ 'anything-but': 'x' })).toBe(false);
        expect([state({ exists: true }), nothing({ exists: false })]).toEqual([true, true]);
        expect([state({ exists: false }), nothing({ exists: true })]).toEqual([false, false]);
      },
    },
    {
      behaviour: 'other operators exist (`wildcard`, `cidr`, `numeric`, `$or`, ...)',
      source: 'EventBridge user guide, comparison operators',
      localCloud: 'Refused by name when the template is loaded, rather than matching nothing.',
      check: () => {
        for (const name of ['wildcard', 'cidr', 'numeric', 'equals-ignore-case']) {
          expect(() => eventTestFrom({ source: [{ [name]: 'x' }] })).toThrow(name);
        }
        expect(() => eventTestFrom({ $or: [{ source: ['x'] }] })).toThrow('$or');
        expect(() => eventTestFrom({ source: 'aws.ec2' })).toThrow('source');
        expect(() => eventTestFrom({})).toThrow('at least one field');
      },
    },
    {
      behaviour:
        'the target is given the event, a part of it, a constant, or a template filled from it',
      source: 'EventBridge user guide, input transformation',
      localCloud: 'The same, with paths of names and indexes; the template uses the plain event.',
      check: async () => {
        const InputTransformer = {
          InputPathsMap: { state: '$.detail.state', instance: '$.detail.instance-id' },
          InputTemplate: '{"reason": "<instance> is <state>", "state": <state>}',
        };
        const cases: [object, unknown][] = [
          [{}, event],
          [{ InputPath: '$.detail' }, event.detail],
          [{ Input: '{"reason":"schedule"}' }, { reason: 'schedule' }],
          [{ InputTransformer }, { reason: 'i-1 is terminated', state: 'terminated' }],
        ];
        for (const [target, input] of cases) {
          await onBus({}, async ({ bus, clock, started }) => {
            bus.addRule(rule(target), 'events');
            bus.put(event);
            await clock.advance(latencyMs);
            expect(started[0]?.input).toEqual(input);
          });
        }
      },
    },
    {
      behaviour:
        'an event is delivered some time after it happened; each delivery starts an execution of its own name',
      source:
        'EventBridge user guide, targets; measured by AWS: 129 ms at the 99th percentile for custom events',
      localCloud: 'The same; `eventDelivery`. Names are the event’s id and another.',
      check: () =>
        onBus({}, async ({ bus, clock, started }) => {
          bus.addRule(rule(), 'events');
          bus.put(event);
          await clock.advance(latencyMs - 1);
          expect(started).toEqual([]);
          await clock.advance(1);
          expect(started).toMatchObject([{ name: expect.stringMatching(`^${event.id}_`) }]);
        }),
    },
    {
      behaviour: 'at least once: an event may be delivered twice, later, and out of order',
      source: 'EventBridge user guide, event delivery level: durable for alarms',
      localCloud: 'Once by default; twice, late or never by the bus’s `deliveries`.',
      check: () =>
        onBus(
          { deliveries: ({ id }) => (id === 'first' ? [5_000, 5_000] : [0]) },
          async (world) => {
            const { bus, clock, started } = world;
            bus.addRule(rule(), 'events');
            bus.put({ ...event, id: 'first' });
            bus.put({ ...event, id: 'second' });
            await clock.advance(10_000);
            const order = started.map(({ name }) => name.split('_')[0]);
            expect(order).toEqual(['second', 'first', 'first']);
            expect(new Set(started.map(({ name }) => name)).size).toBe(3);
          },
        ),
    },
    {
      behaviour: 'events of EC2 and Step Functions are best effort: one may be lost',
      source: 'EventBridge user guide, event delivery level: best effort',
      localCloud: 'None is lost by default; by the bus’s `deliveries`.',
      check: () =>
        onBus({ deliveries: () => [] }, async ({ bus, clock, started }) => {
          bus.addRule(rule({ DeadLetterConfig: { Arn: queueArn } }), 'events');
          bus.put(event);
          await clock.advance(3_600_000);
          expect(started).toEqual([]);
          expect(bus.deadLetters(queueArn)).toEqual([]);
        }),
    },
    {
      behaviour: 'a target that throttles or fails is tried again, with growing pauses',
      source:
        'EventBridge user guide, retry policy and dead letters: 24 h and 185 times by default',
      localCloud: 'The same; the pauses (1 s, doubled, up to 60 s, with jitter) are an estimate.',
      check: () =>
        onBus({ failures: [throttled, failing] }, async ({ bus, clock, started }) => {
          bus.addRule(rule(), 'events');
          bus.put(event);
          await clock.advance(5_000);
          expect(started).toHaveLength(1);
        }),
    },
    {
      behaviour:
        'what is older than the maximum event age goes to the dead-letter queue and not to its target',
      source: 'EventBridge API reference, RetryPolicy: MaximumEventAgeInSeconds, 60 to 86400',
      localCloud: 'The same, counted from when the event was put, also when it was delivered late.',
      check: async () => {
        const target = {
          RetryPolicy: { MaximumEventAgeInSeconds: 120 },
          DeadLetterConfig: { Arn: queueArn },
        };
        const reason = 'The event is older than the maximum event age.';
        const failures = Array.from({ length: 100 }, () => throttled);
        for (const trouble of [{ failures }, { deliveries: () => [121_000] }]) {
          await onBus(trouble, async ({ bus, clock, started }) => {
            bus.addRule(rule(target), 'events');
            bus.put(event);
            await clock.advance(300_000);
            expect(started).toEqual([]);
            expect(bus.deadLetters(queueArn)).toEqual([
              { ruleName: 'events', event, reason, atMs: expect.any(Number) },
            ]);
          });
        }
      },
    },
    {
      behaviour:
        'a target that is not there or may not be called is not tried again: dead letter at once',
      source: 'EventBridge user guide, retry policy: non-retriable errors',
      localCloud: 'The same.',
      check: () => {
        const failures = [new ServiceError('StateMachineDoesNotExist', 'No such machine.')];
        return onBus({ failures }, async ({ bus, clock }) => {
          bus.addRule(rule({ DeadLetterConfig: { Arn: queueArn } }), 'events');
          bus.put(event);
          await clock.advance(latencyMs);
          expect(bus.deadLetters(queueArn)).toMatchObject([{ reason: 'No such machine.' }]);
        });
      },
    },
    {
      behaviour: 'a schedule `rate(N minutes)` runs at its rate, counted from its creation',
      source: 'EventBridge user guide, rate expressions',
      localCloud: 'The same; created at some time before, by the seed. `cron` is refused.',
      check: () =>
        onBus({}, async ({ bus, clock, started }) => {
          const schedule = { EventPattern: undefined, ScheduleExpression: 'rate(5 minutes)' };
          bus.addRule({ ...rule(), ...schedule }, 'schedule');
          await clock.advance(15 * 60_000);
          expect(started).toHaveLength(3);
          expect(started[0]?.input).toMatchObject({
            source: 'aws.events',
            'detail-type': 'Scheduled Event',
          });
          const cron = { ...schedule, ScheduleExpression: 'cron(0 12 * * ? *)' };
          expect(() => bus.addRule({ ...rule(), ...cron }, 'cron')).toThrow('only rate(N minutes)');
        }),
    },
    {
      behaviour: 'a rule that is disabled delivers nothing',
      source: 'EventBridge API reference, PutRule: State',
      localCloud: 'The same.',
      check: () =>
        onBus({}, async ({ bus, clock, started }) => {
          bus.addRule({ ...rule(), State: 'DISABLED' }, 'events');
          bus.put(event);
          await clock.advance(10_000);
          expect(started).toEqual([]);
        }),
    },
  ],
};

const latencyMs = 250;
const queueArn = 'arn:aws:sqs:eu-central-1:123456789012:dead';
const throttled = new ServiceError('ThrottlingException', 'Slow down.');
const failing = new ServiceError('InternalFailure', 'Not now.', 500);

const event: CloudEvent = {
  version: '0',
  id: '00000000-0000-4000-8000-000000000001',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2025-11-23T17:04:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:ec2:eu-central-1:123456789012:instance/i-1'],
  detail: { 'instance-id': 'i-1', state: 'terminated', count: 3, gone: true, tag: null },
};

function rule(target: object = {}) {
  const Arn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:failover';
  const RoleArn = 'arn:aws:iam::123456789012:role/events';
  return {
    EventPattern: { source: ['aws.ec2'] },
    Targets: [{ Id: 'Target0', Arn, RoleArn, ...target }],
  };
}

interface BusWorld {
  readonly bus: EventBus;
  readonly clock: ManualClock;
  readonly started: { name: string; input: unknown }[];
}

async function onBus(
  trouble: { failures?: readonly Error[]; deliveries?: (event: CloudEvent) => readonly number[] },
  act: (world: BusWorld) => Promise<void>,
): Promise<void> {
  const clock = manualClock();
  const started: BusWorld['started'] = [];
  const failures = [...(trouble.failures ?? [])];
  const bus = createEventBus({
    clock,
    random: randomFrom(3),
    latencies: () => latencyMs,
    region: 'eu-central-1',
    accountId: '123456789012',
    deliveries: trouble.deliveries,
    async startExecution(_arn, name, input) {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      started.push({ name, input: JSON.parse(input) });
    },
  });
  try {
    await act({ bus, clock, started });
  } finally {
    await bus.stop();
  }
}
