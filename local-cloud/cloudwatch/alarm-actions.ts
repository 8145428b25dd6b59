/**
 * Carries out the actions of an alarm that changed its state: publishes to topics.
 * What can go wrong: a topic refuses. The refusal stands in the alarm's history, and nowhere else.
 */
import type { AlarmHistoryItem } from '@aws-sdk/client-cloudwatch';
import type { Authorizer } from '../iam/authorizer.ts';
import { actionsOf, notification } from './alarm-notification.ts';
import { actionItem } from './alarm-records.ts';

interface ActionsOptions {
  readonly region: string;
  readonly accountId: string;
  /** Whether a topic lets alarms publish. @default every topic does */
  readonly authorizer?: () => Authorizer;
  notify(topicArn: string, subject: string, message: string): Promise<void>;
}

/** A topic that refuses does not keep the next from being told. */
export async function carryOut(
  options: ActionsOptions,
  changed: Parameters<typeof notification>[1],
  history: AlarmHistoryItem[],
): Promise<void> {
  const { definition, state } = changed;
  const { subject, message } = notification(options, changed);
  for (const topicArn of actionsOf(definition, state.state)) {
    const failure =
      refusalToNotify(options, definition.arn, topicArn) ??
      (await options.notify(topicArn, subject, message).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ));
    history.push(actionItem(definition, state, topicArn, failure));
  }
}

/** CloudWatch publishes as itself: the topic's policy must allow it. */
function refusalToNotify(
  { authorizer }: ActionsOptions,
  alarmArn: string,
  topicArn: string,
): string | undefined {
  const service = { name: 'cloudwatch.amazonaws.com', sourceArn: alarmArn };
  return authorizer?.().refusalOfService(service, { action: 'sns:Publish', resource: topicArn });
}
