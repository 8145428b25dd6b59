/** I2, I3, I5: who may be terminated, whose instances they are, and how many. */
import type { Fields } from '../../../history/values.ts';
import { isPendingOrRunning } from '../../../workflow/model/instance-state.ts';
import { tagKeys } from '../../../workflow/model/names.ts';
import type { CallFact, InstanceTruth, Recording } from '../recording.ts';
import {
  at,
  type Checker,
  coordinatorsIn,
  done,
  instanceIn,
  isForced,
  recordsOf,
  retirements,
  seconds,
  textsOf,
} from './reading.ts';

/**
 * Evidence grows this old at most before somebody acts upon it: a decision is valid for 15 s, and
 * what it stands on was seen in the seconds before. Who recovered within that may still be taken.
 */
const evidenceMs = 30_000;

export const healthyIsKept: Checker = {
  name: 'healthy-is-kept',
  invariant: 'I2',
  defends: 'Nothing healthy is terminated, whatever arrives late, twice or out of order.',
  check: (recording) => [
    ...retirements(recording).flatMap(({ call, instanceId }) =>
      problemsOf(recording, call, instanceId, 'retired'),
    ),
    ...done(recording, 'TerminateInstances').flatMap((call) =>
      textsOf(call.input.InstanceIds)
        .filter((instanceId) => instanceIn(call.before, instanceId)?.retired === null)
        .flatMap((instanceId) => problemsOf(recording, call, instanceId, 'terminated')),
    ),
  ],
};

function problemsOf(
  recording: Recording,
  call: CallFact,
  instanceId: string,
  what: string,
): string[] {
  const target = instanceIn(call.before, instanceId);
  if (target === undefined || !target.ours || !isPendingOrRunning(target)) return [];
  const when = `At ${at(recording, call.atMs)} ${call.functionName} ${what} ${instanceId}`;
  if (target.servingForMs !== null && target.servingForMs > evidenceMs) {
    if (isForced(recording, call)) return [];
    return [`${when}, which had served the address for ${seconds(target.servingForMs)}.`];
  }
  const { address } = call.before;
  const isHolder = address !== 'deleted' && address.instanceId === instanceId;
  if (isHolder || !isHealthy(target) || isSurplus(recording, call, target)) return [];
  return [`${when}, a healthy standby, although it was not one too many.`];
}

function isHealthy({ healthyForMs, bootedForMs }: InstanceTruth): boolean {
  return healthyForMs !== null && bootedForMs !== null && healthyForMs > evidenceMs;
}

/** Between two calls of one function: as long as a call's tries take at most. */
const betweenCallsMs = 8_000;

/**
 * More than wanted. Who was lost in this moment still counts, whether another execution fenced it or
 * somebody else ended it: who scales in asks whether the address is being moved, and then retires; nothing
 * keeps an end out of the time between the two, and the next observation fills the gap. Two scales in get no such
 * allowance: both must choose the same instance.
 */
function isSurplus(recording: Recording, call: CallFact, target: InstanceTruth): boolean {
  const others = coordinatorsIn(call.before).filter(
    ({ instanceId }) => instanceId !== target.instanceId,
  );
  const justLost = new Set([...justFenced(recording, call), ...justEnded(recording, call)]);
  return others.length + justLost.size >= recording.settings.haCoordinatorsCount;
}

function justFenced(recording: Recording, call: CallFact): string[] {
  return retirements(recording)
    .filter(
      (one) =>
        one.call.functionName === 'terminate-instance' &&
        one.call.executionArn !== call.executionArn &&
        isJustBefore(one.call, call),
    )
    .map(({ instanceId }) => instanceId);
}

/** Coordinators that live no more, because of what happened to them just now. */
function justEnded({ facts }: Recording, call: CallFact): string[] {
  return facts.flatMap((fact) => {
    if (fact.kind !== 'fault' || fact.instanceId === undefined) return [];
    const instance = instanceIn(call.before, fact.instanceId);
    const isLost =
      instance?.ours === true && instance.retired === null && !isPendingOrRunning(instance);
    return isLost && isJustBefore(fact, call) ? [fact.instanceId] : [];
  });
}

function isJustBefore({ atMs }: { readonly atMs: number }, call: CallFact): boolean {
  return atMs <= call.atMs && atMs > call.atMs - betweenCallsMs;
}

export const othersAreUntouched: Checker = {
  name: 'others-are-untouched',
  invariant: 'I3',
  defends: 'An instance of another cluster is never touched.',
  check(recording) {
    const { networkInterfaceId, clusterName } = recording.cluster;
    return recording.facts.flatMap((fact) => {
      if (fact.kind !== 'call') return [];
      const when = `At ${at(recording, fact.atMs)} ${fact.functionName} called ${fact.operation}`;
      const strangers = targetsOf(fact).filter(
        (id) => id !== networkInterfaceId && instanceIn(fact.before, id)?.ours !== true,
      );
      const problems = strangers.map((id) => `${when} for ${id}, which is not the cluster's.`);
      if (fact.operation !== 'RunInstances' || isTagged(fact, clusterName)) return problems;
      return [...problems, `${when} without the cluster's tag.`];
    });
  },
};

function targetsOf({ input }: CallFact): string[] {
  return [
    ...textsOf(input.InstanceIds),
    ...textsOf(input.Resources),
    ...[input.InstanceId, input.NetworkInterfaceId].filter((id) => id !== undefined).map(String),
  ];
}

function isTagged({ input }: CallFact, clusterName: string): boolean {
  return launchTags(input).some(
    ({ Key, Value }) => Key === tagKeys.cluster && Value === clusterName,
  );
}

function launchTags(input: CallFact['input']): Fields[] {
  return recordsOf(input.TagSpecifications).flatMap(({ Tags }) => recordsOf(Tags));
}

export const numberIsKept: Checker = {
  name: 'number-is-kept',
  invariant: 'I5',
  defends: 'Coordinators do not outnumber HACoordinatorsCount for good.',
  check(recording) {
    const { last, settings } = recording;
    const coordinators = coordinatorsIn(last);
    const count = coordinators.length;
    const isOutdated = coordinators.some(
      (one) => one.templateVersion !== recording.templateVersion,
    );
    // One of the new version may stand beside the old ones until a person asks for the move.
    const most = settings.haCoordinatorsCount + (isOutdated ? 1 : 0);
    // While nobody serves the address, one too many may be the one that will: nobody is scaled in.
    if (count <= most || !isServed(recording)) return [];
    return [
      `At the end there are ${count} coordinators instead of ${settings.haCoordinatorsCount}.`,
    ];
  },
};

function isServed({ facts }: Recording): boolean {
  return facts.findLast((fact) => fact.kind === 'service')?.instanceId !== null;
}

export const gapsAreFilledOnce: Checker = {
  name: 'gaps-are-filled-once',
  invariant: 'I5',
  defends: 'Whoever sees the same gap launches the same instance.',
  check(recording) {
    const byPlace = Map.groupBy(
      recording.last.instances.filter(({ ours, slot }) => ours && slot !== null),
      ({ slot, generation }) => `${slot}/${generation}`,
    );
    return [...byPlace].flatMap(([place, instances]) => {
      if (instances.length <= Math.max(1, requestsFor(recording, place))) return [];
      const ids = instances.map(({ instanceId }) => instanceId).join(' and ');
      return [`${ids} were both launched for ${place}.`];
    });
  },
};

/**
 * In how many ways an instance was asked for. EC2 refuses a client token with other parameters, so
 * where capacity is short, and one execution gets the second instance type while another one gets
 * the first in the same moment, there are two for a while; what is too much is scaled in.
 */
function requestsFor(recording: Recording, place: string): number {
  const requests = done(recording, 'RunInstances').filter(
    (call) => `${tagOf(call, tagKeys.slot)}/${tagOf(call, tagKeys.generation)}` === place,
  );
  return new Set(
    requests.map(({ input }) => JSON.stringify([input.InstanceType, input.LaunchTemplate])),
  ).size;
}

function tagOf({ input }: CallFact, key: string): string {
  const tag = launchTags(input).find(({ Key }) => Key === key);
  return String(tag?.Value);
}
