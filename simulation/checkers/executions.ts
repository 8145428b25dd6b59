/** Invariants 4, 6 and 7: executions end, nothing stays masked, everything is on record. */
import { parseJson } from '../../local-cloud/json.ts';
import type { CallFact, ExecutionRecord, Recording } from '../recording.ts';
import { at, type Checker, done, fieldsOf, lastDocument, seconds, textsOf } from './reading.ts';

/** Two boot limits, a round for each coordinator, and what AWS itself delays. */
const longestMs = 40 * 60_000;

const knownErrors = ['HeldBack', 'FailoverIncomplete', 'NotDecided'];

/** What Lambda says of a function that it could not run to its end: no word of the function's own. */
const platformErrors = ['Sandbox.Timedout', 'Lambda.TooManyRequestsException', 'States.Timeout'];

export const executionsEnd: Checker = {
  name: 'executions-end',
  defends:
    'A failover that has begun ends: address on a verified coordinator, or a failed execution that says what is missing.',
  check: (recording) =>
    recording.executions.filter(({ killed }) => !killed).flatMap((one) => endingOf(recording, one)),
};

function endingOf(recording: Recording, execution: ExecutionRecord): string[] {
  const { status, error, cause, startedAtMs } = execution;
  const which = `The execution of ${at(recording, startedAtMs)}`;
  if (status === 'RUNNING') {
    const forMs = recording.endedAtMs - startedAtMs;
    if (forMs < longestMs) return [];
    return [`${which} has not ended for ${seconds(forMs)}: it is in ${stateOf(execution)}.`];
  }
  if (status === 'SUCCEEDED') return unverified(which, execution);
  if (error === 'RefusedRequest') return refused(which, recording, execution);
  if (status !== 'FAILED') return [`${which} ended as ${status} in ${stateOf(execution)}.`];
  if (!knownErrors.includes(error ?? '')) {
    return [`${which} failed in ${stateOf(execution)} with ${error}: ${cause?.slice(0, 300)}`];
  }
  if (error === 'NotDecided') return undecided(which, recording, execution);
  return cause ? [] : [`${which} failed with ${error} and does not say what is missing.`];
}

/**
 * A function that decides and never answers, for six tries: nobody can decide then. That is a failed
 * execution that says what is missing (invariant 4), as long as it is recorded, and the next one is
 * on its way (nothing-is-masked sees to that). But a deciding function that fails by itself is a bug.
 */
function undecided(which: string, { facts }: Recording, { arn, cause }: ExecutionRecord): string[] {
  const isRecorded = facts.some(
    (fact) => fact.kind === 'state' && fact.executionArn === arn && fact.name === 'Record incident',
  );
  if (!isRecorded) return [`${which} could not decide, and nobody recorded that.`];
  if (platformErrors.some((name) => cause?.includes(name))) return [];
  return [`${which} could not decide, by a fault of its own: ${cause}`];
}

/**
 * A request that cannot be carried out is refused, and the refusal says why; its execution touches nothing.
 * One that was redriven may have begun to fence at an earlier look: until the holder is condemned that
 * is only DeleteOnTermination off at the address, as it is to be at all times.
 */
function refused(which: string, { facts }: Recording, { arn, cause }: ExecutionRecord): string[] {
  const touched = facts.filter(
    (fact) =>
      fact.kind === 'call' &&
      fact.executionArn === arn &&
      fact.functionName !== 'record-incident' &&
      fact.operation !== 'ModifyNetworkInterfaceAttribute',
  );
  if (touched.length > 0) return [`${which} was refused, but called ${touched.length} times.`];
  return cause ? [] : [`${which} was refused and does not say why.`];
}

/** Who has fenced and says that it failed over, or has nothing to do, leaves a coordinator behind. */
function unverified(which: string, { history }: ExecutionRecord): string[] {
  const document = lastDocument(history);
  const fenced = textsOf(fieldsOf(document.termination).fenced);
  const isVerified = fieldsOf(document.verification).kind === 'verified';
  const { outcome } = fieldsOf(document.verdict);
  // A cluster that is being taken down, even in the middle of a move, needs no coordinator.
  const mayEnd = isVerified || outcome === 'healthy' || outcome === 'closing';
  if (fenced.length === 0 || mayEnd) return [];
  return [`${which} fenced ${fenced.join(', ')} and succeeded without a verified coordinator.`];
}

function stateOf({ history }: ExecutionRecord): string {
  const entered = history.findLast((event) => event.stateEnteredEventDetails !== undefined);
  return entered?.stateEnteredEventDetails?.name ?? 'no state';
}

/** The schedule comes every 5 minutes, a grace wait and its delivery on top. */
const noticedByScheduleMs = 330_000;

export const nothingIsMasked: Checker = {
  name: 'nothing-is-masked',
  defends:
    'No failure stays masked: after any end, a coordinator that is down starts another execution.',
  check: (recording) =>
    unserved(recording).flatMap(({ fromMs, toMs }) =>
      unattended(recording, fromMs, toMs)
        .filter((gap) => gap.toMs - gap.fromMs > noticedByScheduleMs)
        .map(
          (gap) =>
            `From ${at(recording, gap.fromMs)} on nobody served the address, and for ${seconds(gap.toMs - gap.fromMs)} no execution ran.`,
        ),
    ),
};

interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

function unserved({ facts, endedAtMs }: Recording): Period[] {
  const changes = facts.filter((fact) => fact.kind === 'service');
  return changes.flatMap(({ instanceId, atMs }, index) =>
    instanceId === null ? [{ fromMs: atMs, toMs: changes[index + 1]?.atMs ?? endedAtMs }] : [],
  );
}

/** The parts of a period in which no execution was running. */
function unattended({ executions, endedAtMs }: Recording, fromMs: number, toMs: number): Period[] {
  const running = executions
    .map((one) => ({ fromMs: one.startedAtMs, toMs: one.endedAtMs ?? endedAtMs }))
    .sort((one, other) => one.fromMs - other.fromMs);
  const gaps: Period[] = [];
  let attendedUntilMs = fromMs;
  for (const run of running) {
    if (run.fromMs > toMs) break;
    if (run.fromMs > attendedUntilMs) gaps.push({ fromMs: attendedUntilMs, toMs: run.fromMs });
    attendedUntilMs = Math.max(attendedUntilMs, run.toMs);
  }
  return attendedUntilMs < toMs ? [...gaps, { fromMs: attendedUntilMs, toMs }] : gaps;
}

/** Its last call may have been under way. */
const rearmedWithinMs = 15_000;

export const alarmsAreRearmed: Checker = {
  name: 'alarms-are-rearmed',
  defends:
    'Events come on transitions only: an alarm that rang before an execution began can ring again after its end.',
  check: (recording) =>
    rings(recording).flatMap(({ alarmName, fromMs, toMs }) =>
      recording.executions
        .filter(({ startedAtMs, endedAtMs = toMs }) => {
          return startedAtMs > fromMs && endedAtMs + rearmedWithinMs < toMs;
        })
        .filter(mustRearm)
        .map(
          ({ startedAtMs }) =>
            `${alarmName} rang at ${at(recording, fromMs)}, and after the execution of ${at(recording, startedAtMs)} it was still in ALARM.`,
        ),
    ),
};

interface Ring extends Period {
  readonly alarmName: string;
}

/** How long each of the cluster's two alarms was in ALARM, each time. */
function rings({ facts, cluster, endedAtMs }: Recording): Ring[] {
  return Object.values(cluster.alarms).flatMap((alarmName) => {
    const changes = facts.filter((fact) => fact.kind === 'alarm' && fact.alarmName === alarmName);
    return changes.flatMap((change, index) =>
      change.kind === 'alarm' && change.state === 'ALARM'
        ? [{ alarmName, fromMs: change.atMs, toMs: changes[index + 1]?.atMs ?? endedAtMs }]
        : [],
    );
  });
}

/** Not those that died, that touch nothing, or whose rearming AWS refused to the end. */
function mustRearm({ killed, redriven, history, ...execution }: ExecutionRecord): boolean {
  const { verdict, rearming } = lastDocument(history);
  const { outcome, dryRun } = fieldsOf(verdict);
  const isToAct = outcome !== 'refused' && outcome !== 'closing' && dryRun !== true;
  const hasEnded = execution.status === 'SUCCEEDED' || execution.status === 'FAILED';
  const isRefused = fieldsOf(rearming).kind === 'no-answer';
  return hasEnded && isToAct && !isRefused && !killed && !redriven;
}

export const actionsAreRecorded: Checker = {
  name: 'actions-are-recorded',
  defends: 'Every action is in the execution history with its evidence.',
  check: (recording) =>
    ['TerminateInstances', 'DetachNetworkInterface', 'AttachNetworkInterface', 'RunInstances']
      .flatMap((operation) => done(recording, operation))
      .flatMap((call) => missingFrom(recording, call)),
};

function missingFrom(recording: Recording, call: CallFact): string[] {
  const when = `At ${at(recording, call.atMs)} ${call.functionName} called ${call.operation}`;
  const input = inputOf(recording, call);
  if (input === undefined) return [`${when}, but its execution has no such step.`];
  const { sentence, evidence } = fieldsOf(fieldsOf(parseJson(input)).verdict);
  if (!sentence || !evidence) return [`${when} without a verdict and its evidence on record.`];
  return [];
}

/** What the function that made the call was given, by the history of its execution. */
function inputOf({ executions }: Recording, call: CallFact): string | undefined {
  return executions
    .filter(({ arn }) => arn === call.executionArn)
    .flatMap(({ history }) => history)
    .filter(({ timestamp }) => (timestamp?.getTime() ?? 0) <= call.atMs)
    .map(({ lambdaFunctionScheduledEventDetails: details }) => details?.input)
    .findLast((input) => input !== undefined);
}

export const allIsWellInTheEnd: Checker = {
  name: 'all-is-well-in-the-end',
  defends:
    'When the faults are over, the address is served, the coordinators are complete and nothing rings, unless a person must decide and has been told.',
  check(recording) {
    if (recording.ending === 'settled' || isLeftToAPerson(recording)) return [];
    const forMs = recording.endedAtMs - recording.lastFaultAtMs;
    return [`${seconds(forMs)} after the last fault not everything is well again.`];
  },
};

/**
 * The last word of the last look is that a person must decide, and people were told so. That is when
 * there were too many failovers, when the witnesses never agreed, and when one witness is left that
 * speaks against the box's own word: the outside check of a cluster of one (decision 22).
 */
export function isLeftToAPerson({ executions }: Recording): boolean {
  const records = executions.flatMap(({ startedAtMs, history }) => {
    const { verdict, record } = lastDocument(history);
    const { outcome, rule, dryRun } = fieldsOf(verdict);
    const { kind, subject } = fieldsOf(record);
    const isLeft = outcome === 'held-back' || rule === 'box-says-healthy';
    const hasLooked = kind !== undefined && kind !== 'none' && outcome !== 'refused' && !dryRun;
    return hasLooked ? [{ startedAtMs, kind, subject, isLeft }] : [];
  });
  const last = records.toSorted((one, other) => one.startedAtMs - other.startedAtMs).at(-1);
  if (last === undefined || !last.isLeft) return false;
  return records.some(({ kind, subject }) => kind === 'told' && subject === last.subject);
}

const busyMs = 10 * 60_000;
/** Two alarms, each once a minute (rearmSeconds), and the schedule every five. */
const mostExecutions = 30;
/** What the last fault has set off, events that come twice included, is over. */
const calmAfterMs = 5 * 60_000;

export const executionsStayFew: Checker = {
  name: 'executions-stay-few',
  defends: 'A lasting fault is looked at once a minute, not in a tight loop.',
  check(recording) {
    const starts = recording.executions
      .map(({ startedAtMs }) => startedAtMs)
      .filter((startMs) => startMs > recording.lastFaultAtMs + calmAfterMs)
      .sort((one, other) => one - other);
    const from = starts.find((startMs, index) => {
      const nextMs = starts[index + mostExecutions];
      return nextMs !== undefined && nextMs - startMs < busyMs;
    });
    if (from === undefined) return [];
    const count = starts.filter((startMs) => startMs >= from && startMs < from + busyMs).length;
    return [`From ${at(recording, from)} on ${count} executions began within 10 minutes.`];
  },
};
