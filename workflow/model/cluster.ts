/** The resources of one cluster, as infra writes them into the state machine (`$.cluster`) and onto hosts. */
import type { ServerAt, ServerEndpoint } from './server-endpoint.ts';

/** `$.cluster` in an execution's document. */
export interface Cluster {
  readonly clusterName: string;
  /** The ENI whose private IP is the coordinator address. */
  readonly networkInterfaceId: string;
  /** The coordinator address. */
  readonly coordinatorAddress: string;
  /** How /v1/info is asked at the coordinator address and at every coordinator's own IP. */
  readonly server: ServerEndpoint;
  readonly launchTemplateId: string;
  /** A number as text, never `$Latest`: a client token stands for one template (RunInstances). */
  readonly launchTemplateVersion: string;
  /** At least one. The next one is tried where capacity is short. */
  readonly instanceTypes: readonly string[];
  /**
   * `yes`: no automatic failover (rule `node-kept`). A person's force, an upgrade and a vacant address
   * still move the address.
   */
  readonly keepCoordinatorNode: 'yes' | 'no';
  /** For launches. The ENI is in the same Availability Zone. */
  readonly subnetId: string;
  readonly metricNamespace: string;
  readonly alarms: {
    readonly activeHealth: string;
    readonly reachable: string;
  };
}

/** The probe's configuration on a host: JSON in the file that `--config` names. User data writes the file. */
export interface ProbeConfiguration {
  readonly clusterName: string;
  readonly region: string;
  readonly networkInterfaceId: string;
  readonly coordinatorAddress: string;
  /**
   * How and where this host's own server is asked: at "localhost" on EC2. Without a trust of its own it
   * has that of `server`: a CA bundle is long, and user data short.
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

/** Where user data puts the configuration, and the word that encloses it there. */
export const probeConfigurationFile = '/etc/coordinator-failover/probe.json';
export const probeConfigurationMark = 'PROBE_CONFIGURATION';
