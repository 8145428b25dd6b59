/**
 * Every name that two parts of the system must agree on: tags, metrics, alarms.
 * What can go wrong: a name that differs between the host, the functions and the template is a
 * witness that nobody hears. So they are all made here and nowhere else.
 */

/** Tags on instances and on the network interface. Values: at most 256 characters (EC2). */
export const tagKeys = {
  /** Which cluster a resource belongs to. The only thing that makes an instance ours. */
  cluster: 'coordinator-failover:cluster',
  /** On a coordinator: its place among HACoordinatorsCount, "1" to "9". */
  slot: 'coordinator-failover:slot',
  /** On a coordinator: how often its slot has been filled, "1" for the first. */
  generation: 'coordinator-failover:generation',
  /** On a coordinator: the launch template version that it was launched from (model/tags.ts). */
  templateVersion: 'coordinator-failover:template-version',
  /** On a coordinator: set by a failover; never promoted again. The value is the execution's ARN. */
  retired: 'coordinator-failover:retired',
  /** On the network interface: automatic failover is paused (model/tags.ts). */
  paused: 'coordinator-failover:paused',
  /**
   * On the network interface: the stack is being deleted. Nothing is launched or attached any more,
   * whatever the value is.
   */
  stackDeleting: 'coordinator-failover:stack-deleting',
  /** On the network interface: failovers before that time do not count any more (model/tags.ts). */
  acknowledged: 'coordinator-failover:acknowledged',
  /** On the network interface: what operators were last told, and when (model/tags.ts). */
  notified: 'coordinator-failover:notified',
  /** On the network interface: times of recent failovers, epoch seconds separated by spaces. */
  failovers: 'coordinator-failover:failovers',
} as const;

export const metricNames = {
  /** 1 = ready, 0 = not, of one host as its own probe sees it. Dimensions: Cluster, InstanceId. */
  health: 'Health',
  /** The same, published by the host that holds the address. Dimension: Cluster. */
  activeHealth: 'ActiveHealth',
  /**
   * 1 = a standby's probe got a ready answer at the coordinator address, 0 = it did not.
   * Published twice: with Cluster (for the alarm) and with Cluster, InstanceId (as evidence).
   */
  reachable: 'Reachable',
  /** What the image of a host lacks, as its probe counts it. Dimensions: Cluster, InstanceId. */
  imageProblems: 'ImageProblems',
  /** Coordinators that answer ready, and of them those without the address. Dimension: Cluster. */
  readyCoordinators: 'ReadyCoordinators',
  readyStandbys: 'ReadyStandbys',
  /** From the start of the execution to the verified coordinator. Dimension: Cluster. */
  failoverSeconds: 'FailoverSeconds',
} as const;

export const dimensionNames = { cluster: 'Cluster', instanceId: 'InstanceId' } as const;

/** A namespace of its own per cluster, so that a host can be allowed to write into this one only. */
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

/** The state machine is found by its name: whoever knows the cluster knows the ARN. */
export function stateMachineName(clusterName: string): string {
  return `${clusterName}-failover`;
}

/** Of the state machine that creates, updates and deletes a stack's coordinators. */
export function stackOperationMachineName(clusterName: string): string {
  return `${clusterName}-stack-operation`;
}

/**
 * What a cluster may be called: it is part of tags, metric namespaces, alarm names and the name of
 * the state machine, which has at most 80 characters (Step Functions).
 */
export const clusterNamePattern = /^[A-Za-z][A-Za-z0-9-]{0,69}$/;
