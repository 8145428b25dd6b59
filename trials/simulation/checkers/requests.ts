/**
 * What a person asks for and the cluster can give: the address where they want it. Judged only where
 * nothing else goes wrong any more, and everybody could see that all was ready.
 */
import { tagKeys } from '../../../workflow/model/names.ts';
import type { ExecutionRecord, FaultFact, InstanceTruth, Recording, Truth } from '../recording.ts';
import { at, type Checker, coordinatorsIn, done, instanceIn, requestOf } from './reading.ts';

export const namedStandbyGetsIt: Checker = {
  name: 'named-standby-gets-it',
  invariant: 'I12',
  defends: 'A move that a person forces goes to the standby that they name, if it can take over.',
  check(recording) {
    const asked = lastOperatorAction(recording, 'force to a standby');
    if (asked === undefined) return [];
    const named = requestOf(executionOf(recording, asked)).standby;
    const holder = missing(recording, asked, ({ instanceId }) => instanceId === named);
    if (holder === undefined) return [];
    return [
      `At ${at(recording, asked.atMs)} a person moved the address to ${String(named)}, and at the end it is on ${holder}.`,
    ];
  },
};

/** The last thing that happens in a run, if it is that request. */
export function lastOperatorAction(
  { facts, lastFaultAtMs }: Recording,
  operatorAction: NonNullable<FaultFact['operatorAction']>,
): FaultFact | undefined {
  const asked = facts.findLast(
    (fact): fact is FaultFact => fact.kind === 'fault' && fact.operatorAction === operatorAction,
  );
  return asked !== undefined && asked.atMs >= lastFaultAtMs ? asked : undefined;
}

/** Who holds the address at the end, where it should be somebody who is wanted and could have it. */
export function missing(
  recording: Recording,
  asked: FaultFact,
  isWanted: (one: InstanceTruth) => boolean,
): string | undefined {
  const { last } = recording;
  if (asked.before === undefined || !isReadyFor(asked.before, isWanted)) return undefined;
  if (mayWait(recording, asked)) return undefined;
  const holderId = last.address === 'deleted' ? '' : (last.address.instanceId ?? '');
  const holder = instanceIn(last, holderId);
  return holder !== undefined && isWanted(holder) ? undefined : holderId;
}

/** What was so for so long has been seen by everybody. */
const longMs = 60_000;

const operatorTags: readonly string[] = [tagKeys.paused, tagKeys.stackDeleting];

/** A holder that works and is not wanted, a standby that is and could take over, no operator tag set. */
function isReadyFor(truth: Truth, isWanted: (one: InstanceTruth) => boolean): boolean {
  const { address } = truth;
  if (
    address === 'deleted' ||
    Object.keys(address.tags).some((key) => operatorTags.includes(key))
  ) {
    return false;
  }
  const holder = instanceIn(truth, address.instanceId ?? '');
  const successor = coordinatorsIn(truth).find(
    (one) =>
      one.instanceId !== address.instanceId && isWanted(one) && (one.healthyForMs ?? 0) > longMs,
  );
  return (
    successor !== undefined &&
    holder !== undefined &&
    !isWanted(holder) &&
    (holder.servingForMs ?? 0) > longMs
  );
}

/** Too many failovers before it, or the execution that was asked died. */
function mayWait(recording: Recording, asked: FaultFact): boolean {
  const { failoverLimit, failoverWindowMinutes } = recording.settings;
  const { atMs } = asked;
  const fences = done(recording, 'DetachNetworkInterface').filter(
    (call) => call.atMs < atMs && call.atMs > atMs - failoverWindowMinutes * 60_000,
  );
  const moves = new Set(fences.map(({ input }) => input.AttachmentId));
  return executionOf(recording, asked)?.killed !== false || moves.size >= failoverLimit;
}

function executionOf({ executions }: Recording, { atMs }: FaultFact): ExecutionRecord | undefined {
  return executions.find((one) => {
    const { upgrade, standby } = requestOf(one);
    return one.startedAtMs >= atMs && (upgrade === true || standby !== undefined);
  });
}
