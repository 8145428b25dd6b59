/** Where the address is, and who may take it from whom: I1, I8, I12, I13. */
import { isPendingOrRunning } from '../../../workflow/model/instance-state.ts';
import { tagKeys } from '../../../workflow/model/names.ts';
import type { CallFact, FaultFact, Recording } from '../recording.ts';
import {
  asksForMove,
  asksForUpgrade,
  at,
  type Checker,
  done,
  fieldsOf,
  instanceIn,
  isForced,
  retirements,
  seconds,
  textsOf,
} from './reading.ts';

/** A describe lags, and a tag with it; a call is under way for seconds. */
const noticedAfterMs = 20_000;
/** Clocks differ by seconds. */
const clockDifferenceMs = 6_000;

export const addressIsKept: Checker = {
  name: 'address-is-kept',
  invariant: 'I1',
  defends:
    'The address is never left on a retired instance, never nowhere for good, never deleted.',
  check: (recording) => [...deletions(recording), ...atTheEnd(recording)],
};

function deletions(recording: Recording): string[] {
  const problems = done(recording, 'TerminateInstances').flatMap((call) => {
    const { address } = call.before;
    if (address === 'deleted' || !address.deleteOnTermination) return [];
    if (!textsOf(call.input.InstanceIds).includes(address.instanceId ?? '')) return [];
    return [
      `At ${at(recording, call.atMs)} ${address.instanceId} was terminated while the address was to be deleted with it.`,
    ];
  });
  return recording.last.address === 'deleted'
    ? [...problems, 'The network interface is gone.']
    : problems;
}

/** Waiting for operator or not: a vacant address is given away, and a holder that is gone is replaced. */
function atTheEnd(recording: Recording): string[] {
  const { last } = recording;
  if (last.address === 'deleted') return [];
  const { instanceId } = last.address;
  if (instanceId === undefined) return ['At the end the address is attached to nothing.'];
  const holder = instanceIn(last, instanceId);
  if (holder === undefined || !isPendingOrRunning(holder)) {
    return [`At the end the address is on ${instanceId}, which is ${holder?.state ?? 'unknown'}.`];
  }
  if (holder.retired === null) return [];
  return [`At the end the address is on ${instanceId}, which is retired.`];
}

export const pinIsObeyed: Checker = {
  name: 'pin-is-obeyed',
  invariant: 'I8',
  defends:
    'Confirm pins the attachment; only that one is detached, from an instance that is retired or dead.',
  check: (recording) =>
    done(recording, 'DetachNetworkInterface').flatMap((call) => {
      const { address } = call.before;
      if (address === 'deleted' || address.attachmentId !== call.input.AttachmentId) return [];
      const holder = instanceIn(call.before, address.instanceId ?? '');
      if (holder === undefined || holder.retired !== null || !isPendingOrRunning(holder)) return [];
      if (!holder.ours) return [];
      return [
        `At ${at(recording, call.atMs)} ${call.functionName} detached the address from ${holder.instanceId}, which nobody had retired.`,
      ];
    }),
};

export const retiredStaysOut: Checker = {
  name: 'retired-stays-out',
  invariant: 'I13',
  defends: 'A retired instance is never promoted again.',
  check: (recording) =>
    done(recording, 'AttachNetworkInterface').flatMap((call) => {
      const instanceId = String(call.input.InstanceId);
      const since = retiredSince(recording, instanceId);
      if (since === undefined || call.atMs - since < noticedAfterMs) return [];
      return [
        `At ${at(recording, call.atMs)} the address was given to ${instanceId}, retired for ${seconds(call.atMs - since)}.`,
      ];
    }),
};

function retiredSince(recording: Recording, instanceId: string): number | undefined {
  return retirements(recording).find((one) => one.instanceId === instanceId)?.call.atMs;
}

export const promotionSettles: Checker = {
  name: 'promotion-settles',
  invariant: 'I2',
  defends:
    'A fresh promotion is left alone for the settle time, unless it did not verify, its instance is gone, or a person asked.',
  check: (recording) =>
    retirements(recording).flatMap(({ call, instanceId }) => {
      const { address } = call.before;
      if (address === 'deleted' || address.instanceId !== instanceId) return [];
      const standbyPick = lastStandbyPick(recording, instanceId, call.atMs);
      if (standbyPick === undefined) return [];
      const ageMs = call.atMs - standbyPick.atMs;
      const holder = instanceIn(call.before, instanceId);
      const mayGo =
        ageMs >= recording.settings.settleSeconds * 1000 - clockDifferenceMs ||
        holder === undefined ||
        !isPendingOrRunning(holder) ||
        didNotVerify(recording, call) ||
        isForced(recording, call);
      if (mayGo) return [];
      return [
        `At ${at(recording, call.atMs)} ${instanceId} was retired ${seconds(ageMs)} after its promotion.`,
      ];
    }),
};

function lastStandbyPick(
  recording: Recording,
  instanceId: string,
  beforeMs: number,
): CallFact | undefined {
  return done(recording, 'AttachNetworkInterface').findLast(
    ({ input, atMs }) => input.InstanceId === instanceId && atMs < beforeMs,
  );
}

function didNotVerify({ facts, executions }: Recording, { executionArn, atMs }: CallFact): boolean {
  const tried = facts.some(
    (fact) =>
      fact.kind === 'state' &&
      fact.executionArn === executionArn &&
      fact.name === 'Verify coordinator' &&
      fact.atMs < atMs,
  );
  // One that was redriven has two records.
  const records = executions.filter(({ arn }) => arn === executionArn);
  return tried && records.some(({ history }) => history.some(notVerified));
}

function notVerified({
  stateExitedEventDetails: exited,
}: Recording['executions'][number]['history'][number]): boolean {
  if (exited?.name !== 'Verify coordinator') return false;
  const { verification } = fieldsOf(JSON.parse(exited.output ?? '{}') as unknown);
  return fieldsOf(verification).kind === 'not-verified';
}

export const pauseHolds: Checker = {
  name: 'pause-holds',
  invariant: 'I12',
  defends:
    'While automatic failover is paused, an execution that has fenced nothing fences no running instance, unless a person asked.',
  check: (recording) =>
    firstFences(recording).flatMap((call) => {
      const since = pausedSince(recording, call);
      if (since === undefined || call.atMs - since < 3 * noticedAfterMs) return [];
      // Whoever forces a move knows of the pause (docs/decisions/0004).
      if (asksForMove(recording, call)) return [];
      const { address } = call.before;
      const holder = address === 'deleted' ? '' : (address.instanceId ?? '');
      if (instanceIn(call.before, holder)?.state !== 'running') return [];
      return [
        `At ${at(recording, call.atMs)} an execution fenced although failover had been paused for ${seconds(call.atMs - since)}.`,
      ];
    }),
};

/**
 * The first fence of each execution, where it had its effect. One whose pin was detached by another
 * execution before, and that then ended the instance, has fenced as well: what it does later is not its
 * first.
 */
function firstFences({ facts }: Recording): CallFact[] {
  const seen = new Set<string>();
  return facts.filter((fact): fact is CallFact => {
    if (fact.kind !== 'call') return false;
    if (endsWhatItFenced(fact)) seen.add(fact.executionArn);
    if (fact.operation !== 'DetachNetworkInterface') return false;
    const isGone = fact.error === 'InvalidAttachmentID.NotFound';
    const isFirst = !seen.has(fact.executionArn);
    if (fact.error === undefined || isGone) seen.add(fact.executionArn);
    return isFirst && fact.error === undefined;
  });
}

function endsWhatItFenced({ functionName, operation, error }: CallFact): boolean {
  return (
    functionName === 'terminate-instance' &&
    operation === 'TerminateInstances' &&
    error === undefined
  );
}

function pausedSince(recording: Recording, call: CallFact): number | undefined {
  const { address } = call.before;
  if (address === 'deleted' || !(tagKeys.paused in address.tags)) return undefined;
  return lastDeedBefore(recording, call, 'pause');
}

export const stackDeletingHolds: Checker = {
  name: 'stack-deleting-holds',
  invariant: 'I12',
  defends:
    'While the cluster is being taken down, nobody is launched and the address is given to nobody.',
  check: (recording) =>
    ['RunInstances', 'AttachNetworkInterface']
      .flatMap((operation) => done(recording, operation))
      .flatMap((call) => {
        const { address } = call.before;
        if (address === 'deleted' || !(tagKeys.stackDeleting in address.tags)) return [];
        const since = lastDeedBefore(recording, call, 'close');
        if (since === undefined || call.atMs - since < noticedAfterMs) return [];
        return [
          `At ${at(recording, call.atMs)} ${call.functionName} called ${call.operation} although the cluster had been closing for ${seconds(call.atMs - since)}.`,
        ];
      }),
};

/** When a person did it last, before the call. */
function lastDeedBefore(
  { facts }: Recording,
  { atMs }: CallFact,
  operatorAction: NonNullable<FaultFact['operatorAction']>,
): number | undefined {
  return facts.findLast(
    (fact) => fact.kind === 'fault' && fact.operatorAction === operatorAction && fact.atMs < atMs,
  )?.atMs;
}

export const windowHolds: Checker = {
  name: 'window-holds',
  invariant: 'I12',
  defends: 'Too many failovers within the window, and a person decides.',
  check(recording) {
    const { failoverLimit, failoverWindowMinutes } = recording.settings;
    // What a person asked for says nothing about how often the cluster fails (docs/decisions/0004).
    const asked = firstFences(recording)
      .filter((call) => asksForMove(recording, call) || asksForUpgrade(recording, call))
      .map(({ input }) => input.AttachmentId);
    const fences = done(recording, 'DetachNetworkInterface').filter(
      ({ input }) => !asked.includes(input.AttachmentId),
    );
    return firstFences(recording).flatMap((call) => {
      if (asked.includes(call.input.AttachmentId)) return [];
      const oldestMs = call.atMs - failoverWindowMinutes * 60_000;
      const earlier = fences.filter(
        ({ atMs }) => atMs > oldestMs && atMs < call.atMs - 3 * noticedAfterMs,
      );
      const moves = new Set(earlier.map(({ input }) => input.AttachmentId));
      if (moves.size < failoverLimit) return [];
      return [`At ${at(recording, call.atMs)} an execution fenced after ${moves.size} failovers.`];
    });
  },
};
