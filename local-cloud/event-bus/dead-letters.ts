/**
 * Events that could not be delivered, in the queues that their rules name.
 * What can go wrong: a queue's policy refuses EventBridge. Then the event is gone, and on AWS only
 * the metric InvocationsFailedToBeSentToDlq tells. Here the loss is kept.
 * Source: EventBridge user guide, "Using dead-letter queues", permissions.
 */

import type { Authorizer } from '../iam/authorizer.ts';
import type { CloudEvent } from '../service/signals.ts';
import type { Clock } from '../time/clock.ts';
import type { EventRule, RuleTarget } from './rules.ts';

export interface DeadLetter {
  readonly ruleName: string;
  readonly event: CloudEvent;
  /** EventBridge's ERROR_MESSAGE attribute. */
  readonly reason: string;
  readonly atMs: number;
}

export interface LostLetter extends DeadLetter {
  /** Why the queue refused. */
  readonly refusal: string;
}

export interface DeadLetters {
  giveUp(rule: EventRule, target: RuleTarget, event: CloudEvent, reason: string): void;
  in(queueArn: string): readonly DeadLetter[];
  lost(): readonly LostLetter[];
}

/** What EventBridge calls itself. */
export const serviceName = 'events.amazonaws.com';

export function createDeadLetters(options: {
  readonly clock: Clock;
  /** @default every queue takes the event */
  readonly authorizer?: () => Authorizer;
}): DeadLetters {
  const { clock, authorizer } = options;
  const letters = new Map<string, DeadLetter[]>();
  const lost: LostLetter[] = [];
  return {
    giveUp(rule, { deadLetterQueueArn: queueArn }, event, reason) {
      if (queueArn === undefined) return;
      const letter = { ruleName: rule.name, event, reason, atMs: clock.now() };
      const service = { name: serviceName, sourceArn: rule.arn };
      const request = { action: 'sqs:SendMessage', resource: queueArn };
      const refusal = authorizer?.().refusalOfService(service, request);
      if (refusal !== undefined) lost.push({ ...letter, refusal });
      else letters.set(queueArn, [...(letters.get(queueArn) ?? []), letter]);
    },
    in: (queueArn) => letters.get(queueArn) ?? [],
    lost: () => lost,
  };
}
