/**
 * The rules of a creation and an update: from an observation to wait, start, done or failed, by one named rule with
 * one sentence. The first rule that matches decides. CloudFormation shows the sentence of a failure.
 * What can go wrong: an observation lags. So a coordinator must answer before the operation is done.
 */
import {
  type AddressView,
  type Answer,
  addressTargetName,
  type CheckTarget,
  type Coordinator,
  type StandbyProblem,
} from '../model/incident.ts';
import { isLiving } from '../model/instance-state.ts';
import { templateVersionOf } from '../model/tags.ts';
import {
  longestBringUpMinutes,
  operationMarginMinutes,
  refusedForSeconds,
} from '../model/timing.ts';
import type { StackOperation, StackOperationView, StackRequest } from './request.ts';

export interface StepDecision {
  /** `start`: start a failover's execution, which does the work; then wait. */
  readonly kind: 'wait' | 'start' | 'done' | 'failed';
  readonly rule: string;
  readonly sentence: string;
}

export interface Situation {
  readonly stackOperation: StackOperation;
  readonly request: StackRequest;
  readonly view: StackOperationView;
  /** ISO 8601 */
  readonly now: string;
}

export interface Rule {
  readonly name: string;
  readonly kind: StepDecision['kind'];
  /** The rule's sentence; undefined where the rule does not match. */
  readonly applies: (situation: Situation) => string | undefined;
}

export function decideBringingUp(situation: Situation): StepDecision {
  return firstOf(bringingUp, situation);
}

/** The address, and every living coordinator at its own IP. */
export function stackOperationTargets(
  { cluster }: StackOperation,
  { address, coordinators }: StackOperationView,
): CheckTarget[] {
  const host = address?.privateIpAddress ?? cluster.coordinatorAddress;
  return [
    { name: addressTargetName, host },
    ...coordinators
      .filter(isLiving)
      .flatMap(({ instanceId, privateIpAddress }) =>
        privateIpAddress === null ? [] : [{ name: instanceId, host: privateIpAddress }],
      ),
  ];
}

/** The failover's execution is started as an upgrade: the holder itself must be replaced. */
export function asksForUpgrade({ requestType }: StackRequest, view: StackOperationView): boolean {
  const holder = holderOf(view);
  return requestType === 'Update' && holder !== undefined && !isWanted(holder, view);
}

const superseded: Rule = {
  name: 'superseded',
  kind: 'failed',
  applies: ({ view }) =>
    view.newerRequest === null
      ? undefined
      : `A later request to this stack is being carried out: ${view.newerRequest}.`,
};

const bringingUp: readonly Rule[] = [
  superseded,
  {
    name: 'renamed',
    kind: 'failed',
    applies: ({ request: { clusterName, clusterNameBefore } }) =>
      clusterNameBefore === null || clusterNameBefore === clusterName
        ? undefined
        : `The cluster ${clusterNameBefore} cannot be renamed to ${clusterName}: its coordinators carry its name. Make another stack for ${clusterName}.`,
  },
  {
    name: 'no-address',
    kind: 'failed',
    applies: ({ view, request }) =>
      view.address === null
        ? `The network interface ${request.networkInterfaceId}, whose address the coordinators get, does not exist.`
        : undefined,
  },
  {
    name: 'stack-deleting',
    kind: 'failed',
    applies: ({ view }) =>
      view.address?.stackDeleting
        ? `A deletion of this stack has begun (${view.address.stackDeleting}): nothing is launched or attached any more. Delete the stack, and create it again.`
        : undefined,
  },
  { name: 'reached', kind: 'done', applies: reached },
  { name: 'refused', kind: 'failed', applies: refused },
  { name: 'not-ready', kind: 'failed', applies: notReady },
  { name: 'waiting-for-operator', kind: 'failed', applies: waitsForOperator },
  { name: 'too-late', kind: 'failed', applies: tooLate },
  {
    name: 'under-way',
    kind: 'wait',
    applies: ({ view: { failover } }) =>
      failover?.running ? `Execution ${failover.name}: ${saidBy(failover)}` : undefined,
  },
  { name: 'pause', kind: 'wait', applies: pauseBetween },
  {
    name: 'begin',
    kind: 'start',
    applies: (situation) => whatIsMissing(situation),
  },
];

/** The holder answers over the address. An update asks more: all coordinators are of the wanted version and ready. */
function reached(situation: Situation): string | undefined {
  const { view, request } = situation;
  const holder = holderOf(view);
  if (holder === undefined || view.address === null) return undefined;
  if (!isAnswering(situation, holder)) return undefined;
  const where = `${holder.instanceId} holds the coordinator address ${view.address.privateIpAddress} and answers.`;
  if (request.requestType === 'Create') return where;
  const standing = view.coordinators.filter(isLiving);
  const complete =
    standing.length === request.coordinatorsWanted &&
    standing.every((one) => isWanted(one, view) && answerOf(situation, one.instanceId)?.ready);
  return complete
    ? `${where} All ${standing.length} coordinators are ready and of the wanted version.`
    : undefined;
}

/** The same JVM answers over the address and at the holder's own IP, as far as JVMs tell. */
function isAnswering(situation: Situation, { instanceId }: Coordinator): boolean {
  const [over, own] = [addressTargetName, instanceId].map((name) => answerOf(situation, name));
  if (!over?.ready || !own?.ready) return false;
  return over.identity === own.identity;
}

function refused(situation: Situation): string | undefined {
  const { view, request } = situation;
  if (secondsSince(situation, situation.stackOperation.execution.startedAt) < refusedForSeconds) {
    return undefined;
  }
  const isFilled = view.coordinators.some((one) => isLiving(one) && isWanted(one, view));
  const last = view.failover?.problems.filter(isDefinite) ?? [];
  if (isFilled || last.length === 0) return undefined;
  const version = `version ${request.launchTemplateVersion} of ${request.launchTemplateId}`;
  return `No coordinator can be launched from ${version}. ${last.map(sentenceOf).join(' ')}`;
}

/**
 * A coordinator of the wanted version has not become ready in time, and no other of that version is ready. The holder
 * of the address does not count: it has been ready.
 */
function notReady(situation: Situation): string | undefined {
  const { view, stackOperation, request } = situation;
  if (stackOperation.answers.kind !== 'asked') return undefined;
  const minutes = stackOperation.settings.readyWithinMinutes;
  const wanted = view.coordinators.filter((one) => isWanted(one, view));
  if (wanted.some((one) => isLiving(one) && answerOf(situation, one.instanceId)?.ready)) {
    return undefined;
  }
  const late = wanted.find(
    ({ instanceId, launchedAt }) =>
      instanceId !== holderOf(view)?.instanceId &&
      launchedAt >= stackOperation.execution.startedAt &&
      secondsSince(situation, launchedAt) >= minutes * 60,
  );
  if (late === undefined) return undefined;
  const answer = answerOf(situation, late.instanceId)?.sentence ?? `It is ${late.state}.`;
  return `${late.instanceId} was launched from version ${request.launchTemplateVersion} of ${request.launchTemplateId} and has not become ready within ${minutes} minutes (readyWithinMinutes). ${answer}`;
}

/** An execution's end that another execution would not change: a person must act. */
function waitsForOperator({ view: { failover } }: Situation): string | undefined {
  if (failover === null || failover.running) return undefined;
  const isFinal = ['paused', 'refused', 'node-kept', 'stack-deleting', 'failover-limit'].includes(
    failover.rule ?? '',
  );
  return isFinal ? `Execution ${failover.name} did nothing: ${saidBy(failover)}` : undefined;
}

function tooLate(situation: Situation): string | undefined {
  const { stackOperation, view, request } = situation;
  // An update replaces coordinators one by one, the next when the one before it is ready.
  const boots = request.requestType === 'Update' ? request.coordinatorsWanted : 1;
  const needed = boots * stackOperation.settings.readyWithinMinutes + operationMarginMinutes;
  const minutes = Math.min(needed, longestBringUpMinutes);
  if (secondsSince(situation, stackOperation.execution.startedAt) < minutes * 60) return undefined;
  const said =
    view.failover === null ? '' : ` Execution ${view.failover.name}: ${saidBy(view.failover)}`;
  return `Not within ${minutes} minutes: ${whatIsMissing(situation)}${said}`;
}

/** Longer with every execution, because of lasting faults. Short where nobody holds the address. */
function pauseBetween(situation: Situation): string | undefined {
  const { view, stackOperation } = situation;
  const { failover } = view;
  if (failover?.endedAt === null || failover === null) return undefined;
  const attempts = stackOperation.step.kind === 'none' ? 0 : stackOperation.step.attempts;
  const most = holderOf(view) === undefined ? 5 : 15;
  const pauseSeconds = Math.min(most, attempts * 5);
  return secondsSince(situation, failover.endedAt) < pauseSeconds
    ? `${whatIsMissing(situation)} The last execution said: ${saidBy(failover)}`
    : undefined;
}

function whatIsMissing(situation: Situation): string {
  const { view, request } = situation;
  const holder = holderOf(view);
  const address = view.address?.privateIpAddress ?? 'The address';
  if (holder === undefined) return `Nobody holds the coordinator address ${address}.`;
  if (!isAnswering(situation, holder)) {
    const answer = answerOf(situation, addressTargetName)?.sentence ?? 'It has not been asked yet.';
    return `${holder.instanceId} holds the coordinator address, but does not answer there. ${answer}`;
  }
  if (!isWanted(holder, view)) {
    return `${holder.instanceId} holds the coordinator address, but runs another version than ${templateVersionOf(request)}.`;
  }
  const standing = view.coordinators.filter(isLiving);
  const others = standing.filter((one) => !isWanted(one, view)).length;
  const unready = standing.filter((one) => !answerOf(situation, one.instanceId)?.ready).length;
  return `There are ${standing.length} coordinators, ${unready} of them not ready and ${others} of another version, but ${request.coordinatorsWanted} are wanted.`;
}

function holderOf({ address, coordinators }: StackOperationView): Coordinator | undefined {
  const holderId = address?.attachment?.status === 'attached' ? heldBy(address) : undefined;
  return coordinators.find((one) => one.instanceId === holderId && isLiving(one));
}

function heldBy(address: AddressView): string | undefined {
  return address.attachment?.instanceId;
}

function isWanted(
  { templateVersion }: Coordinator,
  { wantedVersions }: StackOperationView,
): boolean {
  return templateVersion !== null && wantedVersions.includes(templateVersion);
}

function answerOf({ stackOperation: { answers } }: Situation, name: string): Answer | undefined {
  return answers.kind === 'asked' ? answers.answers.find((one) => one.name === name) : undefined;
}

function saidBy({ sentence, problems }: NonNullable<StackOperationView['failover']>): string {
  return [sentence ?? 'It has not come to a decision.', ...problems.map(sentenceOf)].join(' ');
}

/**
 * EC2 refused every instance type, and another minute does not change that. Errors that come and go are named below:
 * an instance type that EC2 is short of may be had in a minute.
 */
function isDefinite(problem: StandbyProblem): boolean {
  if (problem.kind !== 'not-launched') return false;
  const { refusals } = problem;
  return refusals.length > 0 && refusals.every(({ code }) => !comesAndGoes.test(code));
}

const comesAndGoes =
  /Capacity|Throttl|LimitExceeded$|Timeout|TimedOut|Unavailable|Internal|Networking|IncorrectState|TryAgain|UnknownError|^Error$/;

function sentenceOf({ sentence }: StandbyProblem): string {
  return sentence;
}

export function secondsSince({ now }: Situation, earlier: string): number {
  return (Date.parse(now) - Date.parse(earlier)) / 1000;
}

export function firstOf(rules: readonly Rule[], situation: Situation): StepDecision {
  for (const { name, kind, applies } of rules) {
    const sentence = applies(situation);
    if (sentence !== undefined) return { kind, rule: name, sentence };
  }
  return { kind: 'wait', rule: 'nothing', sentence: 'There is nothing to say.' };
}
