/**
 * SNS: topics and the messages that were published. There are no subscriptions: messages are kept
 * to be read.
 * What can go wrong: a message passes here that SNS refuses. So its limits are checked (source:
 * Publish in the SNS API reference).
 */

import { uuidFrom } from '../chance/identifiers.ts';
import type { Random } from '../chance/random.ts';
import { ServiceError } from '../service/service.ts';
import type { Integrations } from '../step-functions/task-target.ts';
import type { Clock } from '../time/clock.ts';

export interface SnsMessage {
  readonly at: number;
  readonly topicArn: string;
  readonly messageId: string;
  readonly subject?: string;
  readonly message: string;
}

export interface Sns {
  /** Publish for Step Functions, which calls without an endpoint. */
  readonly integrations: Integrations;
  /** Publish for other services. Rejects as Publish does. */
  publish(topicArn: string, subject: string, message: string): Promise<void>;
  addTopic(topicArn: string): void;
  removeTopic(topicArn: string): void;
  /** The last 1,000 messages, oldest first. */
  messages(): readonly SnsMessage[];
}

interface PublishInput {
  readonly TopicArn?: string;
  readonly Subject?: string;
  readonly Message?: string;
}

const mostMessages = 1_000;
const largestMessageBytes = 262_144;

export function createSns(options: { readonly clock: Clock; readonly random: Random }): Sns {
  const topics = new Set<string>();
  const messages: SnsMessage[] = [];
  const publish = async (input: PublishInput) => {
    const { TopicArn: topicArn = '', Subject: subject, Message: message = '' } = input;
    if (!topics.has(topicArn)) {
      throw new ServiceError('NotFound', `Topic does not exist: ${topicArn}`, 404);
    }
    checkMessage(subject, message);
    const messageId = uuidFrom(options.random);
    messages.push({
      at: options.clock.now(),
      topicArn,
      messageId,
      message,
      ...(subject === undefined ? {} : { subject }),
    });
    if (messages.length > mostMessages) messages.shift();
    return { MessageId: messageId };
  };
  return {
    integrations: {
      'sns:publish': {
        errorPrefix: 'SNS',
        operation: { takes: ['TopicArn', 'Subject', 'Message'], run: publish },
      },
    },
    async publish(topicArn, subject, message) {
      await publish({ TopicArn: topicArn, Subject: subject, Message: message });
    },
    addTopic: (topicArn) => void topics.add(topicArn),
    removeTopic: (topicArn) => void topics.delete(topicArn),
    messages: () => messages,
  };
}

/**
 * ASCII that begins with a letter, a number or a punctuation mark, fewer than 100, no line break.
 */
function checkMessage(subject: string | undefined, message: string): void {
  if (subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(subject)) {
    throw new ServiceError('InvalidParameter', `Invalid parameter: Subject ${subject}`);
  }
  if (message === '' || Buffer.byteLength(message) > largestMessageBytes) {
    throw new ServiceError(
      'InvalidParameter',
      `Invalid parameter: Message must have 1 to ${largestMessageBytes} bytes.`,
    );
  }
}
