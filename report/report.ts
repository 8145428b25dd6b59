/**
 * The audit report of one execution, as a plain document: `JSON.stringify(report)` is its JSON form,
 * render-html.ts and render-markdown.ts are the other two. Times are ISO 8601, UTC.
 * What can go wrong: a report that says more than it knows. So `null` means "not in the history",
 * `missing` says in words what was looked for in vain, and each fact names the event it is from.
 */

export interface Report {
  readonly format: 'coordinator-failover report, version 1';
  readonly madeAt: string;
  readonly execution: ExecutionFacts;
  readonly outcome: OutcomeFacts;
  /** Which resources it was about: `$.cluster` of the record. */
  readonly cluster: Readonly<Record<string, unknown>> | null;
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly trigger: Trigger;
  readonly looks: readonly Look[];
  readonly fencings: readonly Fencing[];
  readonly promotions: readonly Promoting[];
  readonly attachments: readonly Attaching[];
  readonly verifications: readonly Verifying[];
  readonly identity: Identity;
  readonly restorations: readonly Restoring[];
  readonly rearmings: readonly Finding[];
  readonly records: readonly Recording[];
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
  /** As Step Functions calls it; RUNNING when the history has no end. */
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** The last state that was entered. */
  readonly lastState: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

export interface OutcomeFacts {
  /** The end of the state machine, or what kept it from one. */
  readonly kind: string;
  /** For a heading: what happened, in one sentence. */
  readonly headline: string;
  /** Rule and sentence of the last verdict. */
  readonly rule: string | null;
  readonly sentence: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly terminated: readonly string[];
  readonly launched: readonly string[];
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

/** What every finding has. `at` is by the function's clock, `eventId` the event that holds it. */
export interface Finding {
  readonly at: string | null;
  readonly kind: string;
  readonly sentence: string | null;
  readonly eventId: number | null;
}

/** One round of Survey, Ask and Confirm. */
export interface Look {
  readonly number: number;
  readonly surveyedAt: string | null;
  readonly askedAt: string | null;
  readonly decidedAt: string | null;
  /** Why there is no survey or there are no answers. */
  readonly gaps: readonly string[];
  readonly attachment: {
    readonly attachmentId: string | null;
    readonly instanceId: string | null;
    readonly attachedAt: string | null;
    readonly status: string | null;
  } | null;
  /** Values of the tags on the ENI. */
  readonly paused: string | null;
  readonly acknowledged: string | null;
  readonly earlierFailovers: readonly string[];
  readonly coordinators: readonly Witness[];
  /** What answered at the coordinator address. */
  readonly address: AnswerFacts | null;
  readonly verdict: {
    readonly rule: string | null;
    /** The rule's condition, from today's rule table; null for a name that is not in it. */
    readonly when: string | null;
    readonly outcome: string | null;
    readonly sentence: string | null;
    readonly note: string | null;
    /** The outcome was only said. */
    readonly dryRun: boolean;
    /** The evidence in words, in the order of the record. */
    readonly evidence: readonly { readonly witness: string; readonly saw: string }[];
    readonly pin: string | null;
  } | null;
  readonly eventIds: readonly number[];
}

export interface Witness {
  readonly instanceId: string;
  readonly role: 'active' | 'standby' | 'condemned' | 'ended' | 'not ours';
  readonly state: string | null;
  readonly launchedAt: string | null;
  readonly slot: number | null;
  readonly generation: number | null;
  readonly condemned: string | null;
  readonly statusChecks: string | null;
  readonly health: SampleFacts | null;
  readonly reachable: SampleFacts | null;
  readonly answer: AnswerFacts | null;
}

export interface SampleFacts {
  readonly value: number;
  readonly at: string;
  /** Between the sample and the survey that read it; negative = the box's clock is ahead. */
  readonly ageSeconds: number | null;
}

export interface AnswerFacts {
  readonly name: string;
  readonly host: string | null;
  readonly ready: boolean;
  readonly sentence: string | null;
  readonly milliseconds: number | null;
  readonly identity: string | null;
  readonly uptimeSeconds: number | null;
  /** The beginning of an answer that was not ready. */
  readonly kept: string | null;
}

export interface Fencing extends Finding {
  readonly instanceId: string | null;
  /** The attachment that the verdict was about. */
  readonly attachmentId: string | null;
  /** Guard, condemn, detach, terminate: what each did and when; null where it was not recorded. */
  readonly steps:
    | readonly { readonly step: string; readonly result: string; readonly at: string | null }[]
    | null;
  readonly terminated: readonly string[];
  readonly problems: readonly string[];
}

export interface Promoting extends Finding {
  readonly instanceId: string | null;
  readonly passedOver: readonly { readonly instanceId: string; readonly why: string }[];
  readonly look: number | null;
}

export interface Attaching extends Finding {
  readonly instanceId: string | null;
  readonly attachmentId: string | null;
  readonly tries: number;
  readonly seconds: number | null;
}

export interface Verifying extends Finding {
  readonly instanceId: string | null;
  readonly attempt: number | null;
  readonly answers: readonly AnswerFacts[];
}

export interface Restoring extends Finding {
  readonly launched: readonly string[];
  readonly terminated: readonly string[];
  readonly surplus: readonly string[];
  readonly problems: readonly string[];
}

/** What was kept beyond the execution, and what people were told. */
export interface Recording extends Finding {
  readonly subject: string | null;
  readonly message: string | null;
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

export interface Visit {
  readonly state: string;
  /** Task, Wait, Pass, Choice, Succeed, Fail. */
  readonly type: string;
  readonly enteredAt: string;
  readonly leftAt: string | null;
  readonly seconds: number | null;
  readonly firstEventId: number;
  readonly lastEventId: number;
  readonly tries: readonly {
    readonly startedAt: string;
    readonly endedAt: string | null;
    /** null = the function answered, or is still at work. */
    readonly error: string | null;
  }[];
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
