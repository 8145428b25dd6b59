/**
 * Rules as templates have them: what they match, when they are due, whom they call.
 * What can go wrong: a schedule or a target of another kind. It is refused, not passed over.
 */
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
import { type InputFrom, inputFrom } from './event-input.ts';
import { type EventTest, eventTestFrom } from './event-pattern.ts';

/** EventBridge's defaults for a target: 24 h and 185 retries. */
const defaultMaximumAgeSeconds = 86_400;
const defaultRetryAttempts = 185;
export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly test: EventTest | undefined;
  readonly rateMs: number | undefined;
  readonly targets: readonly Target[];
  readonly removed: AbortController;
}

export interface Target {
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
    roleArn: optionalText(target, 'RoleArn'),
    input: inputFrom(target.what, target.values),
    maximumAgeMs:
      (optionalNumber(retry, 'MaximumEventAgeInSeconds') ?? defaultMaximumAgeSeconds) * 1000,
    retryAttempts: optionalNumber(retry, 'MaximumRetryAttempts') ?? defaultRetryAttempts,
    deadLetterQueueArn: isRecord(queue) && typeof queue.Arn === 'string' ? queue.Arn : undefined,
  };
}
