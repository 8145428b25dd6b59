/** EventBridge: which events a rule takes, when a schedule is due, what a target is given. */
import { expect } from 'vitest';
import { eventTestFrom } from '../../../event-bus/event-pattern.ts';
import { event, latencyMs, onBus, rule } from '../../event-bus/event-bus-fixture.ts';
import type { Area } from '../row.ts';

export const eventBridgeRules: Area = {
  title: 'EventBridge, rules',
  file: 'test/fidelity/event-bus/rules.ts',
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
          InputPathsMap: {
            state: '$.detail.state',
            instance: '$.detail.instance-id',
            quote: '$.detail.quote',
          },
          InputTemplate: '{"reason": "<instance> is <state>: <quote>", "state": <state>}',
        };
        const cases: [object, unknown][] = [
          [{}, event],
          [{ InputPath: '$.detail' }, event.detail],
          [{ Input: '{"reason":"schedule"}' }, { reason: 'schedule' }],
          [
            { InputTransformer },
            { reason: 'i-1 is terminated: he said "no"', state: 'terminated' },
          ],
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
        'what EventBridge would not take: an age, retries or a number of targets out of their limits, `rate(1 minutes)`, `rate(5 minute)`',
      source:
        'EventBridge API reference, RetryPolicy, PutTargets; user guide, rate expressions: singular for 1, plural for more',
      localCloud: 'Refused when the template is loaded.',
      check: () =>
        onBus({}, async ({ bus }) => {
          const add = (more: object) => () => bus.addRule({ ...rule(), ...more }, 'wrong');
          const retry = (RetryPolicy: object) => add(rule({ RetryPolicy }));
          expect(retry({ MaximumEventAgeInSeconds: 59 })).toThrow('from 60 to 86400');
          expect(retry({ MaximumEventAgeInSeconds: 86_401 })).toThrow('from 60 to 86400');
          expect(retry({ MaximumRetryAttempts: 186 })).toThrow('from 0 to 185');
          expect(add({ Targets: Array(6).fill(rule().Targets[0]) })).toThrow('up to 5');
          const every = (rate: string) =>
            add({ EventPattern: undefined, ScheduleExpression: rate });
          expect(every('rate(1 minutes)')).toThrow('rate(1 minute)');
          expect(every('rate(5 minute)')).toThrow('rate(N minutes)');
        }),
    },
    {
      behaviour:
        'other services and types of events exist: Step Functions, spot interruptions, ...',
      source: 'EventBridge user guide, events from AWS services',
      localCloud:
        'A rule that waits for what nobody here sends is refused. Sent are: alarm state changes, instance state changes, schedules.',
      check: () =>
        onBus({}, async ({ bus }) => {
          const add = (EventPattern: object) => () =>
            bus.addRule({ ...rule(), EventPattern }, 'unheard');
          expect(add({ source: ['aws.states'] })).toThrow('aws.states');
          const spot = ['EC2 Spot Instance Interruption Warning'];
          expect(add({ source: ['aws.ec2'], 'detail-type': spot })).toThrow(spot[0]);
          expect(add({ source: ['my.own'], 'detail-type': ['Mine'] })).not.toThrow();
        }),
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
          const State = 'DISABLED';
          bus.addRule({ ...rule(), State }, 'events');
          const schedule = { EventPattern: undefined, ScheduleExpression: 'rate(1 minute)', State };
          bus.addRule({ ...rule(), ...schedule }, 'schedule');
          bus.put(event);
          await clock.advance(600_000);
          expect(started).toEqual([]);
        }),
    },
  ],
};
