/**
 * EventBridge's default bus: rules by pattern and by schedule, state machines as targets.
 * What can go wrong: an event may come late, and more than once. A rule therefore limits the age
 * of what it delivers; what is too old, or cannot be delivered, ends in the dead-letter queue.
 */
import type { Clock } from '../clock.ts';
import type { CloudEvent } from '../cloud-event.ts';
import { uuidFrom } from '../identifiers.ts';
import type { Latencies } from '../latency.ts';
import {
  isRecord,
  list,
  oneOf,
  optionalNumber,
  optionalText,
  type Properties,
  PropertyError,
  propertiesOf,
  record,
  text,
} from '../properties.ts';
import type { Random } from '../random.ts';
import { ServiceError } from '../service.ts';
import type { ServiceMetric } from '../service-metric.ts';
import { type InputFrom, inputFrom } from './event-input.ts';
import { type EventTest, eventTestFrom } from './event-pattern.ts';

export interface EventBusOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly latencies: Latencies;
  readonly region: string;
  readonly accountId: string;
  /**
   * How late the event is delivered, in milliseconds on top of the latency, once for each delivery:
   * none when it is lost, two when it is duplicated. Asked for every rule that takes the event.
   * @default once, no later
   */
  readonly deliveries?: (event: CloudEvent) => readonly number[];
  /** Calls a target. Rejects when the target refused. */
  startExecution(stateMachineArn: string, name: string, input: string): Promise<void>;
  /** AWS/Events, as far as alarms read it. @default nobody is told */
  readonly onMetric?: (metric: ServiceMetric) => void;
}

export interface DeadLetter {
  readonly ruleName: string;
  readonly event: CloudEvent;
  /** EventBridge's ERROR_MESSAGE attribute. */
  readonly reason: string;
  readonly atMs: number;
}

export interface EventBus {
  put(event: CloudEvent): void;
  /** Creates a rule from the properties of `AWS::Events::Rule`. */
  addRule(properties: unknown, fallbackName: string): { ruleName: string; ruleArn: string };
  /** From now on it starts nothing more; what is on its way to its targets gets there. */
  removeRule(ruleName: string): void;
  /** What was given up, by the queue's ARN. */
  deadLetters(queueArn: string): readonly DeadLetter[];
  stop(): Promise<void>;
}

/** EventBridge's defaults for a target: 24 h and 185 retries. */
const defaultMaximumAgeSeconds = 86_400;
const defaultRetryAttempts = 185;
/** Estimate: "exponential backoff with jitter", no figures are published. */
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly test: EventTest | undefined;
  readonly rateMs: number | undefined;
  readonly targets: readonly Target[];
  readonly removed: AbortController;
}

interface Target {
  readonly arn: string;
  readonly input: InputFrom;
  readonly maximumAgeMs: number;
  readonly retryAttempts: number;
  readonly deadLetterQueueArn: string | undefined;
}

export function createEventBus(options: EventBusOptions): EventBus {
  const { clock } = options;
  const rules = new Map<string, Rule>();
  const deadLetters = new Map<string, DeadLetter[]>();
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  const inBackground = (work: Promise<void>): void => {
    const settled = work
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      })
      .finally(() => underWay.delete(settled));
    underWay.add(settled);
  };
  const giveUp = (rule: Rule, target: Target, event: CloudEvent, reason: string): void => {
    if (target.deadLetterQueueArn === undefined) return;
    const letters = deadLetters.get(target.deadLetterQueueArn) ?? [];
    letters.push({ ruleName: rule.name, event, reason, atMs: clock.now() });
    deadLetters.set(target.deadLetterQueueArn, letters);
  };
  const deliverOnce = async (rule: Rule, event: CloudEvent, lateMs: number): Promise<void> => {
    const acceptedAtMs = clock.now();
    if (lateMs > 0) await clock.sleep(lateMs, stopping.signal);
    for (const target of rule.targets) {
      inBackground(
        deliverTo(options, target, event, acceptedAtMs, stopping.signal).then((failure) => {
          if (failure !== undefined) giveUp(rule, target, event, failure);
          // Successful and failed ones count (EventBridge user guide, metrics); sent only if not zero.
          options.onMetric?.({
            namespace: 'AWS/Events',
            metricName: 'Invocations',
            dimensions: { RuleName: rule.name },
            value: 1,
          });
        }),
      );
    }
  };
  const deliver = (rule: Rule, event: CloudEvent): void => {
    for (const lateMs of options.deliveries?.(event) ?? [0]) {
      inBackground(deliverOnce(rule, event, lateMs));
    }
  };

  return {
    put(event) {
      if (stopping.signal.aborted) return;
      for (const rule of rules.values())
        if (rule.enabled && rule.test?.(event)) deliver(rule, event);
    },
    addRule(properties, fallbackName) {
      const rule = ruleFrom(properties, options, fallbackName);
      if (rules.has(rule.name)) throw new Error(`Rule ${rule.name} exists already.`);
      rules.set(rule.name, rule);
      if (rule.enabled && rule.rateMs !== undefined) {
        inBackground(
          runSchedule(
            options,
            rule.rateMs,
            AbortSignal.any([stopping.signal, rule.removed.signal]),
            () => deliver(rule, scheduledEvent(options, rule)),
          ),
        );
      }
      return { ruleName: rule.name, ruleArn: rule.arn };
    },
    removeRule(ruleName) {
      rules.get(ruleName)?.removed.abort(new Error(`Rule ${ruleName} was removed.`));
      rules.delete(ruleName);
    },
    deadLetters: (queueArn) => deadLetters.get(queueArn) ?? [],
    async stop() {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
}

/** @returns why the event was given up; nothing when it was delivered */
async function deliverTo(
  { clock, random, latencies, startExecution }: EventBusOptions,
  target: Target,
  event: CloudEvent,
  acceptedAtMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const giveUpAtMs = acceptedAtMs + target.maximumAgeMs;
  await clock.sleep(latencies('eventDelivery'), signal);
  for (let attempt = 0; ; attempt += 1) {
    if (clock.now() > giveUpAtMs) return 'The event is older than the maximum event age.';
    signal.throwIfAborted();
    try {
      // EventBridge names the executions that it starts after the event, and anew for each delivery.
      const name = `${event.id}_${uuidFrom(random)}`;
      await startExecution(target.arn, name, target.input(event));
      return undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!isWorthRetrying(error) || attempt >= target.retryAttempts) return message;
    }
    const backoffMs = Math.min(longestRetryMs, firstRetryMs * 2 ** attempt);
    await clock.sleep(backoffMs * (0.5 + random.next() / 2), signal);
  }
}

/** A missing target or permission is not retried; throttling and failures of the service are. */
function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false;
  return error.status >= 500 || /Throttling|LimitExceeded/.test(error.code);
}

/** A rate counts from the rule's creation. Ours was created at some time before: by seed. */
async function runSchedule(
  { clock, random }: EventBusOptions,
  rateMs: number,
  signal: AbortSignal,
  run: () => void,
): Promise<void> {
  let dueMs = clock.now() + random.next() * rateMs;
  for (;;) {
    const slept = await clock.sleep(Math.max(0, dueMs - clock.now()), signal).then(
      () => true,
      () => false,
    );
    if (!slept || signal.aborted) return;
    run();
    dueMs += rateMs;
  }
}

function scheduledEvent(options: EventBusOptions, rule: Rule): CloudEvent {
  return {
    version: '0',
    id: uuidFrom(options.random),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: options.accountId,
    time: `${new Date(options.clock.now()).toISOString().slice(0, 19)}Z`,
    region: options.region,
    resources: [rule.arn],
    detail: {},
  };
}

function ruleFrom(
  properties: unknown,
  place: { readonly region: string; readonly accountId: string },
  fallbackName: string,
): Rule {
  const implemented = [
    'Name',
    'Description',
    'EventPattern',
    'ScheduleExpression',
    'State',
    'Targets',
  ];
  const given = propertiesOf('AWS::Events::Rule', properties, implemented);
  const name = optionalText(given, 'Name') ?? fallbackName;
  const named = { ...given, what: `AWS::Events::Rule ${name}` };
  const pattern = given.values.EventPattern;
  const schedule = optionalText(named, 'ScheduleExpression');
  if (pattern === undefined && schedule === undefined) {
    throw new PropertyError(`${named.what} has neither EventPattern nor ScheduleExpression.`);
  }
  return {
    name,
    arn: `arn:aws:events:${place.region}:${place.accountId}:rule/${name}`,
    enabled: oneOf(named, 'State', ['ENABLED', 'DISABLED'], 'ENABLED') === 'ENABLED',
    test: pattern === undefined ? undefined : eventTestFrom(pattern),
    rateMs: schedule === undefined ? undefined : rateMsOf(named, schedule),
    targets: list(named, 'Targets').map((target) => targetFrom(named, target)),
    removed: new AbortController(),
  };
}

function rateMsOf(rule: Properties, schedule: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[unit ?? ''];
  if (unitMs === undefined || Number(count) < 1) {
    throw new PropertyError(
      `${rule.what}: ScheduleExpression is ${schedule}, but the local cloud implements only rate(N minutes), hours and days.`,
    );
  }
  return Number(count) * unitMs;
}

function targetFrom(rule: Properties, value: unknown): Target {
  const target = propertiesOf(`${rule.what} target`, value, [
    'Id',
    'Arn',
    'RoleArn',
    'Input',
    'InputPath',
    'InputTransformer',
    'RetryPolicy',
    'DeadLetterConfig',
  ]);
  const arn = text(target, 'Arn');
  if (!arn.includes(':states:')) {
    throw new PropertyError(
      `${target.what} is ${arn}, but only state machines can be targets here.`,
    );
  }
  const retry = propertiesOf(`${target.what} RetryPolicy`, record(target, 'RetryPolicy'), [
    'MaximumEventAgeInSeconds',
    'MaximumRetryAttempts',
  ]);
  const queue = target.values.DeadLetterConfig;
  return {
    arn,
    input: inputFrom(target.what, target.values),
    maximumAgeMs:
      (optionalNumber(retry, 'MaximumEventAgeInSeconds') ?? defaultMaximumAgeSeconds) * 1000,
    retryAttempts: optionalNumber(retry, 'MaximumRetryAttempts') ?? defaultRetryAttempts,
    deadLetterQueueArn: isRecord(queue) && typeof queue.Arn === 'string' ? queue.Arn : undefined,
  };
}
