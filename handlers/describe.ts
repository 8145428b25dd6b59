/**
 * How the functions read EC2: the cluster's instances and its ENI, in the document's own words.
 * What can go wrong: paging that is not followed hides a coordinator; a describe that lags shows a
 * world that is gone. So pages are followed to a bound, and nothing is terminated on one describe.
 */
import type { Instance, NetworkInterface, Tag } from '@aws-sdk/client-ec2';
import type { Cluster } from '../workflow/cluster.ts';
import { TryAgain } from '../workflow/errors.ts';
import type { AddressView, Coordinator } from '../workflow/incident.ts';
import { readFailoverTimes } from '../workflow/model/tags.ts';
import { tagKeys } from '../workflow/names.ts';
import type { Cloud } from './cloud.ts';

/** More pages than a cluster can fill: each holds up to 100 instances, terminated ones included. */
const mostPages = 5;

/** All instances with the cluster's tag, in every state. Throws what AWS throws. */
export async function describeCoordinators(
  cloud: Pick<Cloud, 'describeInstances'>,
  { clusterName }: Cluster,
): Promise<Coordinator[]> {
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
  return found.flatMap((instance) => coordinatorFrom(instance, clusterName));
}

/** One instance by its id, whoever it belongs to; `null` when EC2 does not know it (any more). */
export async function describeInstance(
  cloud: Cloud,
  { clusterName }: Cluster,
  instanceId: string,
): Promise<Coordinator | null> {
  // By filter, not by id: an unknown id is then an empty answer instead of an error.
  const answer = await cloud.describeInstances({
    Filters: [{ Name: 'instance-id', Values: [instanceId] }],
  });
  const [instance] = (answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
  return instance ? (coordinatorFrom(instance, clusterName)[0] ?? null) : null;
}

/** The ENI. Throws TryAgain when EC2 does not show it: it exists as long as the stack does. */
export async function describeAddress(
  cloud: Pick<Cloud, 'describeNetworkInterfaces'>,
  cluster: Cluster,
): Promise<AddressView> {
  return addressFrom(await describeInterface(cloud, cluster), cluster);
}

/** Also in executions that began before the mark: it is read at the moment of acting. */
export function closingSentence(what: 'attached' | 'launched', value: string): string {
  return `The cluster is being taken down (tag ${tagKeys.closing}: ${value}), so nothing is ${what}.`;
}

/** One tag of the ENI; `null` when it has none. Throws as `describeAddress` does. */
export async function describeAddressTag(
  cloud: Cloud,
  cluster: Cluster,
  key: string,
): Promise<string | null> {
  const { TagSet } = await describeInterface(cloud, cluster);
  return tagsFrom(TagSet).get(key) ?? null;
}

async function describeInterface(
  cloud: Pick<Cloud, 'describeNetworkInterfaces'>,
  { networkInterfaceId }: Cluster,
): Promise<NetworkInterface> {
  const answer = await cloud.describeNetworkInterfaces({
    NetworkInterfaceIds: [networkInterfaceId],
  });
  const [eni] = answer.NetworkInterfaces ?? [];
  if (!eni) throw new TryAgain(`EC2 does not show the ENI ${networkInterfaceId}.`);
  return eni;
}

function addressFrom(eni: NetworkInterface, cluster: Cluster): AddressView {
  const tags = tagsFrom(eni.TagSet);
  return {
    networkInterfaceId: cluster.networkInterfaceId,
    privateIpAddress: eni.PrivateIpAddress ?? cluster.coordinatorAddress,
    availabilityZone: eni.AvailabilityZone ?? '',
    attachment: attachmentFrom(eni),
    paused: tags.get(tagKeys.paused) ?? null,
    acknowledged: tags.get(tagKeys.acknowledged) ?? null,
    closing: tags.get(tagKeys.closing) ?? null,
    failovers: readFailoverTimes(tags.get(tagKeys.failovers)),
  };
}

/** `detached` is no attachment any more; `detaching` still is: the ENI is not free yet. */
function attachmentFrom({ Attachment: attachment }: NetworkInterface): AddressView['attachment'] {
  if (!attachment?.AttachmentId || !attachment.InstanceId) return null;
  if (attachment.Status === 'detached') return null;
  return {
    attachmentId: attachment.AttachmentId,
    instanceId: attachment.InstanceId,
    attachedAt: (attachment.AttachTime ?? new Date(0)).toISOString(),
    status: attachment.Status ?? 'unknown',
  };
}

function coordinatorFrom(instance: Instance, clusterName: string): Coordinator[] {
  if (!instance.InstanceId) return [];
  const tags = tagsFrom(instance.Tags);
  return [
    {
      instanceId: instance.InstanceId,
      state: instance.State?.Name ?? 'unknown',
      ours: tags.get(tagKeys.cluster) === clusterName,
      privateIpAddress: instance.PrivateIpAddress ?? null,
      availabilityZone: instance.Placement?.AvailabilityZone ?? null,
      launchedAt: (instance.LaunchTime ?? new Date(0)).toISOString(),
      slot: numberFrom(tags.get(tagKeys.slot)),
      generation: numberFrom(tags.get(tagKeys.generation)),
      templateVersion: tags.get(tagKeys.templateVersion) ?? null,
      condemned: tags.get(tagKeys.condemned) ?? null,
      statusChecks: 'unknown',
      health: null,
      reachable: null,
      lastHealthyAt: null,
      lastReachingAt: null,
    },
  ];
}

function tagsFrom(tags: readonly Tag[] | undefined): ReadonlyMap<string, string> {
  return new Map((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

/** Slots and generations are small whole numbers; anything else was not written by us. */
function numberFrom(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
