/** I4, I6, I7, I10: nothing stays masked, everything is on record, and all ends well. */
import type { CallFact, ExecutionRecord, Recording } from '../recording.ts';
import { at, type Checker, done, fieldsOf, lastDocument, seconds } from './reading.ts';

/** The schedule comes every 5 minutes, a grace wait and its delivery on top. */
const noticedByScheduleMs = 330_000;

export const nothingIsMasked: Checker = {
  name: 'nothing-is-masked',
  invariant: 'I6',
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
const alarmsResetWithinMs = 15_000;

export const alarmsAreReset: Checker = {
  name: 'alarms-are-reset',
  invariant: 'I6',
  defends:
    'Events come on transitions only: an alarm that rang before an execution began can ring again after its end.',
  check: (recording) =>
    rings(recording).flatMap(({ alarmName, fromMs, toMs }) =>
      recording.executions
        .filter(({ startedAtMs, endedAtMs = toMs }) => {
          return startedAtMs > fromMs && endedAtMs + alarmsResetWithinMs < toMs;
        })
        .filter(mustReset)
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

/** Not those that died, that touch nothing, or whose resetting AWS refused to the end. */
function mustReset({ killed, redriven, history, ...execution }: ExecutionRecord): boolean {
  const { decision, alarmReset } = lastDocument(history);
  const { outcome, dryRun } = fieldsOf(decision);
  const isToAct = outcome !== 'refused' && outcome !== 'stack-deleting' && dryRun !== true;
  const hasEnded = execution.status === 'SUCCEEDED' || execution.status === 'FAILED';
  const isRefused = fieldsOf(alarmReset).kind === 'no-answer';
  return hasEnded && isToAct && !isRefused && !killed && !redriven;
}

export const actionsAreRecorded: Checker = {
  name: 'actions-are-recorded',
  invariant: 'I7',
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
  const { sentence, evidence } = fieldsOf(fieldsOf(JSON.parse(input) as unknown).decision);
  if (!sentence || !evidence) return [`${when} without a decision and its evidence on record.`];
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
  invariant: 'I4',
  defends:
    'When the faults are over, the address is served, the coordinators are complete and nothing rings, unless a person must decide and has been told.',
  check(recording) {
    if (recording.ending === 'settled' || isLeftToAPerson(recording)) return [];
    const forMs = recording.endedAtMs - recording.lastFaultAtMs;
    return [`${seconds(forMs)} after the last fault not everything is well again.`];
  },
};

/**
 * The last word of the last observation is that a person must decide, and people were told so. That is when
 * there were too many failovers, when the witnesses never agreed, and when one witness is left that
 * speaks against the host's own word: the outside check of a cluster of one (docs/decisions/0002).
 */
export function isLeftToAPerson({ executions }: Recording): boolean {
  const records = executions.flatMap(({ startedAtMs, history }) => {
    const { decision, record } = lastDocument(history);
    const { outcome, rule, dryRun } = fieldsOf(decision);
    const { kind, topic } = fieldsOf(record);
    const isLeft = outcome === 'waiting-for-operator' || rule === 'self-report-healthy';
    const hasLooked = kind !== undefined && kind !== 'none' && outcome !== 'refused' && !dryRun;
    return hasLooked ? [{ startedAtMs, kind, topic, isLeft }] : [];
  });
  const last = records.toSorted((one, other) => one.startedAtMs - other.startedAtMs).at(-1);
  if (last === undefined || !last.isLeft) return false;
  return records.some(({ kind, topic }) => kind === 'notify' && topic === last.topic);
}

const busyMs = 10 * 60_000;
/** Two alarms, each once a minute (alarmResetSeconds), and the schedule every five. */
const mostExecutions = 30;
/** What the last fault has set off, events that come twice included, is over. */
const calmAfterMs = 5 * 60_000;

export const executionsStayFew: Checker = {
  name: 'executions-stay-few',
  invariant: 'I10',
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
