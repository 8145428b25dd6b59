/**
 * The document of an execution. Each state adds its finding (ResultPath), so the output is the audit record.
 * Times are ISO 8601, UTC.
 * What can go wrong: a Choice on a missing path cannot be caught. So `Receive request` puts
 * `{ "kind": "none" }` under every path that a Choice reads.
 */
import type { Cluster } from './cluster.ts';
import type { InfoOutcome } from './info.ts';
import type { Settings } from './settings.ts';

export interface Incident {
  /** What started the execution: an event, a person's input, anything. Only request.ts reads it. */
  readonly request: unknown;
  readonly execution: { readonly id: string; readonly startedAt: string };
  readonly settings: Settings;
  readonly cluster: Cluster;
  readonly survey?: Survey | Failure;
  readonly answers?: Answers | Failure;
  readonly decision?: Decision | Undecided | None;
  readonly termination?: Termination | Failure | None;
  readonly standbyPick?: StandbyPick | Failure | None;
  readonly attachment?: AttachmentFinding | Failure | None;
  readonly verification?: Verification | Failure | None;
  readonly standbyLaunch?: StandbyLaunch | Failure | None;
  readonly alarmReset?: AlarmReset | Failure | None;
  readonly record?: IncidentRecord | Failure | None;
  readonly notification?: Notification | Failure | None;
}

export interface None {
  readonly kind: 'none';
}

/** What a Catch leaves when a function gave no answer: the states "Note ...". */
export interface Failure {
  readonly kind: 'no-answer';
  readonly error: { readonly Error?: string; readonly Cause?: string };
}

/** Survey coordinators: what AWS says. A part that could not be read is `null`, and in `unread`. */
export interface Survey {
  readonly kind: 'surveyed';
  readonly at: string;
  readonly address: AddressView | null;
  /** `null` when the instances could not be read. Terminated instances only where one holds the address. */
  readonly coordinators: readonly Coordinator[] | null;
  /** `false`: every sample is unknown, and no probe counts as silent. */
  readonly samplesRead: boolean;
  /** One of the two alarms is in ALARM, or could not be read: both are reset. */
  readonly alarmsRinging: boolean;
  readonly targets: readonly CheckTarget[];
  /** One sentence per thing that could not be read. */
  readonly unread: readonly string[];
}

export interface AddressView {
  readonly networkInterfaceId: string;
  readonly privateIpAddress: string;
  readonly availabilityZone: string;
  readonly attachment: AttachmentView | null;
  /** Values of tags (tags.ts); `null` without the tag. */
  readonly paused: string | null;
  readonly acknowledged: string | null;
  /** With any value the stack is being deleted. */
  readonly stackDeleting: string | null;
  /** Times of recent failovers. */
  readonly failovers: readonly string[];
}

export interface AttachmentView {
  readonly attachmentId: string;
  readonly instanceId: string;
  readonly attachedAt: string;
  readonly status: string;
}

export interface Coordinator {
  readonly instanceId: string;
  /** pending, running, shutting-down, terminated, stopping, stopped (EC2). */
  readonly state: string;
  /** The instance has this cluster's tag. Only the holder of the address is listed without the tag. */
  readonly ours: boolean;
  readonly privateIpAddress: string | null;
  /** An address moves only within its Availability Zone. */
  readonly availabilityZone: string | null;
  readonly launchedAt: string;
  readonly slot: number | null;
  readonly generation: number | null;
  /** Of the launch template, as the tag says (launch-version.ts); `null` without the tag. */
  readonly templateVersion: string | null;
  readonly retired: string | null;
  /** EC2's initializing and insufficient-data are unknown. */
  readonly statusChecks: 'ok' | 'impaired' | 'unknown';
  /** The newest sample of the instance's own probe within two minutes. */
  readonly health: Sample | null;
  /** Whether the probe, on a standby, got a ready answer at the coordinator address. */
  readonly reachable: Sample | null;
  /** When the probe last said healthy, to the minute, within the boot limit. */
  readonly lastHealthyAt: string | null;
  /** When the probe last reached the coordinator address, to the minute, within the boot limit. */
  readonly lastReachingAt: string | null;
}

export interface Sample {
  readonly value: 0 | 1;
  readonly at: string;
}

export interface CheckTarget {
  /** `coordinator address` or an instance id. */
  readonly name: string;
  readonly host: string;
}

export const addressTargetName = 'coordinator address';

/** Ask coordinators: an answer per target. */
export interface Answers {
  readonly kind: 'asked';
  readonly at: string;
  readonly answers: readonly Answer[];
}

export interface Answer {
  readonly name: string;
  readonly host: string;
  readonly outcome: InfoOutcome;
  readonly ready: boolean;
  /** Something answered, if only with a refusal: the path to the host works. */
  readonly reached: boolean;
  readonly sentence: string;
  readonly milliseconds: number;
  /** Of the JVM: new with every start (Trino since 477). */
  readonly identity?: string;
  readonly uptimeSeconds?: number;
  /** The first 1 KB of an answer that was not ready. */
  readonly kept?: string;
}

/** "Note undecided (dry run)": a function that decides has failed, and so has the execution. */
export interface Undecided {
  readonly kind: 'undecided';
  readonly outcome: 'undecided';
  /** As the request says, where it is an object with `dryRun: true`. */
  readonly dryRun: boolean;
  readonly sentence: string;
  readonly error: Failure['error'];
}

/** A row of the rule table (rules.ts). */
export type RuleName =
  | 'refused'
  | 'stack-deleting'
  | 'address-unreadable'
  | 'vacant'
  | 'paused'
  | 'node-kept'
  | 'gone'
  | 'requested'
  | 'outdated'
  | 'termination-announced'
  | 'answers'
  | 'settling'
  | 'isolated'
  | 'self-report-healthy'
  | 'failover-limit'
  | 'no-successor'
  | 'dead'
  | 'self-report-dead'
  | 'unsure';

/**
 * What the state machine does next. failed: terminate the active. vacant: give the address to a
 * standby. prepare: launch a successor and ask again. incomplete: give up. refused: nothing, as the
 * person's request is refused. stack-deleting: nothing, as the stack is being deleted.
 */
export type Outcome =
  | 'failed'
  | 'vacant'
  | 'prepare'
  | 'ask-again'
  | 'healthy'
  | 'paused'
  | 'waiting-for-operator'
  | 'incomplete'
  | 'refused'
  | 'stack-deleting';

/** Confirm failure: what the evidence means. */
export interface Decision {
  readonly kind: 'decision';
  readonly at: string;
  readonly rule: RuleName;
  readonly outcome: Outcome;
  readonly sentence: string;
  /** The attachment that the decision is about: the only one that may be acted upon. */
  readonly pin: Pin | null;
  readonly evidence: EvidenceRecord;
  /** How a person's input was understood, where that is not plain. */
  readonly requestNote?: string;
  /** Observations taken so far, this one included. */
  readonly observation: number;
  /** Observations that ended in "ask again". */
  readonly asks: number;
  /** Observations that ended in a wait for a coordinator to boot. */
  readonly waits: number;
  /** Observations that ended in moving the address. */
  readonly rounds: number;
  /** How long to wait before the next observation, where one follows. */
  readonly waitSeconds: number;
  /** Since when the isolation was seen in every observation of this execution. */
  readonly isolatedSince: string | null;
  /** The outcome is said and nothing is touched. */
  readonly dryRun: boolean;
}

export interface Pin {
  readonly attachmentId: string;
  readonly instanceId: string;
}

/** The evidence in words. */
export interface EvidenceRecord {
  /** What started the execution, and who asked. */
  readonly startedBy: string;
  /** Pause and acknowledgement on the ENI, a sentence each. */
  readonly operatorTags: readonly string[];
  readonly active: string;
  readonly address: string;
  readonly selfReport: string;
  readonly standbys: string;
  readonly statusChecks: string;
  /** Of the launch template: which coordinator runs which. */
  readonly versions: string;
  readonly readyStandbys: readonly string[];
}

/** Terminate instance. */
export interface Termination {
  /**
   * fenced: the pin no longer holds the address. stale: observe again. moved: another execution has acted.
   */
  readonly kind: 'fenced' | 'stale' | 'moved';
  readonly at: string;
  readonly sentence: string;
  readonly instanceId: string;
  /** The rule that said so. */
  readonly rule: RuleName;
  /** All instances that this execution has fenced so far. */
  readonly fenced: readonly string[];
  readonly terminated: readonly string[];
  /** What was refused although the fence holds, a sentence each. */
  readonly problems: readonly string[];
  /** How the instance was fenced, in order; none from a try whose answer was lost. */
  readonly steps?: readonly FencingStep[];
}

export interface FencingStep {
  readonly step: 'guard' | 'retire' | 'detach' | 'terminate';
  /** `done`, or why there was nothing to do, or what was refused. */
  readonly result: string;
  readonly at: string;
}

/** Pick standby. */
export interface StandbyPick {
  readonly kind: 'picked' | 'nobody';
  readonly at: string;
  readonly instanceId: string | null;
  readonly sentence: string;
  /** Why the others were not picked. */
  readonly passedOver: readonly { readonly instanceId: string; readonly why: string }[];
  /** The number of the observation that the pick is based on. */
  readonly observation: number;
  /** All standbys that this execution has picked so far, in order. */
  readonly tried: readonly string[];
}

/** Attach ENI. */
export interface AttachmentFinding {
  /**
   * moved: another living coordinator has the address. unfit: the standby cannot take the address.
   * stack-deleting: nothing is attached any more.
   */
  readonly kind: 'attached' | 'moved' | 'unfit' | 'stack-deleting';
  readonly at: string;
  readonly sentence: string;
  readonly instanceId: string;
  readonly attachmentId: string | null;
  /** Attached already: by another execution, or by a try of this one whose answer was lost. */
  readonly found?: true;
  /** Standbys that could not take the address, in this execution. */
  readonly unfit: readonly string[];
}

/** Verify coordinator. */
export interface Verification {
  readonly kind: 'verified' | 'again' | 'not-verified';
  readonly at: string;
  readonly sentence: string;
  readonly attachmentId: string | null;
  readonly instanceId: string | null;
  readonly tries: number;
  readonly answers: readonly Answer[];
  /** Instances that did not verify in this execution. */
  readonly rejected: readonly string[];
}

/** Launch standby. */
export interface StandbyLaunch {
  /**
   * complete: as many as wanted, or on their way. observe-again: there is surplus, to be seen once more.
   * stack-deleting: nothing was done.
   */
  readonly kind: 'complete' | 'observe-again' | 'stack-deleting';
  /** Observations in a row that ended in `observe-again`. */
  readonly observations: number;
  readonly at: string;
  readonly sentence: string;
  readonly launched: readonly string[];
  readonly terminated: readonly string[];
  /** To be terminated if the next observations agree. */
  readonly surplus: readonly string[];
  /** By instance id: since when it was surplus in every observation. */
  readonly surplusSince: Readonly<Record<string, string>>;
  readonly problems: readonly StandbyProblem[];
}

/** What Launch standby could not do: data for the rules of a stack operation, a sentence for people. */
export type StandbyProblem =
  | LaunchProblem
  /** The termination was refused, or the instance holds the address by now. */
  | { readonly kind: 'not-terminated'; readonly instanceId: string; readonly sentence: string }
  /** The address may be moving in this moment: no surplus is scaled in. */
  | { readonly kind: 'surplus-kept'; readonly sentence: string }
  /** Coordinators of the wanted version fail again and again: no more are launched. */
  | { readonly kind: 'version-fails'; readonly sentence: string };

/** A slot that stays empty. */
export interface LaunchProblem {
  readonly kind: 'not-launched';
  readonly slot: number;
  /** One per instance type that was tried, in order. */
  readonly refusals: readonly LaunchRefusal[];
  readonly sentence: string;
}

export interface LaunchRefusal {
  readonly instanceType: string;
  /** EC2's error code. */
  readonly code: string;
  readonly message: string;
}

/** Reset alarms. */
export interface AlarmReset {
  readonly kind: 'reset';
  readonly at: string;
  readonly sentence: string;
  readonly reset: readonly string[];
}

/** How an execution ends: by end state (ending.ts). */
export type Ending =
  | 'refused'
  | 'undecided'
  | 'dry-run'
  | 'waiting-for-operator'
  | 'incomplete'
  | 'stack-deleting'
  | 'failed-over'
  | 'paused'
  | 'nothing-to-do';

/** Record incident: what people are told. */
export interface IncidentRecord {
  /** notify: people are told. quiet: nothing happened, or people know already. */
  readonly kind: 'notify' | 'quiet';
  readonly at: string;
  /** Why people are told, or why not. */
  readonly sentence: string;
  readonly ending: Ending;
  /** What the message is about: no topic is told twice in a row. `null`: nothing to tell. */
  readonly topic: string | null;
  readonly subject: string;
  readonly message: string;
}

/** Notify people: the message of `record` was published. */
export interface Notification {
  readonly kind: 'sent';
  readonly messageId: string;
}
