/**
 * Where people are told what happened: a topic, and a subscription if an address is known. Others
 * (a chat, a pager) are subscribed to the topic by whoever runs them.
 * What can go wrong: an e-mail subscription says nothing until its owner has confirmed it.
 */
import { CfnSubscription, type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

interface NotificationProps {
  readonly clusterName: string;
  /** One that is there already. */
  readonly topic: ITopic | undefined;
  readonly email: string | undefined;
}

export class Notification extends Construct {
  readonly topic: ITopic;
  /** L1, so that a stack can put a condition on it. */
  readonly emailSubscription: CfnSubscription | undefined;

  constructor(scope: Construct, id: string, props: NotificationProps) {
    super(scope, id);
    this.topic =
      props.topic ??
      new Topic(this, 'Topic', {
        displayName: `Coordinator failover of ${props.clusterName}`,
        enforceSSL: true,
      });
    this.emailSubscription =
      props.email === undefined
        ? undefined
        : new CfnSubscription(this, 'Email', {
            topicArn: this.topic.topicArn,
            protocol: 'email',
            endpoint: props.email,
          });
  }
}
