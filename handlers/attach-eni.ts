/**
 * Attach ENI, ACT: gives the address to the picked standby.
 * Where the picked standby holds the address, an earlier try has succeeded unheard. A retired or dead
 * holder is detached by force. A living holder means that somebody else has acted.
 * What can go wrong: the old holder lets go slowly (EniNotReleased: tried again every second), or the
 * standby cannot take the address (gone, no free slot), and another standby must be picked.
 */
import { describeAddress } from '../aws/address.ts';
import type { FailoverCalls } from '../aws/calls.ts';
import { describeInstance } from '../aws/coordinators.ts';
import { describeError, errorName } from '../aws/errors.ts';
import { readIncidentToActOn } from '../workflow/model/document.ts';
import { BadInput, EniNotReleased, TryAgain } from '../workflow/model/errors.ts';
import { attachmentOf, fencedBy, standbyPickOf } from '../workflow/model/findings.ts';
import type { AttachmentFinding, AttachmentView, Incident } from '../workflow/model/incident.ts';
import { isPendingOrRunning, isRunning } from '../workflow/model/instance-state.ts';
import { stackDeletingSentence } from '../workflow/stack/take-down.ts';
import { actingHandler, type Clock, isoNow } from './entry.ts';

export const handler = actingHandler(attachEni);

/** Secondary interfaces start at 1. Given, since with several network cards the default is unclear. */
const deviceIndex = 1;

export async function attachEni(
  event: unknown,
  cloud: FailoverCalls,
  clock: Clock,
): Promise<AttachmentFinding> {
  const incident = readIncidentToActOn(event);
  const standbyId = pickedStandby(incident);
  const { attachment, stackDeleting } = await describeAddress(cloud, incident.cluster);
  if (stackDeleting !== null) {
    return finding(
      incident,
      clock,
      'stack-deleting',
      stackDeletingSentence('attached', stackDeleting),
      null,
    );
  }
  // A description lags, but EC2 refuses to attach an ENI in use. So attaching is tried, not waited for,
  // while the old holder leaves.
  if (attachment === null || isFencedHere(incident, attachment)) {
    return attach(incident, standbyId, attachment, cloud, clock);
  }
  if (attachment.instanceId === standbyId) return heldByStandby(incident, attachment, clock);
  if (attachment.status === 'detaching') {
    return attach(incident, standbyId, attachment, cloud, clock);
  }
  return heldByAnother(incident, attachment, cloud, clock);
}

function isFencedHere(incident: Incident, { instanceId }: AttachmentView): boolean {
  return fencedBy(incident).includes(instanceId);
}

/** `shown`: the attachment that the description still shows. */
async function attach(
  incident: Incident,
  standbyId: string,
  shown: AttachmentView | null,
  cloud: FailoverCalls,
  clock: Clock,
): Promise<AttachmentFinding> {
  const { networkInterfaceId } = incident.cluster;
  const standby = await describeInstance(cloud, incident.cluster, standbyId);
  if (standby?.retired !== undefined && standby.retired !== null) {
    return finding(incident, clock, 'unfit', `${standbyId} has been retired meanwhile.`, null);
  }
  try {
    const answer = await cloud.attachNetworkInterface({
      NetworkInterfaceId: networkInterfaceId,
      InstanceId: standbyId,
      DeviceIndex: deviceIndex,
      NetworkCardIndex: 0,
    });
    const attachmentId = answer.AttachmentId ?? null;
    return finding(
      incident,
      clock,
      'attached',
      `The address is being attached to ${standbyId} (${attachmentId}).`,
      attachmentId,
    );
  } catch (error) {
    if (isInUse(error, shown)) {
      // Either the description lags, or the detachment had no effect and nobody else repeats it.
      if (shown?.status === 'attached') await release(incident, shown, cloud);
      throw new EniNotReleased(describeError(error));
    }
    return refused(incident, standbyId, standby?.state, error, clock);
  }
}

/** IncorrectState is about the address or about the standby. */
function isInUse(error: unknown, shown: AttachmentView | null): boolean {
  const name = errorName(error);
  if (name === 'IncorrectState') return shown !== null;
  return name === 'InvalidNetworkInterface.InUse' || name === 'InvalidNetworkInterfaceID.InUse';
}

/** Detaches by force. @throws EniNotReleased where EC2 refuses, as it may while the holder ends */
async function release(
  { cluster }: Incident,
  { attachmentId, instanceId }: AttachmentView,
  cloud: FailoverCalls,
): Promise<void> {
  try {
    await cloud.modifyNetworkInterfaceAttribute({
      NetworkInterfaceId: cluster.networkInterfaceId,
      Attachment: { AttachmentId: attachmentId, DeleteOnTermination: false },
    });
    await cloud.detachNetworkInterface({ AttachmentId: attachmentId, Force: true });
  } catch (error) {
    throw new EniNotReleased(
      `${instanceId}, which is lost, has not released the address yet. ${describeError(error)}`,
    );
  }
}

/** An error of the standby makes the standby unfit; other errors are tried again. */
function refused(
  incident: Incident,
  standbyId: string,
  standbyState: string | undefined,
  error: unknown,
  clock: Clock,
): AttachmentFinding {
  const name = errorName(error);
  const message = error instanceof Error ? error.message : '';
  // InvalidParameterValue has many causes, and EC2 gives no other data: here a message is read.
  const taken = name === 'InvalidParameterValue' && message.includes('already has an interface');
  const stopped = name === 'IncorrectState' && !isRunning({ state: standbyState ?? 'unknown' });
  if (taken || stopped || unfitErrors.includes(name)) {
    const sentence = `${standbyId} cannot take the address. ${describeError(error)}`;
    return finding(incident, clock, 'unfit', sentence, null);
  }
  throw new TryAgain(describeError(error));
}

/** EC2 error codes that are about the standby, not about the moment. */
const unfitErrors = [
  'AttachmentLimitExceeded',
  'IncorrectInstanceState',
  'InvalidInstanceID.NotFound',
  'InvalidInstanceID.Malformed',
  'InvalidParameterCombination',
  'UnsupportedOperation',
];

function heldByStandby(
  incident: Incident,
  attachment: AttachmentView,
  clock: Clock,
): AttachmentFinding {
  const { instanceId, attachmentId, status } = attachment;
  if (status === 'detaching') {
    throw new EniNotReleased(`${instanceId} was picked, but is just releasing the address.`);
  }
  const sentence = `The address is ${status} to ${instanceId} (${attachmentId}).`;
  return { ...finding(incident, clock, 'attached', sentence, attachmentId), found: true };
}

async function heldByAnother(
  incident: Incident,
  attachment: AttachmentView,
  cloud: FailoverCalls,
  clock: Clock,
): Promise<AttachmentFinding> {
  const { instanceId, attachmentId } = attachment;
  const holder = await describeInstance(cloud, incident.cluster, instanceId);
  // A holder that EC2 does not show may live: rule `address-unreadable` observes again, too.
  if (holder === null) {
    throw new TryAgain(
      `EC2 does not show ${instanceId}, which holds the address (${attachmentId}).`,
    );
  }
  const lost = holder.retired !== null || !isPendingOrRunning(holder);
  if (!lost) {
    const sentence = `${instanceId} holds the address (${attachmentId}): another execution or a person has acted.`;
    return finding(incident, clock, 'moved', sentence, attachmentId);
  }
  await release(incident, attachment, cloud);
  throw new EniNotReleased(`Detached the address by force from ${instanceId}, which is lost.`);
}

function pickedStandby({ standbyPick }: Incident): string {
  if (standbyPick?.kind !== 'picked' || standbyPick.instanceId === null) {
    throw new BadInput('$.standbyPick must be one with a picked standby.');
  }
  return standbyPick.instanceId;
}

function finding(
  incident: Incident,
  clock: Clock,
  kind: AttachmentFinding['kind'],
  sentence: string,
  attachmentId: string | null,
): AttachmentFinding {
  const standbyPick = standbyPickOf(incident);
  const instanceId = (standbyPick?.kind === 'picked' && standbyPick.instanceId) || '';
  const earlier = attachmentOf(incident)?.unfit ?? [];
  return {
    kind,
    at: isoNow(clock),
    sentence,
    instanceId,
    attachmentId,
    unfit: kind === 'unfit' ? [...new Set([...earlier, instanceId])] : earlier,
  };
}
