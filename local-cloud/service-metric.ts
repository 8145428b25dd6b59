/** One count of one service about itself, as it stands in CloudWatch under a namespace of AWS's own. */
export interface ServiceMetric {
  /** `AWS/States` and the like. */
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}
