/**
 * Terminate instance, ACT: makes it impossible for the failed coordinator to serve the address.
 * In this order: guard the ENI, retire, detach by force, terminate. The fence is the detachment; where
 * EC2 refuses the detachment, the fence is the termination. The tag keeps the instance from being
 * promoted, even if this function dies in between.
 * What can go wrong: the decision is too old, the address has moved, or an earlier try has succeeded
 * unheard. So the function reads EC2 first and acts on the pinned attachment only.
 */
import { describeAddress } from '../aws/address.ts';
import type { FailoverCalls } from '../aws/calls.ts';
import { describeInstance } from '../aws/coordinators.ts';
import { describeError, errorName } from '../aws/errors.ts';
import { readIncidentToActOn } from '../workflow/model/document.ts';
import { BadInput, TryAgain } from '../workflow/model/errors.ts';
import { terminationOf } from '../workflow/model/findings.ts';
import type {
  AddressView,
  Coordinator,
  Decision,
  FencingStep,
  Incident,
  Pin,
  Termination,
} from '../workflow/model/incident.ts';
import {
  isOursNotTerminated,
  isShuttingDownOrTerminated,
  isTerminated,
} from '../workflow/model/instance-state.ts';
import { tagKeys } from '../workflow/model/names.ts';
import { readRequest } from '../workflow/model/request.ts';
import { addFailoverTime, fencedTag, isAskedFor, isCounted } from '../workflow/model/tags.ts';
import { actingHandler, type Clock, isoNow } from './entry.ts';
import { goneErrors, guardAttachment, retire, terminate } from './retire-and-terminate.ts';

export const handler = actingHandler(terminateInstance);

export async function terminateInstance(
  event: unknown,
  cloud: FailoverCalls,
  clock: Clock,
): Promise<Termination> {
  const incident = readIncidentToActOn(event);
  const decision = actionableDecision(incident);
  const { pin } = decision;
  const [address, instance] = await Promise.all([
    describeAddress(cloud, incident.cluster),
    describeInstance(cloud, incident.cluster, pin.instanceId),
  ]);
  const wasAttached = address.attachment?.attachmentId === pin.attachmentId;
  if (wasAttached && isStale(decision, incident, clock)) {
    const sentence = `The decision of ${decision.at} is too old to act upon: observe again.`;
    return finding(incident, clock, 'stale', sentence);
  }
  if (!wasAttached && address.attachment?.instanceId === pin.instanceId) {
    const sentence = `${pin.instanceId} has got the address again (${address.attachment.attachmentId}): observe again.`;
    return finding(incident, clock, 'moved', sentence);
  }
  return fence({ incident, cloud, clock, decision, pin, address, instance, wasAttached });
}

interface Fencing {
  readonly incident: Incident;
  readonly cloud: FailoverCalls;
  readonly clock: Clock;
  readonly decision: Decision;
  readonly pin: Pin;
  readonly address: AddressView;
  readonly instance: Coordinator | null;
  /** The description of the ENI shows the pinned attachment. `guardInterface` says what is so now. */
  readonly wasAttached: boolean;
}

async function fence(fencing: Fencing): Promise<Termination> {
  const { incident, cloud, clock, pin, instance, wasAttached } = fencing;
  const { instanceId, attachmentId } = pin;
  const steps: FencingStep[] = [];
  const note = (step: FencingStep['step'], result: string) =>
    steps.push({ step, result, at: isoNow(clock) });
  const stillAttached = wasAttached && (await guardInterface(fencing));
  const detachResult = stillAttached ? 'done' : 'not needed: the attachment was gone already';
  note('guard', detachResult);
  const ours = ownNotTerminated(instance);
  // The pinned attachment is gone and nobody has retired the instance: it is not ours to retire.
  if (ours?.retired === null && !stillAttached && !isShuttingDownOrTerminated(ours)) {
    const sentence = `${instanceId} no longer holds the address (${attachmentId}), and nobody retired the instance: observe again.`;
    return finding(incident, clock, 'moved', sentence);
  }
  const problems = await retireAndCount(fencing, ours, stillAttached);
  note('retire', retireResult(ours));
  const detachError = stillAttached ? await detach(cloud, attachmentId) : null;
  note('detach', detachError === null ? detachResult : `refused: ${describeError(detachError)}`);
  const refusal = await terminateOurs(cloud, instance);
  const terminated = ours !== null && refusal === null;
  // Termination releases an address that cannot be detached; Attach ENI waits for the release.
  if (detachError !== null && !terminated && !(instance !== null && isTerminated(instance))) {
    throw new TryAgain(describeError(detachError));
  }
  if (detachError !== null)
    problems.push(`The address was not detached. ${describeError(detachError)}`);
  if (refusal !== null) problems.push(refusal);
  note('terminate', refusal ?? (terminated ? 'done' : 'not needed: it had ended already'));
  return {
    ...finding(
      incident,
      clock,
      'fenced',
      fencedSentence(pin, fenceWords(stillAttached, detachError), terminated),
    ),
    terminated: [...before(incident).terminated, ...(terminated ? [instanceId] : [])],
    problems,
    steps,
  };
}

/**
 * Retires the instance and counts the failover. Before the fence: a function that dies after the fence
 * would leave a failover uncounted.
 * @returns what went wrong with the counting
 */
async function retireAndCount(
  fencing: Fencing,
  ours: Coordinator | null,
  stillAttached: boolean,
): Promise<string[]> {
  const { cloud, incident, decision, address } = fencing;
  const problems: string[] = [];
  const attachedAt = address.attachment?.attachedAt;
  const isKnown = attachedAt !== undefined && isCounted(address.failovers, attachedAt);
  const counts = stillAttached && !isAskedFor(decision.rule) && !isKnown;
  const { standby } = readRequest(incident.request);
  const tag = fencedTag(decision.rule, incident.execution.id, standby);
  await Promise.all([
    ours?.retired === null ? retire(cloud, ours.instanceId, tag) : undefined,
    counts ? attempt(problems, () => rememberFailover(fencing)) : undefined,
  ]);
  return problems;
}

function fencedSentence(
  { instanceId, attachmentId }: Pin,
  fence: string,
  terminated: boolean,
): string {
  return `${instanceId} is fenced. ${fence} (${attachmentId})${terminated ? ', and it is terminated.' : '.'}`;
}

function retireResult(ours: Coordinator | null): string {
  if (ours === null) return "not done: it has ended already, or is not tagged as this cluster's";
  return ours.retired === null ? 'done' : 'not needed: it was retired already';
}

function fenceWords(stillAttached: boolean, detachError: unknown): string {
  if (!stillAttached) return 'It had lost the address';
  return detachError === null
    ? 'The address was detached from it by force'
    : 'It loses the address when it ends';
}

/** The instance, where it is this cluster's and not terminated. */
function ownNotTerminated(instance: Coordinator | null): Coordinator | null {
  return instance !== null && isOursNotTerminated(instance) ? instance : null;
}

/** @returns why the instance is not terminated, or null */
async function terminateOurs(
  cloud: FailoverCalls,
  instance: Coordinator | null,
): Promise<string | null> {
  if (instance === null || isTerminated(instance)) return null;
  if (instance.ours) return terminate(cloud, instance.instanceId);
  return `${instance.instanceId} was not terminated: it is not tagged as this cluster's.`;
}

/** Keeps the ENI when the instance ends. @returns false where the pinned attachment is gone */
async function guardInterface({ incident, cloud, pin, instance }: Fencing): Promise<boolean> {
  try {
    return await guardAttachment(cloud, incident.cluster.networkInterfaceId, pin.attachmentId);
  } catch (error) {
    // EC2 may refuse changes to an instance that is ending, which leaves nothing to guard. A stopped
    // instance keeps the address, and a person may start it again.
    if (instance !== null && isShuttingDownOrTerminated(instance)) return true;
    throw error;
  }
}

/** @returns why the address was not detached, or null; an attachment that is gone is detached */
async function detach(cloud: FailoverCalls, attachmentId: string): Promise<unknown> {
  try {
    await cloud.detachNetworkInterface({ AttachmentId: attachmentId, Force: true });
    return null;
  } catch (error) {
    return goneErrors.includes(errorName(error)) || errorName(error) === 'IncorrectState'
      ? null
      : error;
  }
}

/** Named by the decision's time, so that a second try counts the same failover. */
async function rememberFailover({ incident, cloud, address }: Fencing): Promise<void> {
  const { at } = actionableDecision(incident);
  const { failoverWindowMinutes } = incident.settings;
  await cloud.createTags({
    Resources: [incident.cluster.networkInterfaceId],
    Tags: [
      {
        Key: tagKeys.failovers,
        Value: addFailoverTime(address.failovers, at, failoverWindowMinutes),
      },
    ],
  });
}

async function attempt(problems: string[], act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    problems.push(describeError(error));
  }
}

function actionableDecision({ decision }: Incident): Decision & { readonly pin: Pin } {
  if (decision?.kind !== 'decision' || decision.outcome !== 'failed' || decision.pin === null) {
    throw new BadInput('$.decision must be one with the outcome "failed" and a pin.');
  }
  return { ...decision, pin: decision.pin };
}

function isStale({ at }: Decision, { settings }: Incident, clock: Clock): boolean {
  return clock.now() - Date.parse(at) > settings.decisionValidSeconds * 1000;
}

function finding(
  incident: Incident,
  clock: Clock,
  kind: Termination['kind'],
  sentence: string,
): Termination {
  const { pin, rule } = actionableDecision(incident);
  const { instanceId } = pin;
  const { fenced, terminated } = before(incident);
  return {
    kind,
    at: isoNow(clock),
    sentence,
    instanceId,
    rule,
    fenced: kind === 'fenced' ? [...new Set([...fenced, instanceId])] : fenced,
    terminated,
    problems: [],
  };
}

/** What earlier rounds of this execution did. */
function before(incident: Incident): Pick<Termination, 'fenced' | 'terminated'> {
  return terminationOf(incident) ?? { fenced: [], terminated: [] };
}
