/**
 * Retiring and terminating one instance of this cluster, for a failover and for scaling in.
 * What can go wrong: terminating what carries the address by now, or what is not ours. The caller
 * has looked; the role's policy (cluster tag) is the second lock.
 */
import type { FailoverCalls } from '../aws/calls.ts';
import { describeError, errorName } from '../aws/errors.ts';
import { tagKeys } from '../workflow/model/names.ts';

export const goneErrors = [
  'InvalidAttachmentID.NotFound',
  'InvalidNetworkInterfaceAttachmentID.NotFound',
];

/**
 * Makes sure that terminating the holder does not delete the ENI. It is also the only answer without
 * lag to the question whether this attachment still holds the address: the call names it, and is
 * refused when it is gone. False then; throws what else AWS throws.
 */
export async function guardAttachment(
  cloud: FailoverCalls,
  networkInterfaceId: string,
  attachmentId: string,
): Promise<boolean> {
  try {
    await cloud.modifyNetworkInterfaceAttribute({
      NetworkInterfaceId: networkInterfaceId,
      Attachment: { AttachmentId: attachmentId, DeleteOnTermination: false },
    });
    return true;
  } catch (error) {
    if (goneErrors.includes(errorName(error))) return false;
    throw error;
  }
}

/** From here on nobody promotes it. `why` is the tag's value, cut to EC2's 256 characters. */
export async function retire(cloud: FailoverCalls, instanceId: string, why: string): Promise<void> {
  await cloud.createTags({
    Resources: [instanceId],
    Tags: [{ Key: tagKeys.retired, Value: why.slice(0, 256) }],
  });
}

/**
 * Terminates at once, without waiting for an operating system that may hang. Returns a sentence
 * when it was refused (termination protection, permission, an id that EC2 does not know), or null.
 * `InvalidInstanceID.NotFound` does not prove that it is gone, so it is said like the others.
 */
export async function terminate(
  cloud: Pick<FailoverCalls, 'terminateInstances'>,
  instanceId: string,
): Promise<string | null> {
  try {
    await cloud.terminateInstances({
      InstanceIds: [instanceId],
      Force: true,
      SkipOsShutdown: true,
    });
    return null;
  } catch (error) {
    return `${instanceId} could not be terminated: ${describeError(error)}`;
  }
}
