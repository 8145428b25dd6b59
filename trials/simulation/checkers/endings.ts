/** I4: how an execution may end, and what must be so then. */
import type { ExecutionRecord, Recording } from '../recording.ts';
import {
  at,
  type Checker,
  done,
  fieldsOf,
  lastDocument,
  retirements,
  seconds,
  textsOf,
} from './reading.ts';

/** Two boot limits, a round for each coordinator, and what AWS itself delays. */
const longestMs = 40 * 60_000;

const knownErrors = ['WaitingForOperator', 'FailoverIncomplete', 'NotDecided'];

/** What Lambda says of a function that it could not run to its end: no word of the function's own. */
const platformErrors = ['Sandbox.Timedout', 'Lambda.TooManyRequestsException', 'States.Timeout'];

export const executionsEnd: Checker = {
  name: 'executions-end',
  invariant: 'I4',
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
  if (status === 'SUCCEEDED') {
    return [...unverified(which, recording, execution), ...unserved(which, recording, execution)];
  }
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
 * execution that says what is missing (I4), as long as it is recorded, and the next one is
 * on its way (nothing-is-masked sees to that). But a deciding function that fails by itself is a bug.
 */
function undecided(which: string, { facts }: Recording, execution: ExecutionRecord): string[] {
  const { arn, cause, history } = execution;
  const isRecorded = facts.some(
    (fact) => fact.kind === 'state' && fact.executionArn === arn && fact.name === 'Record incident',
  );
  if (!isRecorded) return [`${which} could not decide, and nobody recorded that.`];
  const { error } = fieldsOf(lastDocument(history).decision);
  if (platformErrors.includes(String(fieldsOf(error).Error))) return [];
  return [`${which} could not decide, by a fault of its own: ${cause}`];
}

/**
 * A request that cannot be carried out is refused, and the refusal says why; its execution touches nothing.
 * One that was redriven may have begun to fence at an earlier observation: until the holder is retired that
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
function unverified(which: string, recording: Recording, execution: ExecutionRecord): string[] {
  const document = lastDocument(execution.history);
  const fenced = textsOf(fieldsOf(document.termination).fenced);
  const isVerified = fieldsOf(document.verification).kind === 'verified';
  const { outcome } = fieldsOf(document.decision);
  // A cluster that is being taken down, even in the middle of a move, needs no coordinator. And a pause
  // binds whoever has fenced once others have moved the address: what follows is theirs.
  const mayEnd =
    isVerified ||
    outcome === 'healthy' ||
    outcome === 'stack-deleting' ||
    (outcome === 'paused' && isMovedByAnother(recording, execution));
  if (fenced.length === 0 || mayEnd) return [];
  return [`${which} fenced ${fenced.join(', ')} and succeeded without a verified coordinator.`];
}

/** Whom this execution has fenced, or found fenced, somebody else has the address moved off since. */
function isMovedByAnother(
  recording: Recording,
  { arn, endedAtMs, history }: ExecutionRecord,
): boolean {
  const fenced = textsOf(fieldsOf(lastDocument(history).termination).fenced);
  const retiredAtMs = retirements(recording).find(({ instanceId }) => fenced.includes(instanceId))
    ?.call.atMs;
  return done(recording, 'AttachNetworkInterface').some(
    ({ executionArn, atMs }) =>
      executionArn !== arn && atMs > (retiredAtMs ?? 0) && atMs < (endedAtMs ?? 0),
  );
}

/** The word of the check that the address answered: at the next call of the execution it can be reached. */
function unserved(
  which: string,
  { facts }: Recording,
  { arn, history }: ExecutionRecord,
): string[] {
  const { verification, attachment } = lastDocument(history);
  if (fieldsOf(verification).kind !== 'verified') return [];
  const ours = facts.filter((fact) => 'executionArn' in fact && fact.executionArn === arn);
  const asked = ours.findLastIndex(
    (fact) => fact.kind === 'state' && fact.name === 'Verify coordinator',
  );
  const next = ours.slice(asked + 1).find((fact) => fact.kind === 'call');
  const address = next?.before.address ?? 'deleted';
  if (address === 'deleted' || address.usable) return [];
  // Somebody else may have detached it since.
  const isStillAttached = address.attachmentId === fieldsOf(attachment).attachmentId;
  if (!isStillAttached || address.status === 'detaching') return [];
  return [`${which} has verified a coordinator, but the address led nowhere yet.`];
}

function stateOf({ history }: ExecutionRecord): string {
  const entered = history.findLast((event) => event.stateEnteredEventDetails !== undefined);
  return entered?.stateEnteredEventDetails?.name ?? 'no state';
}
