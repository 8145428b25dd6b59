/**
 * Rules from templates: what they match, when they are due, which targets they call. Other kinds of
 * schedules and targets are refused.
 */

import {
  isRecord,
  list,
  oneOf,
  optionalText,
  optionalWithin,
  type Properties,
  PropertyError,
  propertiesOf,
  record,
  text,
} from '../service/properties.ts';
import { eventsSent } from '../service/signals.ts';
import { type InputFrom, inputFrom } from './event-input.ts';
import { type EventTest, eventTestFrom } from './event-pattern.ts';

/** Limits of a target (API reference, RetryPolicy). The defaults are the maxima: 24 h, 185. */
const maximumAgeSeconds = [60, 86_400] as const;
const retryAttempts = [0, 185] as const;
/** PutTargets: the most targets of one rule. */
const mostTargets = 5;

export interface EventRule {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly test: EventTest | undefined;
  readonly rateMs: number | undefined;
  readonly targets: readonly RuleTarget[];
  readonly removed: AbortController;
}

export interface RuleTarget {
  readonly arn: string;
  readonly roleArn: string | undefined;
  readonly input: InputFrom;
  readonly maximumAgeMs: number;
  readonly retryAttempts: number;
  readonly deadLetterQueueArn: string | undefined;
}

export function ruleFrom(
  properties: unknown,
  place: { readonly region: string; readonly accountId: string },
  fallbackName: string,
): EventRule {
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
  const targets = list(named, 'Targets');
  if (targets.length > mostTargets) {
    throw new PropertyError(
      `${named.what} has ${targets.length} targets, but takes up to ${mostTargets}.`,
    );
  }
  return {
    name,
    arn: `arn:aws:events:${place.region}:${place.accountId}:rule/${name}`,
    enabled: oneOf(named, 'State', ['ENABLED', 'DISABLED'], 'ENABLED') === 'ENABLED',
    test: pattern === undefined ? undefined : patternTest(named.what, pattern),
    rateMs: schedule === undefined ? undefined : rateMsOf(named, schedule),
    targets: targets.map((target) => targetFrom(named, target)),
    removed: new AbortController(),
  };
}

/** Refuses a source or type that no service here sends: the rule would never match. */
function patternTest(what: string, pattern: unknown): EventTest {
  const test = eventTestFrom(pattern);
  const { source = [], 'detail-type': type = [] } = isRecord(pattern) ? pattern : {};
  const types = Object.values(eventsSent).flat();
  const unsent = [
    ...textsIn(source).filter((one) => one.startsWith('aws.') && !(one in eventsSent)),
    ...textsIn(type).filter((one) => !types.includes(one) && textsIn(source).every(isOfAws)),
  ];
  if (unsent.length === 0) return test;
  throw new PropertyError(
    `${what} waits for ${unsent.join(', ')}, which nobody in the local cloud sends. It sends: ${JSON.stringify(eventsSent)}.`,
  );
}

function textsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

function isOfAws(source: string): boolean {
  return source.startsWith('aws.');
}

/** The unit of 1 is singular, of any other value plural: `rate(1 minutes)` is refused. */
function rateMsOf(rule: Properties, schedule: string): number {
  const [, count, unit, plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(schedule) ?? [];
  const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[unit ?? ''];
  if (unitMs === undefined || Number(count) < 1) {
    throw new PropertyError(
      `${rule.what}: ScheduleExpression is ${schedule}, but the local cloud implements only rate(N minutes), hours and days.`,
    );
  }
  if (Number(count) > 1 !== (plural === 's')) {
    throw new PropertyError(
      `${rule.what}: ScheduleExpression is ${schedule}, but AWS wants rate(1 ${unit}) or rate(N ${unit}s).`,
    );
  }
  return Number(count) * unitMs;
}

function targetFrom(rule: Properties, value: unknown): RuleTarget {
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
    roleArn: optionalText(target, 'RoleArn'),
    input: inputFrom(target.what, target.values),
    maximumAgeMs:
      (optionalWithin(retry, 'MaximumEventAgeInSeconds', maximumAgeSeconds) ??
        maximumAgeSeconds[1]) * 1000,
    retryAttempts: optionalWithin(retry, 'MaximumRetryAttempts', retryAttempts) ?? retryAttempts[1],
    deadLetterQueueArn: isRecord(queue) && typeof queue.Arn === 'string' ? queue.Arn : undefined,
  };
}
