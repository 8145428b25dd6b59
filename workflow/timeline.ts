/**
 * Execution history -> phases. Used by the drill, the command line and the report; they all tell
 * the same story because it is read here only. Nothing is invented: what the history does not hold
 * is undefined.
 */

/** What is read of an event of GetExecutionHistory; the SDK's HistoryEvent fits. */
export interface HistoryEvent {
  readonly timestamp?: Date | undefined;
  readonly type?: string | undefined;
  readonly stateEnteredEventDetails?: { readonly name?: string | undefined } | undefined;
  readonly stateExitedEventDetails?:
    | { readonly name?: string | undefined; readonly output?: string | undefined }
    | undefined;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** Times are milliseconds since the epoch. */
export interface Timeline {
  readonly executionStartedAt?: number;
  /** The first verdict that moves the address. */
  readonly confirmedAt?: number;
  /** The old active lost the address; undefined when it was vacant. */
  readonly fencedAt?: number;
  /** The attachment that was verified, else the last one. */
  readonly attachedAt?: number;
  readonly verifiedAt?: number;
  /** Launch standby was done after that: what is missing is on its way. */
  readonly standbyRestoredAt?: number;
  readonly endedAt?: number;
  readonly status: ExecutionStatus;
  /** The name of the last state entered: the end, once it has ended. */
  readonly lastState?: string;
  readonly verdicts: readonly TimelineVerdict[];
  readonly terminated: readonly string[];
  readonly launched: readonly string[];
}

export interface TimelineVerdict {
  readonly rule: string;
  readonly outcome: string;
  readonly sentence: string;
  readonly at: number;
}

/** Reads the events in the order in which GetExecutionHistory gives them (oldest first). */
export function readTimeline(events: readonly HistoryEvent[]): Timeline {
  const draft: Draft = { status: 'RUNNING', verdicts: [], terminated: [], launched: [] };
  for (const event of events) read(event, draft);
  return {
    ...draft,
    terminated: [...new Set(draft.terminated)],
    launched: [...new Set(draft.launched)],
  };
}

type Draft = {
  -readonly [key in keyof Timeline]: Timeline[key] extends readonly (infer Item)[]
    ? Item[]
    : Timeline[key];
};

type Document = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

function read(event: HistoryEvent, draft: Draft): void {
  const at = event.timestamp?.getTime();
  if (at === undefined) return;
  if (event.type === 'ExecutionStarted') draft.executionStartedAt = at;
  const status = endStatuses.get(event.type ?? '');
  if (status) {
    draft.status = status;
    draft.endedAt = at;
  }
  const entered = event.stateEnteredEventDetails?.name;
  if (entered !== undefined) draft.lastState = entered;
  const { name, output } = event.stateExitedEventDetails ?? {};
  const reader = name === undefined ? undefined : readers[name];
  if (reader && output !== undefined) reader(parse(output), at, draft);
}

const endStatuses: ReadonlyMap<string, ExecutionStatus> = new Map([
  ['ExecutionSucceeded', 'SUCCEEDED'],
  ['ExecutionFailed', 'FAILED'],
  ['ExecutionTimedOut', 'TIMED_OUT'],
  ['ExecutionAborted', 'ABORTED'],
]);

const readers: Readonly<Record<string, (document: Document, at: number, draft: Draft) => void>> = {
  'Confirm failure': ({ verdict }, at, draft) => {
    const { rule, outcome, sentence, dryRun } = verdict ?? {};
    if (rule === undefined) return;
    draft.verdicts.push({ rule: text(rule), outcome: text(outcome), sentence: text(sentence), at });
    if ((outcome === 'failed' || outcome === 'vacant') && dryRun !== true) draft.confirmedAt ??= at;
  },
  'Terminate instance': ({ termination }, at, draft) => {
    if (termination?.kind !== 'fenced') return;
    draft.fencedAt ??= at;
    draft.terminated.push(...texts(termination.terminated));
  },
  'Attach ENI': ({ attachment }, at, draft) => {
    if (attachment?.kind === 'attached' && draft.verifiedAt === undefined) draft.attachedAt = at;
  },
  'Verify coordinator': ({ verification }, at, draft) => {
    if (verification?.kind === 'verified') draft.verifiedAt ??= at;
  },
  'Launch standby': ({ restoration }, at, draft) => {
    draft.launched.push(...texts(restoration?.launched));
    draft.terminated.push(...texts(restoration?.terminated));
    if (draft.verifiedAt !== undefined) draft.standbyRestoredAt ??= at;
  },
};

/** Output of a state: the whole document, as JSON. Truncated or garbled output tells nothing. */
function parse(output: string): Document {
  try {
    return Object(JSON.parse(output)) as Document;
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
