/** The ENI that carries the coordinator address, as the document describes it. */
import type { Filter, NetworkInterface, Tag } from '@aws-sdk/client-ec2';
import type { Cluster } from '../workflow/model/cluster.ts';
import { TryAgain } from '../workflow/model/errors.ts';
import type { AddressView, AttachmentView } from '../workflow/model/incident.ts';
import { tagKeys } from '../workflow/model/names.ts';
import { readFailoverTimes } from '../workflow/model/tags.ts';
import type { Ec2Calls } from './calls.ts';
import { readWantedPages } from './pages.ts';

type Describe = Pick<Ec2Calls, 'describeNetworkInterfaces'>;

/** For people: would the ENI be deleted together with its holder? */
export interface AddressDetails extends AddressView {
  readonly attachment: (AttachmentView & { readonly deleteOnTermination: boolean }) | null;
}

/** A page holds up to 1000 interfaces, and an account has one or two per cluster. */
const bound = { mostPages: 5, mostMs: 60_000 } as const;

/** @throws TryAgain when EC2 does not show the ENI, which exists as long as the stack */
export async function describeAddress(calls: Describe, cluster: Cluster): Promise<AddressView> {
  const eni = await describeInterface(calls, cluster);
  return {
    ...addressFrom(eni),
    networkInterfaceId: cluster.networkInterfaceId,
    privateIpAddress: eni.PrivateIpAddress ?? cluster.coordinatorAddress,
  };
}

/** The value of one tag of the ENI, or `null`. Throws as `describeAddress` does. */
export async function describeAddressTag(
  calls: Describe,
  cluster: Cluster,
  key: string,
): Promise<string | null> {
  const { TagSet } = await describeInterface(calls, cluster);
  return tagsFrom(TagSet).get(key) ?? null;
}

/** All interfaces that match. @throws TryAgain when there are more than can be read */
export async function describeInterfaces(
  calls: Describe,
  filters: readonly Filter[],
): Promise<NetworkInterface[]> {
  const pages = await readWantedPages(
    'DescribeNetworkInterfaces',
    calls.describeNetworkInterfaces,
    'NextToken',
    { Filters: [...filters] },
    bound,
  );
  return pages.flatMap(({ NetworkInterfaces = [] }) => NetworkInterfaces);
}

export function addressDetailsFrom(eni: NetworkInterface): AddressDetails {
  const address = addressFrom(eni);
  const deleteOnTermination = eni.Attachment?.DeleteOnTermination === true;
  return {
    ...address,
    attachment: address.attachment && { ...address.attachment, deleteOnTermination },
  };
}

export function tagsFrom(tags: readonly Tag[] = []): ReadonlyMap<string, string> {
  return new Map(tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

async function describeInterface(
  calls: Describe,
  { networkInterfaceId }: Cluster,
): Promise<NetworkInterface> {
  const answer = await calls.describeNetworkInterfaces({
    NetworkInterfaceIds: [networkInterfaceId],
  });
  const [eni] = answer.NetworkInterfaces ?? [];
  if (!eni) throw new TryAgain(`EC2 does not show the ENI ${networkInterfaceId}.`);
  return eni;
}

function addressFrom(eni: NetworkInterface): AddressView {
  const tags = tagsFrom(eni.TagSet);
  return {
    networkInterfaceId: eni.NetworkInterfaceId ?? '',
    privateIpAddress: eni.PrivateIpAddress ?? '',
    availabilityZone: eni.AvailabilityZone ?? '',
    attachment: attachmentFrom(eni),
    paused: tags.get(tagKeys.paused) ?? null,
    acknowledged: tags.get(tagKeys.acknowledged) ?? null,
    stackDeleting: tags.get(tagKeys.stackDeleting) ?? null,
    failovers: readFailoverTimes(tags.get(tagKeys.failovers)),
  };
}

/** `detached` is no attachment any more; `detaching` is one: the ENI is not free yet. */
function attachmentFrom({ Attachment: attachment }: NetworkInterface): AttachmentView | null {
  if (!attachment?.AttachmentId || !attachment.InstanceId) return null;
  if (attachment.Status === 'detached') return null;
  return {
    attachmentId: attachment.AttachmentId,
    instanceId: attachment.InstanceId,
    attachedAt: (attachment.AttachTime ?? new Date(0)).toISOString(),
    status: attachment.Status ?? 'unknown',
  };
}
