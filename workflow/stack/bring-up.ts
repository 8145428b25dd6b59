/**
 * The rules of creation, update and deletion: what is seen -> wait, begin, done or failed, each by
 * one named rule with one sentence, which is what CloudFormation shows when it failed. First match
 * wins.
 * What can go wrong: an observation that lags. Nothing is believed to be over on one observation: a coordinator must
 * answer, and there must be none for a while.
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
  /** `start`: start a failover execution, which does the work; then wait. */
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
  /** The sentence when it matches. */
  readonly applies: (situation: Situation) => string | undefined;
}

export function decideBringingUp(situation: Situation): StepDecision {
  return firstOf(bringingUp, situation);
}

/** The address, and everybody who might be asked at an address of their own. */
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

/** Whether the holder of the address must be replaced, and not only stand there. */
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
  { name: 'held-off', kind: 'failed', applies: heldOff },
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

/** The holder answers over the address; after an update all are of the wanted version, too. */
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
  return complete ? `${where} All ${standing.length} coordinators are as wanted.` : undefined;
}

/** The address and the holder's own address are answered by the same JVM, as far as it tells. */
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

/** One had its time and is not ready, and no other of that version is. Who holds the address was. */
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

/** Ends that do not change by asking again: a person has to. */
function heldOff({ view: { failover } }: Situation): string | undefined {
  if (failover === null || failover.running) return undefined;
  const isFinal = ['paused', 'refused', 'node-kept', 'stack-deleting', 'failover-limit'].includes(
    failover.rule ?? '',
  );
  return isFinal ? `Execution ${failover.name} did nothing: ${saidBy(failover)}` : undefined;
}

function tooLate(situation: Situation): string | undefined {
  const { stackOperation, view, request } = situation;
  // An update replaces one after the other, each when the one before it is ready.
  const boots = request.requestType === 'Update' ? request.coordinatorsWanted : 1;
  const needed = boots * stackOperation.settings.readyWithinMinutes + operationMarginMinutes;
  const minutes = Math.min(needed, longestBringUpMinutes);
  if (secondsSince(situation, stackOperation.execution.startedAt) < minutes * 60) return undefined;
  const said =
    view.failover === null ? '' : ` Execution ${view.failover.name}: ${saidBy(view.failover)}`;
  return `Not within ${minutes} minutes: ${whatIsMissing(situation)}${said}`;
}

/**
 * Longer from execution to execution, so that a lasting fault is not looked at all the time; but an
 * address that nobody holds waits for nothing.
 */
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
    const answer = answerOf(situation, addressTargetName)?.sentence ?? 'Nobody has asked it yet.';
    return `${holder.instanceId} holds the coordinator address, but does not answer there. ${answer}`;
  }
  if (!isWanted(holder, view)) {
    return `${holder.instanceId} holds the coordinator address and is of another version than ${templateVersionOf(request)}.`;
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
 * Refusals of EC2 that another minute does not change. Those that come and go are named here: where
 * one of several instance types is only short, it may be had in a minute.
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
