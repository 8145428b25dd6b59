/**
 * The audit report of one execution, as a plain document: `JSON.stringify(report)` is its JSON form,
 * render/html.ts and render/markdown.ts are the other two. What the states found stands in the
 * document's own types and words. Times are ISO 8601, UTC.
 * What can go wrong: a report that says more than it knows. So `null` means "not in the history",
 * `missing` says in words what was looked for in vain, and each fact names the event it is from.
 */
import type { ExecutionStatus } from '../history/ends.ts';
import type { Findings } from '../history/findings.ts';
import type { StateVisit, Try } from '../history/visits.ts';

import type { Ending } from '../workflow/model/incident.ts';
import type { Advice } from '../workflow/notify/advice.ts';

export interface Report {
  readonly format: 'coordinator-failover report, version 1';
  readonly madeAt: string;
  readonly execution: ExecutionFacts;
  readonly outcome: OutcomeFacts;
  /** Which resources it was about: `$.cluster` of the record. */
  readonly cluster: Readonly<Record<string, unknown>> | null;
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly trigger: Trigger;
  readonly observations: readonly Observation[];
  readonly fencings: readonly Fencing[];
  readonly standbyPicks: readonly FindingEvent<'standbyPick'>[];
  readonly attachments: readonly Attaching[];
  readonly verifications: readonly FindingEvent<'verification'>[];
  readonly identity: Identity;
  readonly standbyLaunches: readonly FindingEvent<'standbyLaunch'>[];
  readonly alarmResets: readonly FindingEvent<'alarmReset'>[];
  readonly records: readonly ReportedRecord[];
  readonly outage: Outage;
  /** Every visit of a state, in the order in which they began. */
  readonly visits: readonly Visit[];
  /** What is marked in the drawing, the earliest first. */
  readonly moments: readonly Moment[];
  readonly failures: readonly Failing[];
  readonly links: readonly Link[];
  readonly history: HistoryFacts;
  /** What a reader may look for and the history does not hold, a sentence each. */
  readonly missing: readonly string[];
}

export interface ExecutionFacts {
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly region: string;
  readonly accountId: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly seconds: number | null;
  readonly status: ExecutionStatus;
  /** The last state that was entered. */
  readonly lastState: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

export interface OutcomeFacts {
  /** `null` where the execution came to no end state: it still runs, was stopped, or broke off. */
  readonly ending: Ending | null;
  /** For a title: the end state's name, or what kept the execution from one. */
  readonly kind: string;
  /** For a heading: what happened, in one sentence. */
  readonly headline: string;
  /** Rule and sentence of the last decision. */
  readonly rule: string | null;
  readonly sentence: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly terminated: readonly string[];
  readonly launched: readonly string[];
  /** What was to be done when it ended. */
  readonly advice: Advice;
}

export interface Trigger {
  readonly kind: 'alarm' | 'instance' | 'schedule' | 'event' | 'person' | 'unknown';
  readonly sentence: string;
  /** When the event happened by its own word. */
  readonly at: string | null;
  readonly alarm: {
    readonly name: string | null;
    readonly changedAt: string | null;
    readonly reason: string | null;
    readonly firstBadSampleAt: string | null;
    /** Who says since when it is bad: a probe, or CloudWatch's evaluation. */
    readonly source: string | null;
  } | null;
  /** What a person asked for; null for an event. */
  readonly request: {
    readonly by: string | null;
    readonly reason: string | null;
    readonly force: boolean;
    readonly switchover: boolean;
    readonly standby: string | null;
    readonly dryRun: boolean;
  } | null;
  /** The input, indented JSON; null when the history does not hold it. */
  readonly input: string | null;
  /** Why the request was not followed, or how an input that was not understood was taken. */
  readonly notes: readonly string[];
  readonly eventId: number | null;
}

/** A finding, and the event that holds it. Its `at` is by the function's clock. */
export type FindingEvent<Path extends keyof Findings> = Findings[Path] & {
  readonly eventId: number | null;
};

/** One round of Survey, Ask and Confirm. */
export interface Observation {
  readonly number: number;
  readonly survey: Findings['survey'] | null;
  readonly answers: Findings['answers'] | null;
  readonly decision: Findings['decision'] | null;
  /** The rule's condition, from today's rule table; null for a name that is not in it. */
  readonly when: string | null;
  /** What is missing of it, and why: a sentence each. */
  readonly gaps: readonly string[];
  readonly eventIds: readonly number[];
}

export interface Fencing extends FindingEvent<'termination'> {
  /** What the decision was about. */
  readonly attachmentId: string | null;
}

export interface Attaching extends FindingEvent<'attachment'> {
  readonly tries: number;
  readonly seconds: number | null;
}

/** What was kept beyond the execution, and of what people were notified. */
export interface ReportedRecord extends FindingEvent<'record'> {
  /** Of the message that was published; null = none was, or the history does not hold it. */
  readonly messageId: string | null;
}

/** Which JVM answered, before and after the move. */
export interface Identity {
  readonly sightings: readonly {
    readonly when: string;
    readonly at: string | null;
    readonly asked: string;
    readonly instanceId: string | null;
    readonly identity: string | null;
    readonly uptimeSeconds: number | null;
  }[];
  readonly sentence: string;
}

/** How long the address was not served, as far as the history can tell. */
export interface Outage {
  readonly kind: 'none seen' | 'over' | 'not over' | 'unknown';
  readonly sentence: string;
  /** From the first bad sign to the first good one. */
  readonly seconds: number | null;
  readonly firstBad: Sign | null;
  /** The last sign before it that all was well. */
  readonly lastGoodBefore: Sign | null;
  readonly lastBad: Sign | null;
  readonly firstGoodAfter: Sign | null;
}

export interface Sign {
  readonly at: string;
  readonly what: string;
}

export interface Visit
  extends Pick<
    StateVisit,
    'state' | 'type' | 'enteredAt' | 'leftAt' | 'firstEventId' | 'lastEventId'
  > {
  readonly seconds: number | null;
  readonly tries: readonly Pick<Try, 'startedAt' | 'endedAt' | 'error'>[];
}

export interface Moment {
  readonly at: string;
  readonly name: string;
  readonly what: string;
}

/** One try that failed, or the end of an execution that failed. */
export interface Failing {
  readonly at: string;
  readonly state: string | null;
  readonly attempt: number | null;
  readonly error: string;
  readonly message: string | null;
  /** What came of it. */
  readonly outcome: string;
  readonly eventId: number;
}

export interface Link {
  readonly label: string;
  readonly url: string;
}

export interface HistoryFacts {
  readonly events: number;
  readonly complete: boolean;
  /** Why it is not complete, a sentence each. */
  readonly gaps: readonly string[];
  readonly checksum: {
    readonly algorithm: 'SHA-256';
    readonly value: string;
    /** How to compute it again, in words and as commands. */
    readonly how: string;
    readonly commands: readonly string[];
  };
}
