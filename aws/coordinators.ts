/**
 * The cluster's instances, as the document describes them. An unread page would hide a coordinator, so all
 * pages are read or none. A description lags, so one description terminates nothing.
 */
import type { Instance } from '@aws-sdk/client-ec2';
import type { Cluster } from '../workflow/model/cluster.ts';
import type { Coordinator } from '../workflow/model/incident.ts';
import { tagKeys } from '../workflow/model/names.ts';
import { readSmallNumber } from '../workflow/model/tags.ts';
import { tagsFrom } from './address.ts';
import type { Ec2Calls } from './calls.ts';
import { readWantedPages } from './pages.ts';

type Describe = Pick<Ec2Calls, 'describeInstances'>;
type Named = Pick<Cluster, 'clusterName'>;

/** What DescribeInstances tells of a coordinator; the rest comes from status checks and probes. */
type InstanceView = Omit<
  Coordinator,
  'statusChecks' | 'health' | 'reachable' | 'lastHealthyAt' | 'lastReachingAt'
>;

/** A coordinator for people. */
export interface CoordinatorView extends InstanceView {
  readonly instanceType: string;
  /** The number of network interfaces. */
  readonly interfaces: number;
  /** All tags, as written; `slot` and `generation` are `null` where the tag is no number. */
  readonly tags: Readonly<Record<string, string>>;
}

/** More than a cluster can fill: a page holds 100 instances, terminated ones included. */
const bound = { mostPages: 5, mostMs: 30_000 } as const;
/** DescribeInstanceStatus: at most 100 ids. */
const mostStatusIds = 100;

/** All instances with the cluster's tag, in every state. @throws TryAgain when not all can be read */
export async function describeCoordinators(
  calls: Describe,
  { clusterName }: Named,
): Promise<Coordinator[]> {
  return (await describeTagged(calls, clusterName)).map((instance) =>
    coordinatorFrom(instance, clusterName),
  );
}

/** One instance by its id, of any cluster; `null` when EC2 does not know the id. */
export async function describeInstance(
  calls: Describe,
  { clusterName }: Named,
  instanceId: string,
): Promise<Coordinator | null> {
  const instance = await describeById(calls, instanceId);
  return instance === undefined ? null : coordinatorFrom(instance, clusterName);
}

/** As `describeCoordinators`; the holder of the address also without the cluster's tag. */
export async function viewCoordinators(
  calls: Describe,
  { clusterName }: Named,
  holderId: string | undefined,
): Promise<CoordinatorView[]> {
  const tagged = await describeTagged(calls, clusterName);
  const isListed = tagged.some(({ InstanceId }) => InstanceId === holderId);
  const holder =
    holderId === undefined || isListed ? undefined : await describeById(calls, holderId);
  return [...tagged, ...(holder === undefined ? [] : [holder])].map((instance) =>
    coordinatorViewFrom(instance, clusterName),
  );
}

/** As `describeInstance`. */
export async function viewInstance(
  calls: Describe,
  { clusterName }: Named,
  instanceId: string,
): Promise<CoordinatorView | null> {
  const instance = await describeById(calls, instanceId);
  return instance === undefined ? null : coordinatorViewFrom(instance, clusterName);
}

/**
 * EC2's two status checks together, by instance id: impaired when either is. Missing for instances that
 * are young or not running.
 */
export async function readStatusChecks(
  calls: Pick<Ec2Calls, 'describeInstanceStatus'>,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, 'ok' | 'impaired'>> {
  const found = new Map<string, 'ok' | 'impaired'>();
  for (let from = 0; from < instanceIds.length; from += mostStatusIds) {
    // DescribeInstanceStatus has no filter by tag.
    const { InstanceStatuses = [] } = await calls.describeInstanceStatus({
      Filters: [{ Name: 'instance-state-name', Values: ['running'] }],
      InstanceIds: instanceIds.slice(from, from + mostStatusIds),
    });
    for (const { InstanceId, InstanceStatus, SystemStatus } of InstanceStatuses) {
      const both = [InstanceStatus?.Status, SystemStatus?.Status];
      if (InstanceId === undefined) continue;
      if (both.includes('impaired')) found.set(InstanceId, 'impaired');
      else if (both.every((status) => status === 'ok')) found.set(InstanceId, 'ok');
    }
  }
  return found;
}

async function describeTagged(calls: Describe, clusterName: string): Promise<KnownInstance[]> {
  const pages = await readWantedPages(
    'DescribeInstances',
    calls.describeInstances,
    'NextToken',
    { Filters: [{ Name: `tag:${tagKeys.cluster}`, Values: [clusterName] }], MaxResults: 100 },
    bound,
  );
  return pages.flatMap(instancesOf);
}

async function describeById(
  calls: Describe,
  instanceId: string,
): Promise<KnownInstance | undefined> {
  // By filter, not by id: an unknown id is then an empty answer instead of an error.
  const answer = await calls.describeInstances({
    Filters: [{ Name: 'instance-id', Values: [instanceId] }],
  });
  return instancesOf(answer)[0];
}

type KnownInstance = Instance & { readonly InstanceId: string };

function instancesOf({
  Reservations = [],
}: Awaited<ReturnType<Ec2Calls['describeInstances']>>): KnownInstance[] {
  return Reservations.flatMap(({ Instances = [] }) => Instances).flatMap((instance) =>
    instance.InstanceId ? [{ ...instance, InstanceId: instance.InstanceId }] : [],
  );
}

function coordinatorFrom(instance: KnownInstance, clusterName: string): Coordinator {
  return {
    ...instanceViewFrom(instance, clusterName),
    statusChecks: 'unknown',
    health: null,
    reachable: null,
    lastHealthyAt: null,
    lastReachingAt: null,
  };
}

function coordinatorViewFrom(instance: KnownInstance, clusterName: string): CoordinatorView {
  return {
    ...instanceViewFrom(instance, clusterName),
    instanceType: instance.InstanceType ?? '',
    interfaces: instance.NetworkInterfaces?.length ?? 0,
    tags: Object.fromEntries(tagsFrom(instance.Tags)),
  };
}

function instanceViewFrom(instance: KnownInstance, clusterName: string): InstanceView {
  const tags = tagsFrom(instance.Tags);
  return {
    instanceId: instance.InstanceId,
    state: instance.State?.Name ?? 'unknown',
    ours: tags.get(tagKeys.cluster) === clusterName,
    privateIpAddress: instance.PrivateIpAddress ?? null,
    availabilityZone: instance.Placement?.AvailabilityZone ?? null,
    launchedAt: (instance.LaunchTime ?? new Date(0)).toISOString(),
    slot: readSmallNumber(tags.get(tagKeys.slot)),
    generation: readSmallNumber(tags.get(tagKeys.generation)),
    templateVersion: tags.get(tagKeys.templateVersion) ?? null,
    retired: tags.get(tagKeys.retired) ?? null,
  };
}
