/**
 * What two executions of one incident must come to, counted exactly: one failover, one retired, one
 * terminated, one replacement, and the address on a coordinator that was seen to answer there.
 * The checkers of the simulation are about every incident; these are about this one, where it is known.
 */
import { isPendingOrRunning } from '../../workflow/model/instance-state.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { readFailoverTimes } from '../../workflow/model/tags.ts';
import { done, fieldsOf, retirements, textsOf } from '../simulation/checkers/reading.ts';
import type { InstanceTruth, Recording, Truth } from '../simulation/recording.ts';
import { type PairName, pairs, type Schedule } from './schedule.ts';

/** What does not hold, a sentence each. `before`: how things were before the two began. */
export function miscounts(recording: Recording, before: Truth, schedule: Schedule): string[] {
  const counted = count(recording, before);
  // Whoever was asked to move a healthy coordinator may die before it has begun: then all stays.
  const mayStay = !pairs[schedule.pair].failed && schedule.kind === 'die';
  if (mayStay && isUntouched(counted, before)) return [];
  const { detached, attached, retired, terminated, launched, holder } = counted;
  const old = holderOf(before) ?? 'nobody';
  const successor = before.instances.find(
    ({ instanceId, ours }) => ours && instanceId !== old,
  )?.instanceId;
  return [
    ...unless(same(detached, [attachmentOf(before)]), `Detached: ${detached.join(', ')}.`),
    ...unless(same(attached, [successor]), `The address was given to: ${attached.join(', ')}.`),
    ...unless(same(retired, [old]), `Not ${old} alone was retired: ${retired.join(', ')}.`),
    ...unless(same(terminated, [old]), `Not ${old} alone was ended: ${terminated.join(', ')}.`),
    ...unless(launched.length === 1, `${launched.length} coordinators were launched instead of 1.`),
    ...unless(launched.every(isPendingOrRunning), 'The replacement did not stay.'),
    ...unless(holder === successor, `The address is on ${holder} in the end.`),
    ...unless(isVerified(recording, successor), 'Nobody saw the successor answer at the address.'),
    ...wrongTimes(recording.last, schedule.pair),
  ];
}

interface Counted {
  readonly detached: readonly string[];
  readonly attached: readonly string[];
  readonly retired: readonly string[];
  readonly terminated: readonly string[];
  readonly launched: readonly InstanceTruth[];
  readonly holder: string | undefined;
}

function count(recording: Recording, before: Truth): Counted {
  const { last } = recording;
  const known = new Set(before.instances.map(({ instanceId }) => instanceId));
  return {
    detached: distinct(
      done(recording, 'DetachNetworkInterface').map(({ input }) => String(input.AttachmentId)),
    ),
    // Each of them counts: none is made twice.
    attached: done(recording, 'AttachNetworkInterface').map(({ input }) =>
      String(input.InstanceId),
    ),
    retired: distinct(retirements(recording).map(({ instanceId }) => instanceId)),
    terminated: distinct(
      done(recording, 'TerminateInstances').flatMap(({ input }) => textsOf(input.InstanceIds)),
    ),
    launched: last.instances.filter(({ instanceId, ours }) => ours && !known.has(instanceId)),
    holder: holderOf(last),
  };
}

function isUntouched(counted: Counted, before: Truth): boolean {
  const { detached, attached, retired, terminated, launched, holder } = counted;
  const done = [detached, attached, retired, terminated, launched];
  return done.every(({ length }) => length === 0) && holder === holderOf(before);
}

/** Each failover counts once for the limit; what a person forced does not count. */
function wrongTimes({ address }: Truth, pair: PairName): string[] {
  const tags = address === 'deleted' ? {} : address.tags;
  const times = readFailoverTimes(tags[tagKeys.failovers]).length;
  const starts: readonly string[] = pairs[pair].starts;
  const least = pairs[pair].failed && !starts.includes('force') ? 1 : 0;
  const most = pairs[pair].failed ? 1 : 0;
  return unless(
    times >= least && times <= most,
    `The address remembers ${times} failovers instead of ${least === most ? most : '0 or 1'}.`,
  );
}

/** An execution that lived verified it, or found that the address answers. */
function isVerified({ executions }: Recording, instanceId: string | undefined): boolean {
  return executions.some(({ killed, history }) => {
    if (killed) return false;
    return history.some(({ stateExitedEventDetails: exited }) => {
      const document = fieldsOf(JSON.parse(exited?.output ?? '{}') as unknown);
      const verification = fieldsOf(document.verification);
      if (exited?.name === 'Verify coordinator') {
        return verification.kind === 'verified' && verification.instanceId === instanceId;
      }
      const decision = fieldsOf(document.decision);
      const isHealthy = exited?.name === 'Confirm failure' && decision.outcome === 'healthy';
      return isHealthy && fieldsOf(decision.pin).instanceId === instanceId;
    });
  });
}

function holderOf({ address }: Truth): string | undefined {
  return address === 'deleted' ? undefined : address.instanceId;
}

function attachmentOf({ address }: Truth): string | undefined {
  return address === 'deleted' ? undefined : address.attachmentId;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function same(found: readonly string[], expected: readonly (string | undefined)[]): boolean {
  return found.length === expected.length && found.every((one, at) => one === expected[at]);
}

function unless(holds: boolean, sentence: string): string[] {
  return holds ? [] : [sentence];
}
