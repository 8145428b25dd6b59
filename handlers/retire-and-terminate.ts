/**
 * Retiring and terminating one instance of this cluster, for a failover and for scaling in.
 * What can go wrong: the instance holds the address by now, or is another cluster's. The caller checks
 * both; the role's policy (cluster tag) is the second lock.
 */
import type { FailoverCalls } from '../aws/calls.ts';
import { describeError, errorName } from '../aws/errors.ts';
import { tagKeys } from '../workflow/model/names.ts';

export const goneErrors = [
  'InvalidAttachmentID.NotFound',
  'InvalidNetworkInterfaceAttachmentID.NotFound',
];

/**
 * Keeps the ENI when its holder is terminated. Also tells without lag whether the attachment still
 * exists: EC2 refuses the call when the attachment is gone.
 * @returns false when the attachment is gone
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

/** Nobody promotes a retired instance. `why` is the tag's value, cut to EC2's 256 characters. */
export async function retire(cloud: FailoverCalls, instanceId: string, why: string): Promise<void> {
  await cloud.createTags({
    Resources: [instanceId],
    Tags: [{ Key: tagKeys.retired, Value: why.slice(0, 256) }],
  });
}

/**
 * Terminates at once, without waiting for an operating system that may hang.
 * @returns null, or a sentence when EC2 refuses: termination protection, permission, an unknown id
 * (`InvalidInstanceID.NotFound` does not prove that the instance is gone)
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
