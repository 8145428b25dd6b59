/** EventBridge: when an event gets to its target, how often, and what becomes of the rest. */
import { expect } from 'vitest';
import { ServiceError } from '../../../service/service.ts';
import {
  event,
  failing,
  latencyMs,
  onBus,
  queueArn,
  rule,
  throttled,
} from '../../event-bus/event-bus-fixture.ts';
import type { Area } from '../row.ts';

export const eventBridge: Area = {
  title: 'EventBridge, delivery',
  file: 'test/fidelity/event-bus/deliveries.ts',
  rows: [
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
      behaviour: 'after so many retries as its target says, an event goes to the dead-letter queue',
      source: 'EventBridge API reference, RetryPolicy: MaximumRetryAttempts, 0 to 185',
      localCloud: 'The same.',
      check: async () => {
        for (const [tries, reasons] of [
          [3, []],
          [4, ['Slow down.']],
        ] as const) {
          const failures = Array.from({ length: tries }, () => throttled);
          await onBus({ failures }, async ({ bus, clock, started }) => {
            const target = {
              RetryPolicy: { MaximumRetryAttempts: 3 },
              DeadLetterConfig: { Arn: queueArn },
            };
            bus.addRule(rule(target), 'events');
            bus.put(event);
            // Pauses of up to 1, 2 and 4 s: they grow.
            await clock.advance(3_000);
            expect([started, bus.deadLetters(queueArn)]).toEqual([[], []]);
            await clock.advance(5_000);
            expect(bus.deadLetters(queueArn).map(({ reason }) => reason)).toEqual(reasons);
            expect(started).toHaveLength(1 - reasons.length);
          });
        }
      },
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
  ],
};
