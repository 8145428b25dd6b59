/** An event as EventBridge carries it. */
export interface CloudEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

/** What AWS's services send here: by source, the types. Whoever waits for anything else waits for ever. */
export const eventsSent: Readonly<Record<string, readonly string[]>> = {
  'aws.cloudwatch': ['CloudWatch Alarm State Change'],
  'aws.ec2': ['EC2 Instance State-change Notification'],
  'aws.events': ['Scheduled Event'],
};
