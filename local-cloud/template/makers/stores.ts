/**
 * Topics, queues, log groups and the like: names and ARNs to refer to. Only a topic keeps anything.
 */

import { uuidFrom } from '../../chance/identifiers.ts';
import type { Random } from '../../chance/random.ts';
import type { CloudWatch } from '../../cloudwatch/cloudwatch.ts';
import type { EventBus } from '../../event-bus/event-bus.ts';
import type { ResourcePolicies } from '../../iam/resource-policies.ts';
import { optionalText, text } from '../../service/properties.ts';
import type { Sns } from '../../sns/sns.ts';
import {
  type Created,
  type Makers,
  named,
  read,
  type ToBeMade,
  unlessReplaced,
} from '../resource.ts';
import { queuePolicy, topicPolicy } from './policies.ts';

interface StoreOptions {
  readonly region: string;
  readonly accountId: string;
  readonly random: Random;
  readonly sns: Sns;
  readonly cloudWatch: CloudWatch;
  readonly eventBus: EventBus;
  readonly resourcePolicies: ResourcePolicies;
}

export function storeMakers(options: StoreOptions): Makers {
  const { region, accountId, random, sns } = options;
  const arnOf = (service: string, rest: string) =>
    `arn:aws:${service}:${region}:${accountId}:${rest}`;
  return {
    'AWS::Logs::LogGroup'(resource) {
      const names = ['LogGroupName', 'LogGroupClass', 'RetentionInDays', 'KmsKeyId', 'Tags'];
      const name = optionalText(read(resource, names), 'LogGroupName') ?? resource.nameOf(512);
      const attributes = { Arn: arnOf('logs', `log-group:${name}:*`) };
      return named(resource, { physicalId: name, attributes }, ['LogGroupName']);
    },
    'AWS::SQS::Queue'(resource) {
      const names = ['QueueName', 'MessageRetentionPeriod', 'SqsManagedSseEnabled', 'Tags'];
      const name = optionalText(read(resource, names), 'QueueName') ?? resource.nameOf(80);
      const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
      const attributes = { Arn: arnOf('sqs', name), QueueName: name, QueueUrl: url };
      gaugeQueue(options, name, attributes.Arn);
      return named(resource, { physicalId: url, attributes }, ['QueueName']);
    },
    'AWS::SQS::QueuePolicy': (resource) => queuePolicy(resource, options),
    'AWS::SNS::Topic'(resource) {
      const names = ['TopicName', 'DisplayName', 'KmsMasterKeyId', 'Tags'];
      const name = optionalText(read(resource, names), 'TopicName') ?? resource.nameOf(256);
      const arn = arnOf('sns', name);
      sns.addTopic(arn);
      return topic(sns, resource, { arn, name });
    },
    'AWS::SNS::TopicPolicy': (resource) => topicPolicy(resource, options),
    // Subscriptions send nothing: sns.ts keeps the messages.
    'AWS::SNS::Subscription'(resource) {
      const names = ['TopicArn', 'Protocol', 'Endpoint'];
      const physicalId = `${text(read(resource, names), 'TopicArn')}:${uuidFrom(random)}`;
      return named(resource, { physicalId }, names);
    },
  };
}

/**
 * A queue reports once a minute from its first message on. No message is ever taken out, so it
 * never falls silent (an empty queue does after six hours: SQS developer guide, metrics).
 */
function gaugeQueue({ cloudWatch, eventBus }: StoreOptions, name: string, queueArn: string): void {
  cloudWatch.addGauge(
    {
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: [{ name: 'QueueName', value: name }],
    },
    (atMs) => {
      const letters = eventBus.deadLetters(queueArn).filter((letter) => letter.atMs <= atMs);
      return letters.length === 0 ? undefined : letters.length;
    },
  );
}

function topic(
  sns: Sns,
  from: ToBeMade,
  made: { readonly arn: string; readonly name: string },
): Created {
  const { arn, name } = made;
  return {
    physicalId: arn,
    attributes: { TopicArn: arn, TopicName: name },
    change: unlessReplaced(from, ['TopicName'], (to) => topic(sns, to, made)),
    remove: () => sns.removeTopic(arn),
  };
}
