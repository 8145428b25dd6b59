/** What services tell each other: events, and what each counts about itself. */

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

/** One count of one service about itself, as it stands in CloudWatch under a namespace of AWS's own. */
export interface ServiceMetric {
  /** `AWS/States` and the like. */
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}
