/** How the checkers read a recording. */
import type { Fields } from '../../../history/values.ts';
import { isLiving } from '../../../workflow/model/instance-state.ts';
import { tagKeys } from '../../../workflow/model/names.ts';
import type { CallFact, ExecutionRecord, InstanceTruth, Recording, Truth } from '../recording.ts';

export interface Checker {
  readonly name: string;
  /** Of docs/design.md. */
  readonly invariant: `I${number}`;
  /** The sentence that it defends: the invariant, or one thing that the invariant rests upon. */
  readonly defends: string;
  /** What did not hold, a sentence each. */
  check(recording: Recording): string[];
}

/** Calls of the functions that had their effect, by operation. */
export function done({ facts }: Recording, operation: string): CallFact[] {
  return facts.filter(
    (fact): fact is CallFact =>
      fact.kind === 'call' && fact.operation === operation && fact.error === undefined,
  );
}

/** Retirements: who, and by which call. */
export function retirements(recording: Recording): { call: CallFact; instanceId: string }[] {
  return done(recording, 'CreateTags')
    .filter(({ input }) => tagKeysOf(input).includes(tagKeys.retired))
    .flatMap((call) => textsOf(call.input.Resources).map((instanceId) => ({ call, instanceId })));
}

function tagKeysOf(input: CallFact['input']): string[] {
  return recordsOf(input.Tags).map(({ Key }) => String(Key));
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function recordsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export function instanceIn({ instances }: Truth, instanceId: string): InstanceTruth | undefined {
  return instances.find((one) => one.instanceId === instanceId);
}

/** Living coordinators of the cluster that nobody has retired. */
export function coordinatorsIn({ instances }: Truth): InstanceTruth[] {
  return instances.filter(isLiving);
}

/** `12.3 s`, from the beginning of the run. */
export function at({ startedAtMs }: Recording, milliseconds: number): string {
  return `${((milliseconds - startedAtMs) / 1000).toFixed(1)} s`;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * A person asked this execution to move the address off a holder that works, and it moves it once:
 * by force, or off a holder of another launch template version than the execution knows.
 */
export function isForced(recording: Recording, call: CallFact): boolean {
  // Not the same one again: a try that was not heard is repeated.
  const fencedBefore = retirements(recording).some(
    (one) =>
      one.call.executionArn === call.executionArn &&
      one.call.atMs < call.atMs &&
      !textsOf(call.input.Resources).includes(one.instanceId),
  );
  return (asksForMove(recording, call) || upgrades(recording, call)) && !fencedBefore;
}

export function asksForMove(recording: Recording, call: CallFact): boolean {
  const { force, reason } = requestOf(executionOf(recording, call));
  return force === true && typeof reason === 'string';
}

export function asksForUpgrade(recording: Recording, call: CallFact): boolean {
  return requestOf(executionOf(recording, call)).upgrade === true;
}

function upgrades(recording: Recording, call: CallFact): boolean {
  const execution = executionOf(recording, call);
  if (!asksForUpgrade(recording, call)) return false;
  const [instanceId = ''] = textsOf(call.input.Resources);
  const holder = instanceIn(call.before, instanceId);
  return holder !== undefined && holder.templateVersion !== versionOf(execution);
}

/** The launch template version of the cluster, as an execution knows it. */
function versionOf(execution: ExecutionRecord | undefined): string {
  const received = execution?.history.find(({ type }) => type === 'PassStateExited');
  const document = JSON.parse(received?.stateExitedEventDetails?.output ?? '{}') as unknown;
  const { launchTemplateId, launchTemplateVersion } = fieldsOf(fieldsOf(document).cluster);
  return `${String(launchTemplateId)}:${String(launchTemplateVersion)}`;
}

function executionOf({ executions }: Recording, { executionArn }: CallFact) {
  return executions.find(({ arn }) => arn === executionArn);
}

/** What an execution was started with, as far as it is an object. */
export function requestOf(execution: ExecutionRecord | undefined): Fields {
  const input = execution?.history[0]?.executionStartedEventDetails?.input;
  return fieldsOf(JSON.parse(input ?? '{}') as unknown);
}

/** The document of an execution after its last state so far. */
export function lastDocument(history: ExecutionRecord['history']): Fields {
  const exited = history.findLast((event) => event.stateExitedEventDetails?.output !== undefined);
  return fieldsOf(JSON.parse(exited?.stateExitedEventDetails?.output ?? '{}') as unknown);
}
