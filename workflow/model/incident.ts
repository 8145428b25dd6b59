/**
 * The document that travels through one execution. Every state lays its finding beside the earlier
 * ones (ResultPath), so the execution's output is the audit record. Times are ISO 8601, UTC.
 * What can go wrong: a Choice on a path that is missing cannot be caught. So `Receive request` puts
 * a `{ "kind": "none" }` under every path that a Choice may read.
 */
import type { Cluster } from './cluster.ts';
import type { InfoOutcome } from './info.ts';
import type { Settings } from './settings.ts';

export interface Incident {
  /** What started the execution: an event, a person's input, anything. Read by request.ts only. */
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

/** What a Catch leaves when a function gave no answer: see the "Note ..." states. */
export interface Failure {
  readonly kind: 'no-answer';
  readonly error: { readonly Error?: string; readonly Cause?: string };
}

/** Survey coordinators: what AWS sees. A part that could not be read is `null` and in `unread`. */
export interface Survey {
  readonly kind: 'surveyed';
  readonly at: string;
  readonly address: AddressView | null;
  /** `null` when the instances could not be read. Without the terminated, unless one holds it. */
  readonly coordinators: readonly Coordinator[] | null;
  /** Were the probes' samples readable? `false` makes every sample unknown, never silent. */
  readonly samplesRead: boolean;
  /** Is one of the two alarms in ALARM, or could that not be read? Then it must be reset. */
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
  /** Value of the paused tag, if there is one: see model/tags.ts. */
  readonly paused: string | null;
  /** Value of the acknowledged tag, if there is one: see model/tags.ts. */
  readonly acknowledged: string | null;
  /** Value of the stack-deleting tag, if there is one: the stack is being deleted. */
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
  /** Does it carry this cluster's tag? Only the holder of the address may be listed without. */
  readonly ours: boolean;
  readonly privateIpAddress: string | null;
  /** An address moves only within its Availability Zone. */
  readonly availabilityZone: string | null;
  readonly launchedAt: string;
  readonly slot: number | null;
  readonly generation: number | null;
  /** What it was launched from, as its tag says: see versions.ts. `null` when it does not say. */
  readonly templateVersion: string | null;
  readonly retired: string | null;
  /** ok, impaired, or unknown (initializing and insufficient-data are unknown). */
  readonly statusChecks: 'ok' | 'impaired' | 'unknown';
  /** The newest sample of its own probe; `null` when there is none within the last two minutes. */
  readonly health: Sample | null;
  /** Whether its probe, as a standby, got a ready answer at the coordinator address. */
  readonly reachable: Sample | null;
  /** When its probe last said healthy, to the minute, within the boot limit; else `null`. */
  readonly lastHealthyAt: string | null;
  /** When its probe last reached the coordinator address, to the minute, within the boot limit. */
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

/** Ask coordinators: what answered, one per target. */
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
  /** Something answered, if only with a refusal: the path to it works. */
  readonly reached: boolean;
  readonly sentence: string;
  readonly milliseconds: number;
  /** Of the JVM that answered; new for every start since Trino 477. */
  readonly identity?: string;
  readonly uptimeSeconds?: number;
  /** The first 1 KB of an answer that was not ready. */
  readonly kept?: string;
}

/** "Note undecided (dry run)": a function that decides has failed, and with it this execution. */
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
 * standby. prepare: launch a successor and ask again. incomplete: give up and say so. refused: what a
 * person asked for is not done, and nothing else either. stack-deleting: the stack is being deleted.
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
  /** The attachment that this decision is about. Nothing else may be acted upon. */
  readonly pin: Pin | null;
  readonly evidence: EvidenceRecord;
  /** How the person's input was understood, when there was something to say about it. */
  readonly requestNote?: string;
  /** Observations taken so far, this one included. */
  readonly observation: number;
  /** Observations that ended in "ask again". */
  readonly asks: number;
  /** Observations that ended in waiting for a coordinator to boot. */
  readonly waits: number;
  /** Observations that ended in moving the address. */
  readonly rounds: number;
  /** How long to wait before the next observation, where one follows. */
  readonly waitSeconds: number;
  /** Since when this execution has seen the isolation without a break. */
  readonly isolatedSince: string | null;
  /** The outcome is only said: nothing may be touched. */
  readonly dryRun: boolean;
}

export interface Pin {
  readonly attachmentId: string;
  readonly instanceId: string;
}

/** The evidence in words, as it stands in the record. */
export interface EvidenceRecord {
  /** What started the execution, and who asked. */
  readonly startedBy: string;
  /** What operators have left on the ENI: pause and acknowledgement, a sentence each. */
  readonly operatorTags: readonly string[];
  readonly active: string;
  readonly address: string;
  readonly selfReport: string;
  readonly standbys: string;
  readonly statusChecks: string;
  /** Which launch template version everybody runs. */
  readonly versions: string;
  readonly readyStandbys: readonly string[];
}

/** Terminate instance. */
export interface Termination {
  /** fenced: the pin no longer holds the address. stale: look again. moved: others have acted. */
  readonly kind: 'fenced' | 'stale' | 'moved';
  readonly at: string;
  readonly sentence: string;
  readonly instanceId: string;
  /** The rule that said so. */
  readonly rule: RuleName;
  /** Everything that this execution has fenced so far. */
  readonly fenced: readonly string[];
  readonly terminated: readonly string[];
  /** What was refused although the fence holds, a sentence each. */
  readonly problems: readonly string[];
  /** How it was fenced, in order. Only where it was; a try that was not heard leaves none. */
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
  /** Why not the others. */
  readonly passedOver: readonly { readonly instanceId: string; readonly why: string }[];
  /** The observation that this choice was made from. */
  readonly observation: number;
  /** Everybody that this execution has picked so far, in order. */
  readonly tried: readonly string[];
}

/** Attach ENI. */
export interface AttachmentFinding {
  /** attached; moved: held by another living one; unfit: the standby cannot take it; closing. */
  readonly kind: 'attached' | 'moved' | 'unfit' | 'stack-deleting';
  readonly at: string;
  readonly sentence: string;
  readonly instanceId: string;
  readonly attachmentId: string | null;
  /** It was attached already: by another execution, or by a try of this one that was not heard. */
  readonly found?: true;
  /** Standbys that could not take the address in this execution. */
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
   * complete: as many as wanted, or on their way. observe-again: there is surplus, look once more.
   * stack-deleting: the stack is being deleted, so nothing was done.
   */
  readonly kind: 'complete' | 'observe-again' | 'stack-deleting';
  /** Looks in a row that ended in looking again. */
  readonly observations: number;
  readonly at: string;
  readonly sentence: string;
  readonly launched: readonly string[];
  readonly terminated: readonly string[];
  /** To be terminated if the observations to come agree. */
  readonly surplus: readonly string[];
  /** By id: when each of them was first seen so, without a break. */
  readonly surplusSince: Readonly<Record<string, string>>;
  readonly problems: readonly StandbyProblem[];
}

/** What Launch standby could not do: data for the rules of a stack operation, a sentence for people. */
export type StandbyProblem =
  | LaunchProblem
  /** Trimming it was refused, or it holds the address by now. */
  | { readonly kind: 'not-terminated'; readonly instanceId: string; readonly sentence: string }
  /** Whether the address moves in this moment is not known, or it does: no surplus is scaled in. */
  | { readonly kind: 'surplus-kept'; readonly sentence: string }
  /** Coordinators of the wanted version fail again and again: no more of them are launched. */
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

/** The end of an execution: the end state it is shown under (endStates). */
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

/** Record incident: what is kept, and what people are told. */
export interface IncidentRecord {
  /** notify: people are to be told. quiet: nothing happened, or they know already. */
  readonly kind: 'notify' | 'quiet';
  readonly at: string;
  /** Why they are told, or why not. */
  readonly sentence: string;
  /** The end that the execution is shown under, in one word. */
  readonly ending: Ending;
  /** What the message is about: the same topic is not told twice in a row. `null`: nothing to tell. */
  readonly topic: string | null;
  /** Subject and text of the message, whether it is sent or not. */
  readonly subject: string;
  readonly message: string;
}

/** Notify people: the message of `record` was published. */
export interface Notification {
  readonly kind: 'sent';
  readonly messageId: string;
}
