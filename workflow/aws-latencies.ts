/**
 * How long AWS takes: one table. The time budget is computed from it; drill, simulation and benchmark draw from it.
 * What can go wrong: flattering numbers. Where no figure is documented or reported, the source says "estimate" and
 * why, and the estimate is on the slow side.
 */

/** Lognormal through the two percentiles, capped. */
interface AwsLatency {
  /** Half of the cases are below. */
  readonly p50Ms: number;
  /** 95 of 100 cases are below. */
  readonly p95Ms: number;
  /** No case is above: the lognormal's tail would have no end. */
  readonly mostMs: number;
  readonly source: string;
}

export const awsLatencies = {
  /** One API call inside a region, as its caller sees it. */
  apiCall: {
    p50Ms: 60,
    p95Ms: 250,
    mostMs: 1_500,
    source:
      'Estimate: EC2 and CloudWatch calls from inside their region are seen to take tens to hundreds of milliseconds; no figure is published.',
  },
  /** How far behind the truth an EC2 describe answers. Drawn for every describe. */
  describeLag: {
    p50Ms: 700,
    p95Ms: 3_000,
    mostMs: 8_000,
    source:
      'EC2 developer guide, eventual consistency: changes may not be visible at once, no figure. boto3 issue 4386: the old state is described right after a state-change event. Seconds: estimate.',
  },
  /** RunInstances until `running`. */
  runInstancesToRunning: {
    p50Ms: 12_000,
    p95Ms: 22_000,
    mostMs: 60_000,
    source: 'Measured by others: 6-23 s from RunInstances to running.',
  },
  /** `running` until user data runs. */
  guestBoot: {
    p50Ms: 8_000,
    p95Ms: 14_000,
    mostMs: 60_000,
    source: 'Measured by others: reachable by ssh 16-26 s after RunInstances, less the row above.',
  },
  /** DetachNetworkInterface until `detached`, from a guest that cooperates. */
  eniDetach: {
    p50Ms: 3_000,
    p95Ms: 20_000,
    mostMs: 200_000,
    source:
      'Reported: about a second to 150 s; amazon.aws pull request 501 saw more than 200 s in `detaching`; amazon-vpc-cni issue 1399 finds 2 s not enough.',
  },
  /** The same with Force, which does not wait for the guest. */
  eniForceDetach: {
    p50Ms: 2_500,
    p95Ms: 12_000,
    mostMs: 150_000,
    source:
      'Estimate: as eniDetach without the wait for the guest. No separate figure is published.',
  },
  /** AttachNetworkInterface until the attachment reads `attached`. */
  eniAttach: {
    p50Ms: 1_000,
    p95Ms: 3_500,
    mostMs: 30_000,
    source:
      'Estimate: reports of a whole attach, visible in the guest, are "up to 5 s"; this is its first part.',
  },
  /** `attached` until packets reach the guest through the interface. */
  eniUsableInGuest: {
    p50Ms: 2_000,
    p95Ms: 8_000,
    mostMs: 180_000,
    source:
      'Reported: usually up to 5 s, with a tail of minutes; amazon-ecs-agent issue 1520 saw 3 minutes after `attached`.',
  },
  /** TerminateInstances, with the OS shutdown: until nothing on the machine runs any more. */
  osShutdown: {
    p50Ms: 15_000,
    p95Ms: 60_000,
    mostMs: 300_000,
    source:
      'EC2 user guide: the OS is given time to shut down, no figure. Estimate: a server that stops its services one by one.',
  },
  /** The same with SkipOsShutdown: until the power is off. */
  powerOff: {
    p50Ms: 1_000,
    p95Ms: 3_000,
    mostMs: 10_000,
    source: 'Estimate: the hypervisor needs no answer from the guest, only the control plane.',
  },
  /** Power off until `terminated`. */
  instanceTermination: {
    p50Ms: 10_000,
    p95Ms: 40_000,
    mostMs: 180_000,
    source:
      'Estimate: terminations are seen to take from some ten seconds to over a minute, most of it after the shutdown.',
  },
  /** Power off until `stopped`. */
  instanceStop: {
    p50Ms: 10_000,
    p95Ms: 40_000,
    mostMs: 180_000,
    source: 'Estimate: as a termination, of which most is the same work.',
  },
  /** From a guest that no longer answers (or answers again) until its status check says so. */
  statusCheck: {
    p50Ms: 75_000,
    p95Ms: 150_000,
    mostMs: 300_000,
    source:
      'EC2 user guide, status checks: they run every minute. Estimate: the next check, and the time until it is published.',
  },
  /** `terminated` until an interface that survives the instance is free again. */
  eniReleaseAfterTermination: {
    p50Ms: 2_000,
    p95Ms: 10_000,
    mostMs: 60_000,
    source:
      'Unknown. Estimate: fck-nat pull request 43 finds the interface still in use while the old instance goes.',
  },
  /** `attached` until the instance metadata lists the interface. */
  imdsAttachLag: {
    p50Ms: 3_000,
    p95Ms: 12_000,
    mostMs: 18_000,
    source: 'Reported: a new interface can be listed up to 18 s late.',
  },
  /** `detached` until the instance metadata no longer lists it. */
  imdsDetachLag: {
    p50Ms: 10_000,
    p95Ms: 90_000,
    mostMs: 240_000,
    source: 'Reported: a detached interface can stay listed for minutes.',
  },
  /** PutMetricData until alarms and GetMetricData see the value. */
  metricIngestion: {
    p50Ms: 1_500,
    p95Ms: 4_000,
    mostMs: 30_000,
    source: 'CloudWatch documentation: usable a few seconds later. The spread is an estimate.',
  },
  /** An event put on the bus until its rule's target is called. */
  eventDelivery: {
    p50Ms: 250,
    p95Ms: 900,
    mostMs: 10_000,
    source:
      'AWS gave 129 ms (99th percentile) for custom events in 2024, half a second before 2023. Estimate: events of AWS services take one hop more.',
  },
  /** What a cold start costs beyond loading the code, which the local cloud does for real. */
  lambdaColdStart: {
    p50Ms: 250,
    p95Ms: 700,
    mostMs: 3_000,
    source:
      'Published benchmark (gist adriantanasa/06a9cbc3, nodejs20.x, 100 cold starts): init 242-374 ms on average, 90th percentile 570-700 ms.',
  },
  /** What an invocation of a warm function costs beyond its own work. */
  lambdaInvoke: {
    p50Ms: 20,
    p95Ms: 60,
    mostMs: 500,
    source: 'Same benchmark: warm requests take 19-34 ms on average. The spread is an estimate.',
  },
  /** From one state of a Standard state machine to the next. */
  stateTransition: {
    p50Ms: 40,
    p95Ms: 150,
    mostMs: 2_000,
    source:
      'Estimate: execution histories of Standard workflows show tens of milliseconds between the events of neighbouring states.',
  },
  /** From what happens to an execution until DescribeExecution and ListExecutions tell. */
  executionLag: {
    p50Ms: 200,
    p95Ms: 1_000,
    mostMs: 3_000,
    source:
      'Step Functions API reference, DescribeExecution, ListExecutions: "eventually consistent", no figure. Estimate.',
  },
  /** UpdateStateMachine until executions that start have the new definition. */
  stateMachineUpdate: {
    p50Ms: 500,
    p95Ms: 2_000,
    mostMs: 5_000,
    source:
      'Step Functions API reference, UpdateStateMachine: "within a few seconds". The spread is an estimate.',
  },
} as const satisfies Record<string, AwsLatency>;

export type AwsLatencyName = keyof typeof awsLatencies;
