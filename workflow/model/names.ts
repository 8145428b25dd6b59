/**
 * Every name that two parts of the system share: tags, metrics, alarms.
 * What can go wrong: a name that differs between host, functions and template is a witness that nobody hears.
 */

/** Tags on instances and on the network interface. Values: at most 256 characters (EC2). */
export const tagKeys = {
  /** The cluster that a resource belongs to. Nothing else makes an instance ours. */
  cluster: 'coordinator-failover:cluster',
  /** On a coordinator: its place among HACoordinatorsCount, "1" to "9". */
  slot: 'coordinator-failover:slot',
  /** On a coordinator: how often its slot has been filled, "1" for the first. */
  generation: 'coordinator-failover:generation',
  /** On a coordinator: the launch template version that it was launched from (model/tags.ts). */
  templateVersion: 'coordinator-failover:template-version',
  /** On a coordinator that never gets the address again: why, and by which execution. */
  retired: 'coordinator-failover:retired',
  /** On the network interface: automatic failover is paused (model/tags.ts). */
  paused: 'coordinator-failover:paused',
  /**
   * On the network interface: the stack is being deleted. With any value, nothing is launched or attached.
   */
  stackDeleting: 'coordinator-failover:stack-deleting',
  /** On the network interface: failovers before its time do not count (model/tags.ts). */
  acknowledged: 'coordinator-failover:acknowledged',
  /** On the network interface: what people were last told, and when (model/tags.ts). */
  notified: 'coordinator-failover:notified',
  /** On the network interface: times of recent failovers, epoch seconds separated by spaces. */
  failovers: 'coordinator-failover:failovers',
} as const;

export const metricNames = {
  /** 1 = ready, 0 = not, as a host's own probe sees it. Dimensions: Cluster, InstanceId. */
  health: 'Health',
  /** The same, published by the host that holds the address. Dimension: Cluster. */
  activeHealth: 'ActiveHealth',
  /**
   * 1 = a standby's probe got a ready answer at the coordinator address, 0 = it did not.
   * Published twice: with Cluster (for the alarm) and with Cluster, InstanceId (as evidence).
   */
  reachable: 'Reachable',
  /** How much a host's image lacks. Dimensions: Cluster, InstanceId. */
  imageProblems: 'ImageProblems',
  /** Coordinators that answer ready, and those of them without the address. Dimension: Cluster. */
  readyCoordinators: 'ReadyCoordinators',
  readyStandbys: 'ReadyStandbys',
  /** From the start of the execution to the verified coordinator. Dimension: Cluster. */
  failoverSeconds: 'FailoverSeconds',
} as const;

export const dimensionNames = { cluster: 'Cluster', instanceId: 'InstanceId' } as const;

/** One per cluster: a host may write into its own only (IAM). */
export function metricNamespace(clusterName: string): string {
  return `CoordinatorFailover/${clusterName}`;
}

/** The alarms that start an execution, by the metric that they watch. */
export function alarmNames(clusterName: string): { activeHealth: string; reachable: string } {
  return {
    activeHealth: `${clusterName}-coordinator-active-health`,
    reachable: `${clusterName}-coordinator-reachable`,
  };
}

/** The alarms that tell people and start nothing, by what they watch for. */
const watchNames = {
  failedOver: 'failed-over',
  executionFailed: 'failover-failed',
  executionTimedOut: 'failover-timed-out',
  deadLetters: 'failover-dead-letters',
  redundancyLost: 'redundancy-lost',
  noCoordinator: 'no-coordinator',
  scheduleSilent: 'failover-schedule-silent',
} as const;

export type WatchName = keyof typeof watchNames;

export function watchAlarmNames(clusterName: string): Readonly<Record<WatchName, string>> {
  const named = Object.entries(watchNames).map(([watch, name]) => [
    watch,
    `${clusterName}-${name}`,
  ]);
  return Object.fromEntries(named) as Record<WatchName, string>;
}

export function dashboardName(clusterName: string): string {
  return `${clusterName}-coordinator`;
}

/** Commands find the state machine by this name. */
export function stateMachineName(clusterName: string): string {
  return `${clusterName}-failover`;
}

/** The state machine that creates, updates and deletes a stack's coordinators. */
export function stackOperationMachineName(clusterName: string): string {
  return `${clusterName}-stack-operation`;
}

/** Part of tags, metric namespaces, alarm names and a state machine's name: at most 80 characters (Step Functions). */
export const clusterNamePattern = /^[A-Za-z][A-Za-z0-9-]{0,69}$/;
