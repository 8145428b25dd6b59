/**
 * What a stack operation observes: the address, the coordinators, its failover, a newer request, and the
 * launch template versions with the wanted data.
 * What can go wrong: CloudFormation's rollback makes a new launch template version with the data of an
 * old version. By number every coordinator would be outdated, so the data are compared.
 */
import { describeAddress } from '../aws/address.ts';
import type { StackOperationCalls } from '../aws/calls.ts';
import { describeCoordinators } from '../aws/coordinators.ts';
import { errorName } from '../aws/errors.ts';
import { listRunning, readNewestEvents } from '../aws/executions.ts';
import { endStatusOf, newestDocument } from '../history/ends.ts';
import { fieldsOf, textOf, textsOf } from '../history/values.ts';
import type { Cluster } from '../workflow/model/cluster.ts';
import { TryAgain } from '../workflow/model/errors.ts';
import type { AddressView, Coordinator } from '../workflow/model/incident.ts';
import { readTemplateVersion, templateVersionOf } from '../workflow/model/tags.ts';
import type {
  FailoverView,
  StackOperation,
  StackOperationView,
  StackRequest,
} from '../workflow/stack/request.ts';

/** Begins the names of failover executions that are started for a stack operation. */
export const ownPrefix = 'cloudformation-';

export async function observeStackOperation(
  stackOperation: StackOperation,
  request: StackRequest,
  cloud: StackOperationCalls,
): Promise<StackOperationView> {
  const { clusterName, networkInterfaceId, launchTemplateId, launchTemplateVersion } = request;
  const cluster: Cluster = {
    ...stackOperation.cluster,
    clusterName,
    networkInterfaceId,
    launchTemplateId,
    launchTemplateVersion,
  };
  const failoverArn = stackOperation.step.kind === 'none' ? null : stackOperation.step.failover;
  const [address, coordinators, failover, newerRequest] = await Promise.all([
    addressIfThere(cloud, cluster),
    describeCoordinators(cloud, cluster),
    failoverArn === null ? null : observeFailover(cloud, failoverArn),
    newerRequestOf(cloud, stackOperation),
  ]);
  const wantedVersions =
    request.requestType === 'Delete' ? [] : await wantedVersionsOf(cloud, cluster, coordinators);
  return { address, coordinators, failover, newerRequest, wantedVersions };
}

async function addressIfThere(
  cloud: StackOperationCalls,
  cluster: Cluster,
): Promise<AddressView | null> {
  try {
    return await describeAddress(cloud, cluster);
  } catch (error) {
    const isMissing =
      errorName(error) === 'InvalidNetworkInterfaceID.NotFound' || error instanceof TryAgain;
    if (isMissing) return null;
    throw error;
  }
}

async function newerRequestOf(
  cloud: StackOperationCalls,
  { execution }: StackOperation,
): Promise<string | null> {
  const stateMachineArn = execution.id
    .replace(':execution:', ':stateMachine:')
    .slice(0, -execution.name.length - 1);
  // The newest are listed first, and only newer executions matter.
  const { executions: running } = await listRunning(cloud, stateMachineArn);
  const startedAt = new Date(execution.startedAt).toISOString();
  const newer = running.find((one) => one.name !== execution.name && one.startedAt > startedAt);
  return newer?.name ?? null;
}

/** The newest events suffice: each state is entered with the whole document. */
const newestEvents = 12;

async function observeFailover(
  cloud: StackOperationCalls,
  executionArn: string,
): Promise<FailoverView> {
  const events = await readNewestEvents(cloud, executionArn, newestEvents);
  const end = events.find(({ type }) => endStatusOf(type) !== undefined);
  const { decision, termination, standbyLaunch } = newestDocument(events);
  const { rule, sentence } = fieldsOf(decision);
  const { problems } = fieldsOf(standbyLaunch);
  return {
    name: executionArn.split(':').at(-1) ?? executionArn,
    running: end === undefined,
    endedAt: end?.timestamp?.toISOString() ?? null,
    rule: textOf(rule),
    sentence: textOf(sentence),
    hasFenced: textsOf(fieldsOf(termination).fenced).length > 0,
    problems: Array.isArray(problems) ? problems : [],
  };
}

/** The wanted version, and the coordinators' versions with the same data. */
async function wantedVersionsOf(
  cloud: StackOperationCalls,
  cluster: Cluster,
  coordinators: readonly Coordinator[],
): Promise<string[]> {
  const wanted = templateVersionOf(cluster);
  const others = new Set(coordinators.flatMap(({ templateVersion }) => templateVersion ?? []));
  others.delete(wanted);
  if (others.size === 0) return [wanted];
  const wantedData = await templateData(cloud, wanted);
  const same: string[] = [];
  for (const other of others) {
    const data = await templateData(cloud, other);
    if (data !== undefined && data === wantedData) same.push(other);
  }
  return [wanted, ...same];
}

/** The same text for the same data; undefined when EC2 does not know the version. */
async function templateData(
  cloud: StackOperationCalls,
  version: string,
): Promise<string | undefined> {
  // A person may write anything into a tag: a bad tag must not fail the stack.
  const read = readTemplateVersion(version);
  if (read === null) return undefined;
  try {
    const { LaunchTemplateVersions: found } = await cloud.describeLaunchTemplateVersions({
      LaunchTemplateId: read.launchTemplateId,
      Versions: [read.launchTemplateVersion],
    });
    const data = found?.[0]?.LaunchTemplateData;
    return data === undefined ? undefined : JSON.stringify(sorted(data));
  } catch (error) {
    if (/NotFound|Malformed/.test(errorName(error))) return undefined;
    throw error;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
