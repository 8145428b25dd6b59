/**
 * The cluster's coordinators as EC2 and their probes show them, in the words of the workflow.
 * What can go wrong: whoever holds the address may lack the cluster's tag; it belongs into the
 * picture all the same.
 */
import type { Instance, NetworkInterface } from '@aws-sdk/client-ec2';
import { readFailoverTimes } from '../../workflow/model/tags.ts';
import { tagKeys } from '../../workflow/names.ts';
import type { Cloud } from '../cloud.ts';

export interface BoxView {
  readonly instanceId: string;
  /** pending, running, shutting-down, terminated, stopping, stopped (EC2). */
  readonly state: string;
  /** Does it carry this cluster's tag? Only the holder of the address may be listed without. */
  readonly ours: boolean;
  readonly privateIpAddress: string | null;
  readonly launchedAt: string;
  readonly slot: string | null;
  readonly generation: string | null;
  /** What condemned it: never promoted again. */
  readonly condemned: string | null;
  readonly availabilityZone: string;
  readonly instanceType: string;
  readonly subnetId: string;
  /** Interfaces on the instance. */
  readonly interfaces: number;
  /** What it was launched from, as its tag says: workflow/versions.ts. */
  readonly templateVersion: string | null;
}

/** The ENI: the coordinator address and what is tagged on it. */
export interface AddressFacts {
  readonly networkInterfaceId: string;
  readonly privateIpAddress: string;
  readonly availabilityZone: string;
  readonly attachment: {
    readonly attachmentId: string;
    readonly instanceId: string;
    readonly attachedAt: string;
    readonly status: string;
    readonly deleteOnTermination: boolean;
  } | null;
  /** Values of the tags, as model/tags.ts reads them. */
  readonly paused: string | null;
  readonly acknowledged: string | null;
  /** The stack is being deleted. */
  readonly closing: string | null;
  /** Times of recent failovers, ISO 8601, oldest first. */
  readonly failovers: readonly string[];
}

const mostPages = 5;
/** DescribeInstanceStatus: at most 100 ids. */
const mostStatusIds = 100;

/** All of the cluster, terminated ones included, and the holder of the address. */
export async function readCoordinators(
  cloud: Cloud,
  clusterName: string,
  holderId: string | undefined,
): Promise<BoxView[]> {
  const tagged = await describeTagged(cloud, clusterName);
  const listed = tagged.some(({ InstanceId }) => InstanceId === holderId);
  const others = holderId === undefined || listed ? [] : [await describeInstance(cloud, holderId)];
  return [...tagged, ...others].flatMap((instance) =>
    instance === undefined ? [] : [boxFrom(instance, clusterName)],
  );
}

/** Undefined when EC2 does not know it. By filter: an unknown id is then no error. */
export async function describeInstance(
  cloud: Cloud,
  instanceId: string,
): Promise<Instance | undefined> {
  const answer = await cloud.describeInstances({
    Filters: [{ Name: 'instance-id', Values: [instanceId] }],
  });
  return answer.Reservations?.[0]?.Instances?.[0];
}

/**
 * EC2's two status checks together, by instance id: impaired when either is. Who is not in it is not
 * known: young, or not running.
 */
export async function readStatusChecks(
  cloud: Cloud,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, 'ok' | 'impaired'>> {
  const found = new Map<string, 'ok' | 'impaired'>();
  if (instanceIds.length === 0) return found;
  // By id: this operation knows no filter by tag.
  const answer = await cloud.describeInstanceStatus({
    InstanceIds: instanceIds.slice(0, mostStatusIds),
  });
  for (const { InstanceId, InstanceStatus, SystemStatus } of answer.InstanceStatuses ?? []) {
    const both = [InstanceStatus?.Status, SystemStatus?.Status];
    if (InstanceId === undefined) continue;
    if (both.includes('impaired')) found.set(InstanceId, 'impaired');
    else if (both.every((status) => status === 'ok')) found.set(InstanceId, 'ok');
  }
  return found;
}

export function addressFrom(eni: NetworkInterface): AddressFacts {
  const tags = tagsFrom(eni.TagSet);
  const { Attachment: attachment } = eni;
  const isAttached =
    attachment?.AttachmentId !== undefined &&
    attachment.InstanceId !== undefined &&
    attachment.Status !== 'detached';
  return {
    networkInterfaceId: eni.NetworkInterfaceId ?? '',
    privateIpAddress: eni.PrivateIpAddress ?? '',
    availabilityZone: eni.AvailabilityZone ?? '',
    attachment: isAttached
      ? {
          attachmentId: attachment.AttachmentId ?? '',
          instanceId: attachment.InstanceId ?? '',
          attachedAt: (attachment.AttachTime ?? new Date(0)).toISOString(),
          status: attachment.Status ?? 'unknown',
          deleteOnTermination: attachment.DeleteOnTermination === true,
        }
      : null,
    paused: tags.get(tagKeys.paused) ?? null,
    acknowledged: tags.get(tagKeys.acknowledged) ?? null,
    closing: tags.get(tagKeys.closing) ?? null,
    failovers: readFailoverTimes(tags.get(tagKeys.failovers)),
  };
}

async function describeTagged(cloud: Cloud, clusterName: string): Promise<Instance[]> {
  const found: Instance[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await cloud.describeInstances({
      Filters: [{ Name: `tag:${tagKeys.cluster}`, Values: [clusterName] }],
      MaxResults: 100,
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    });
    found.push(...(answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []));
    nextToken = answer.NextToken;
    if (!nextToken) break;
  }
  return found;
}

function boxFrom(instance: Instance, clusterName: string): BoxView {
  const tags = tagsFrom(instance.Tags);
  return {
    instanceId: instance.InstanceId ?? '',
    state: instance.State?.Name ?? 'unknown',
    ours: tags.get(tagKeys.cluster) === clusterName,
    privateIpAddress: instance.PrivateIpAddress ?? null,
    launchedAt: (instance.LaunchTime ?? new Date(0)).toISOString(),
    slot: tags.get(tagKeys.slot) ?? null,
    generation: tags.get(tagKeys.generation) ?? null,
    condemned: tags.get(tagKeys.condemned) ?? null,
    availabilityZone: instance.Placement?.AvailabilityZone ?? '',
    instanceType: instance.InstanceType ?? '',
    subnetId: instance.SubnetId ?? '',
    interfaces: instance.NetworkInterfaces?.length ?? 0,
    templateVersion: tags.get(tagKeys.templateVersion) ?? null,
  };
}

function tagsFrom(
  tags: readonly { readonly Key?: string; readonly Value?: string }[] = [],
): ReadonlyMap<string, string> {
  return new Map(tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}
