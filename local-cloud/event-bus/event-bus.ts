/**
 * EventBridge's default bus: rules by pattern and by schedule, state machines as targets.
 * What can go wrong: an event comes late, or more than once. So a rule limits the age of what it
 * delivers. A failed delivery ends in the dead-letter queue.
 */

import { uuidFrom } from '../chance/identifiers.ts';
import { ServiceError } from '../service/service.ts';
import type { ServiceOptions } from '../service/service-options.ts';
import type { CloudEvent, ServiceMetric } from '../service/signals.ts';
import {
  createDeadLetters,
  type DeadLetter,
  type LostLetter,
  serviceName,
} from './dead-letters.ts';
import { type EventRule, type RuleTarget, ruleFrom } from './rules.ts';

export interface EventBusOptions extends ServiceOptions {
  /**
   * Delays of an event in milliseconds, on top of the latency, one for each delivery: none for a
   * lost event, two for a duplicate. Asked for every rule that matches.
   * @default one delivery, no delay
   */
  readonly deliveries?: (event: CloudEvent) => readonly number[];
  /** Calls a target. Rejects when the target refused. */
  startExecution(stateMachineArn: string, name: string, input: string): Promise<void>;
  /** Receives the metrics of AWS/Events. @default nobody */
  readonly onMetric?: (metric: ServiceMetric) => void;
}

export interface EventBus {
  put(event: CloudEvent): void;
  /** Creates a rule from the properties of `AWS::Events::Rule`. */
  addRule(properties: unknown, fallbackName: string): { ruleName: string; ruleArn: string };
  /** Stops the rules. Deliveries under way arrive. */
  removeRule(ruleName: string): void;
  /** Events that were given up, by the queue's ARN. */
  deadLetters(queueArn: string): readonly DeadLetter[];
  /** Events that were given up and that the queue refused, with the refusal. */
  lostLetters(): readonly LostLetter[];
  stop(): Promise<void>;
}

/** Estimate: "exponential backoff with jitter", no figures are published. */
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

export function createEventBus(options: EventBusOptions): EventBus {
  const { clock } = options;
  const rules = new Map<string, EventRule>();
  const deadLetters = createDeadLetters(options);
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
  const deliverOnce = async (rule: EventRule, event: CloudEvent, lateMs: number): Promise<void> => {
    const acceptedAtMs = clock.now();
    if (lateMs > 0) await clock.sleep(lateMs, stopping.signal);
    for (const target of rule.targets) {
      inBackground(
        deliverTo(options, { rule, target, event, acceptedAtMs }, stopping.signal).then(
          (failure) => {
            if (failure !== undefined) deadLetters.giveUp(rule, target, event, failure);
            options.onMetric?.(invocationMetric(rule));
          },
        ),
      );
    }
  };
  const deliver = (rule: EventRule, event: CloudEvent): void => {
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
    deadLetters: deadLetters.in,
    lostLetters: deadLetters.lost,
    async stop() {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
}

/** Counts successes and failures (EventBridge user guide, metrics); a zero is not sent. */
function invocationMetric(rule: EventRule): ServiceMetric {
  const dimensions = { RuleName: rule.name };
  return { namespace: 'AWS/Events', metricName: 'Invocations', dimensions, value: 1 };
}

interface Delivery {
  readonly rule: EventRule;
  readonly target: RuleTarget;
  readonly event: CloudEvent;
  readonly acceptedAtMs: number;
}

/** @returns why the event was given up; undefined when it was delivered */
async function deliverTo(
  options: EventBusOptions,
  { rule, target, event, acceptedAtMs }: Delivery,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { clock, random, latencies, startExecution } = options;
  const giveUpAtMs = acceptedAtMs + target.maximumAgeMs;
  await clock.sleep(latencies('eventDelivery'), signal);
  for (let attempt = 0; ; attempt += 1) {
    if (clock.now() > giveUpAtMs) return 'The event is older than the maximum event age.';
    signal.throwIfAborted();
    try {
      authorizeTarget(options, rule, target);
      // EventBridge names an execution after the event, with a new name for each delivery.
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

/** EventBridge calls a state machine with the role of the target. */
function authorizeTarget(
  { authorizer }: EventBusOptions,
  rule: EventRule,
  target: RuleTarget,
): void {
  if (authorizer === undefined) return;
  const { roleArn = '' } = target;
  const service = { name: serviceName, sourceArn: rule.arn };
  const untrusted = authorizer().refusalToAssume(service, roleArn);
  if (untrusted !== undefined) throw new ServiceError('AccessDeniedException', untrusted, 403);
  authorizer().authorize({
    service: 'sfn',
    operation: 'StartExecution',
    input: { stateMachineArn: target.arn },
    caller: { accessKeyId: 'EventBridge', principalArn: roleArn, sessionName: rule.name },
  });
}

/** A missing target or permission is not retried. Throttling and failures of the service are. */
function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false;
  return error.status >= 500 || /Throttling|LimitExceeded/.test(error.code);
}

/** A rate counts from the rule's creation. The seed says when that was. */
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

function scheduledEvent(options: EventBusOptions, rule: EventRule): CloudEvent {
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
