/**
 * Which resources one cluster is made of: what infra writes into the state machine (`$.cluster`)
 * and into the host's probe configuration.
 */
import type { ServerAt, ServerEndpoint } from './server-endpoint.ts';

/** `$.cluster` in the execution's document. All values are known once the stack is deployed. */
export interface Cluster {
  readonly clusterName: string;
  /** The ENI whose private IP is the coordinator address. */
  readonly networkInterfaceId: string;
  /** The coordinator address. */
  readonly coordinatorAddress: string;
  /** How /v1/info is asked at the coordinator address and at every coordinator's own IP. */
  readonly server: ServerEndpoint;
  readonly launchTemplateId: string;
  /** A number as text, never `$Latest`: a client token must mean one template (RunInstances). */
  readonly launchTemplateVersion: string;
  /** EC2 instance types, at least one: the next one is tried where capacity is short. */
  readonly instanceTypes: readonly string[];
  /**
   * `yes` = the coordinator is never failed over automatically (rule `node-kept`). A person's force, an
   * upgrade and a vacant address are still acted on.
   */
  readonly keepCoordinatorNode: 'yes' | 'no';
  /** Where coordinators are launched. The ENI is in the same Availability Zone. */
  readonly subnetId: string;
  readonly metricNamespace: string;
  readonly alarms: {
    readonly activeHealth: string;
    readonly reachable: string;
  };
}

/**
 * What the probe on a host is told, as JSON in the file that `--config` names. User data writes it
 * to /etc/coordinator-failover/probe.json.
 */
export interface ProbeConfiguration {
  readonly clusterName: string;
  readonly region: string;
  readonly networkInterfaceId: string;
  readonly coordinatorAddress: string;
  /**
   * How and where this host's own server is asked. At "localhost" on EC2. Where the file says nothing
   * of its trust, that of `server` counts: a CA bundle is long, and user data short.
   */
  readonly local: ServerAt;
  /** How a standby asks the server at the coordinator address. */
  readonly server: ServerEndpoint;
  readonly metricNamespace: string;
  readonly alarms: {
    readonly activeHealth: string;
    readonly reachable: string;
  };
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly badSamplesToUnhealthy: number;
  readonly publishSeconds: number;
}

/** Where user data puts the configuration and the words that enclose it there. */
export const probeConfigurationFile = '/etc/coordinator-failover/probe.json';
export const probeConfigurationMark = 'PROBE_CONFIGURATION';
