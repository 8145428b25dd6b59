/**
 * What happened in one run, as it really was: what the checkers judge and a replay prints. The
 * functions know less than what stands here.
 */

import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { ExecutionStatus } from '@coordinator-failover/local-cloud';
import type { Cluster } from '../../workflow/model/cluster.ts';
import type { Settings } from '../../workflow/model/settings.ts';
import type { OperatorAction } from './faults.ts';

export interface Recording {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Everything was well again, or time was up. */
  readonly ending: 'settled' | 'out of time';
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly facts: readonly Fact[];
  readonly executions: readonly ExecutionRecord[];
  readonly last: Truth;
  /** The launch template version that the cluster wants at the end, as a coordinator's tag has it. */
  readonly templateVersion: string;
  /** When the last fault was over, milliseconds since the epoch. */
  readonly lastFaultAtMs: number;
}

export type Fact =
  | FaultFact
  | CallFact
  | ServiceFact
  | AlarmFact
  | {
      readonly kind: 'state';
      readonly atMs: number;
      readonly executionArn: string;
      readonly name: string;
    };

/** What a fault did. */
export interface FaultFact {
  readonly kind: 'fault';
  readonly atMs: number;
  readonly sentence: string;
  /** What a person did, where it was one. */
  readonly operatorAction?: OperatorAction['does'];
  /** Whom somebody else stopped or terminated: no doing of a failover. */
  readonly instanceId?: string;
  /** How things were when a person did it. */
  readonly before?: Truth;
}

/** A call that reached AWS and may have changed something. */
export interface CallFact {
  readonly kind: 'call';
  readonly atMs: number;
  readonly executionArn: string;
  readonly functionName: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Of the error; undefined when it was done. */
  readonly error?: string;
  /** How things were when it arrived. */
  readonly before: Truth;
}

/** From now on the address is served by somebody else, or by nobody. */
export interface ServiceFact {
  readonly kind: 'service';
  readonly atMs: number;
  readonly instanceId: string | null;
  /** Of the server's process. */
  readonly identity: string | null;
}

/** An alarm has another state. */
export interface AlarmFact {
  readonly kind: 'alarm';
  readonly atMs: number;
  readonly alarmName: string;
  readonly state: string;
}

export interface ExecutionRecord {
  readonly arn: string;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly status: ExecutionStatus;
  /** The simulation let it die. */
  readonly killed: boolean;
  readonly redriven: boolean;
  readonly error?: string;
  readonly cause?: string;
  readonly history: readonly HistoryEvent[];
}

/** How things are, not how anybody sees them. */
export interface Truth {
  /** `deleted` when the network interface is gone. */
  readonly address: AddressTruth | 'deleted';
  readonly instances: readonly InstanceTruth[];
}

export interface AddressTruth {
  /** Undefined: attached to nothing. */
  readonly attachmentId?: string;
  readonly instanceId?: string;
  readonly status?: string;
  readonly usable?: boolean;
  readonly deleteOnTermination?: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export interface InstanceTruth {
  readonly instanceId: string;
  readonly state: string;
  /** A coordinator of this cluster, by its tag. */
  readonly ours: boolean;
  readonly retired: string | null;
  readonly slot: number | null;
  readonly generation: number | null;
  /** Of the launch template that it was launched from, by its tag. */
  readonly templateVersion: string | null;
  /** For so long it has been ready and somebody could reach it; null when it is not so now. */
  readonly healthyForMs: number | null;
  /** For so long it has served the address, as one of those who are asked could see; or null. */
  readonly servingForMs: number | null;
  /** Null while it has not booted. */
  readonly bootedForMs: number | null;
}
