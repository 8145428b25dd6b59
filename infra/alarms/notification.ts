/**
 * Where people are notified: a topic, and a subscription if an address is known. Others
 * (a chat, a pager) are subscribed to the topic by whoever runs them.
 * What can go wrong: an e-mail subscription says nothing until its owner has confirmed it.
 */
import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscription, type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

interface NotificationTopicProps {
  readonly clusterName: string;
  /** One that is there already. */
  readonly topic: ITopic | undefined;
  readonly email: string | undefined;
}

export class NotificationTopic extends Construct {
  readonly topic: ITopic;
  /** L1, so that a stack can put a condition on it. */
  readonly emailSubscription: CfnSubscription | undefined;

  constructor(scope: Construct, id: string, props: NotificationTopicProps) {
    super(scope, id);
    this.topic =
      props.topic ??
      new Topic(this, 'Topic', {
        displayName: `Coordinator failover of ${props.clusterName}`,
        enforceSSL: true,
      });
    if (props.topic === undefined) this.letAlarmsPublish(props.clusterName);
    this.emailSubscription =
      props.email === undefined
        ? undefined
        : new CfnSubscription(this, 'Email', {
            topicArn: this.topic.topicArn,
            protocol: 'email',
            endpoint: props.email,
          });
  }

  /** A topic with a policy of its own lets nobody in who is not named there: alarms have no role. */
  private letAlarmsPublish(clusterName: string): void {
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: `${clusterName}-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsTell',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          ArnLike: { 'aws:SourceArn': alarms },
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        },
      }),
    );
  }
}
