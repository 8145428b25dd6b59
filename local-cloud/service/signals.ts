/** What services send each other: events, and counts of themselves. */

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

/** The event types that services here send, by source. A rule for any other would never match. */
export const eventsSent: Readonly<Record<string, readonly string[]>> = {
  'aws.cloudwatch': ['CloudWatch Alarm State Change'],
  'aws.ec2': ['EC2 Instance State-change Notification'],
  'aws.events': ['Scheduled Event'],
};

/** A count that a service reports of itself, under a namespace of AWS. */
export interface ServiceMetric {
  /** `AWS/States` and the like. */
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}
