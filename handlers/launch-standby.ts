/**
 * Launch standby, ACT: brings the coordinators to HACoordinatorsCount. Plans on a fresh description by
 * EC2 (workflow/standbys/reconcile.ts), launches the missing coordinators, scales in where two observations
 * agree, and terminates retired leftovers that do not hold the address. Does nothing while the stack is
 * being deleted.
 * What can go wrong: two executions see the same gap. The client token is made from the gap, so both
 * launch the same instance.
 */
import { createHash } from 'node:crypto';
import type { _InstanceType, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { describeAddress } from '../aws/address.ts';
import type { FailoverCalls } from '../aws/calls.ts';
import { describeCoordinators } from '../aws/coordinators.ts';
import { describeError, errorMessage, errorName } from '../aws/errors.ts';
import type { Cluster } from '../workflow/model/cluster.ts';
import { readIncidentToActOn } from '../workflow/model/document.ts';
import type {
  Incident,
  LaunchProblem,
  LaunchRefusal,
  StandbyLaunch,
  StandbyProblem,
} from '../workflow/model/incident.ts';
import { isShuttingDownOrTerminated } from '../workflow/model/instance-state.ts';
import { tagKeys } from '../workflow/model/names.ts';
import { scaledInTag, surplusReason, templateVersionOf } from '../workflow/model/tags.ts';
import { stackDeletingSentence } from '../workflow/stack/take-down.ts';
import { type Gap, launchProblem, reconcile, refusalText } from '../workflow/standbys/reconcile.ts';
import type { ClusterNow, Removal } from '../workflow/standbys/unhealthy.ts';
import { actingHandler, type Clock, isoNow } from './entry.ts';
import { guardAttachment, retire, terminate } from './retire-and-terminate.ts';

export const handler = actingHandler(launchStandby);

/**
 * Generations tried when a token's instance is terminated. EC2 remembers tokens for longer than it shows
 * terminated instances, so the steps double: 8 tries pass over 127 generations.
 */
const mostGenerations = 8;

export async function launchStandby(
  event: unknown,
  cloud: FailoverCalls,
  clock: Clock,
): Promise<StandbyLaunch> {
  const incident = readIncidentToActOn(event);
  const { stackDeleting, attachmentId, ...world } = await observe(cloud, incident);
  if (stackDeleting !== null)
    return refused(stackDeletingSentence('launched', stackDeleting), clock);
  const plan = reconcile(incident, world, isoNow(clock));
  const problems: StandbyProblem[] = plan.problem === null ? [] : [plan.problem];
  const leftovers = retiredLeftovers(world);
  const kept = await whySurplusStays(incident, cloud, plan.terminate, attachmentId);
  if (kept !== null) problems.push({ kind: 'surplus-kept', sentence: kept });
  const removal = kept === null ? plan.terminate : plan.terminate.filter(isUnhealthy);
  const scaledIn = await scaleIn(incident, cloud, clock, removal, problems);
  await finishOff(cloud, leftovers, problems);
  // An instance that was not scaled in is still there: a surge would be one too many.
  const surge = scaledIn.length === plan.terminate.length ? plan.surge : null;
  const launched: string[] = [];
  const notes: string[] = [];
  for (const gap of [...plan.launch, ...(surge === null ? [] : [surge])]) {
    const found = await launchInto(cloud, incident, gap);
    if (found.kind === 'not-launched') {
      problems.push(found);
      continue;
    }
    launched.push(found.instanceId);
    if (found.note !== null) notes.push(found.note);
  }
  return {
    kind: plan.kind,
    observations: plan.observations,
    at: isoNow(clock),
    sentence: [plan.sentence, ...notes].join(' '),
    launched,
    terminated: [...scaledIn, ...leftovers],
    surplus: plan.surplus,
    surplusSince: plan.surplusSince,
    problems,
  };
}

/** Nothing is launched into a stack that is being deleted. */
function refused(sentence: string, clock: Clock): StandbyLaunch {
  return {
    kind: 'stack-deleting',
    observations: 0,
    at: isoNow(clock),
    sentence,
    launched: [],
    terminated: [],
    surplus: [],
    surplusSince: {},
    problems: [],
  };
}

async function observe(
  cloud: FailoverCalls,
  { cluster }: Incident,
): Promise<
  ClusterNow & { readonly stackDeleting: string | null; readonly attachmentId: string | null }
> {
  // Both must be readable: the stack of an unread ENI may be in deletion, and its holder is unknown.
  const [coordinators, { attachment, stackDeleting }] = await Promise.all([
    describeCoordinators(cloud, cluster),
    describeAddress(cloud, cluster),
  ]);
  const { instanceId: holderId = null, attachmentId = null } = attachment ?? {};
  return { coordinators, holderId, attachmentId, stackDeleting };
}

/** Retired, but not terminated: an execution died in between, or EC2 refused a call. */
function retiredLeftovers({ coordinators, holderId }: ClusterNow): string[] {
  return coordinators
    .filter(
      (one) =>
        one.ours &&
        one.retired !== null &&
        one.instanceId !== holderId &&
        !isShuttingDownOrTerminated(one),
    )
    .map(({ instanceId }) => instanceId);
}

/**
 * While the address moves, descriptions still show the old holder as living, and a standby that is needed
 * seems surplus. The attachment itself tells without lag.
 */
async function whySurplusStays(
  { cluster }: Incident,
  cloud: FailoverCalls,
  removal: readonly Removal[],
  attachmentId: string | null,
): Promise<string | null> {
  if (attachmentId === null || removal.every(isUnhealthy)) return null;
  try {
    const stillAttached = await guardAttachment(cloud, cluster.networkInterfaceId, attachmentId);
    return stillAttached ? null : 'No surplus was scaled in: the address is moving.';
  } catch (error) {
    return `No surplus was scaled in. ${describeError(error)}`;
  }
}

function isUnhealthy({ why }: Removal): boolean {
  return why !== surplusReason;
}

async function scaleIn(
  { execution, cluster }: Incident,
  cloud: FailoverCalls,
  clock: Clock,
  removal: readonly Removal[],
  problems: StandbyProblem[],
): Promise<string[]> {
  const scaledIn: string[] = [];
  for (const { instanceId, why } of removal) {
    const problem = await scaleInOne(
      cloud,
      cluster,
      instanceId,
      scaledInTag(why, execution.id, isoNow(clock)),
    );
    if (problem === null) scaledIn.push(instanceId);
    else problems.push({ kind: 'not-terminated', instanceId, sentence: problem });
  }
  return scaledIn;
}

/** @returns why the instance is still there, or null. Never throws: the launches come after. */
async function scaleInOne(
  cloud: FailoverCalls,
  cluster: Cluster,
  instanceId: string,
  why: string,
): Promise<string | null> {
  try {
    await retire(cloud, instanceId, why);
    // An execution that promoted the instance meanwhile did not see the tag: the instance stays.
    const { attachment } = await describeAddress(cloud, cluster);
    if (attachment?.instanceId === instanceId) {
      return `${instanceId} was not scaled in: it holds the address by now.`;
    }
  } catch (error) {
    return `${instanceId} was not scaled in. ${describeError(error)}`;
  }
  return terminate(cloud, instanceId);
}

async function finishOff(
  cloud: FailoverCalls,
  instanceIds: readonly string[],
  problems: StandbyProblem[],
): Promise<void> {
  for (const instanceId of instanceIds) {
    const sentence = await terminate(cloud, instanceId);
    if (sentence !== null) problems.push({ kind: 'not-terminated', instanceId, sentence });
  }
}

interface Launched {
  readonly kind: 'launched';
  readonly instanceId: string;
  /** The instance types that EC2 refused before, or null. */
  readonly note: string | null;
}

/** Tries the instance types in their order, until EC2 has one available. */
async function launchInto(
  cloud: FailoverCalls,
  incident: Incident,
  gap: Gap,
): Promise<Launched | LaunchProblem> {
  const missing: LaunchRefusal[] = [];
  for (const instanceType of incident.cluster.instanceTypes) {
    try {
      const instanceId = await launch(cloud, incident, gap, instanceType);
      const why = `${instanceId} is of type ${instanceType}, because others were not to be had (${missing.map(refusalText).join('; ')}).`;
      return { kind: 'launched', instanceId, note: missing.length === 0 ? null : why };
    } catch (error) {
      const code = errorName(error);
      missing.push({ instanceType, code, message: errorMessage(error) });
      if (!unavailableErrors.includes(code)) break;
    }
  }
  return launchProblem(gap.slot, missing);
}

/**
 * EC2 error codes of one instance type, where another type may work: no capacity, not in this zone or
 * region, or a quota, which counts per family of types. Source: EC2 user guide, troubleshoot instance
 * launch issues; EC2 API reference, error codes; EC2 service quotas.
 */
const unavailableErrors = [
  'InsufficientInstanceCapacity',
  'InsufficientHostCapacity',
  'Unsupported',
  'InstanceLimitExceeded',
  'VcpuLimitExceeded',
];

/** Tries the next generation when the token's instance is gone. @returns the instance's id */
async function launch(
  cloud: FailoverCalls,
  incident: Incident,
  gap: Gap,
  instanceType: string,
): Promise<string> {
  for (let tried = 0; ; tried += 1) {
    const generation = gap.generation + 2 ** tried - 1;
    const request = launchRequest(incident, { ...gap, generation }, instanceType);
    try {
      const answer = await cloud.runInstances({ ...request, ClientToken: clientToken(request) });
      return answer.Instances?.[0]?.InstanceId ?? 'an instance without an id';
    } catch (error) {
      const gone = errorName(error) === 'IdempotentInstanceTerminated';
      if (!gone || tried + 1 >= mostGenerations) throw error;
    }
  }
}

/** Free of the execution: the same gap makes the same request in every execution. */
function launchRequest(
  { cluster }: Incident,
  { slot, generation }: Gap,
  instanceType: string,
): RunInstancesCommandInput {
  return {
    // EC2 knows types that this SDK does not.
    InstanceType: instanceType as _InstanceType,
    LaunchTemplate: {
      LaunchTemplateId: cluster.launchTemplateId,
      Version: cluster.launchTemplateVersion,
    },
    SubnetId: cluster.subnetId,
    MinCount: 1,
    MaxCount: 1,
    TagSpecifications: [
      {
        ResourceType: 'instance',
        Tags: [
          { Key: 'Name', Value: `${cluster.clusterName}-coordinator` },
          { Key: tagKeys.cluster, Value: cluster.clusterName },
          { Key: tagKeys.slot, Value: String(slot) },
          { Key: tagKeys.generation, Value: String(generation) },
          { Key: tagKeys.templateVersion, Value: templateVersionOf(cluster) },
        ],
      },
    ],
  };
}

/**
 * At most 64 ASCII characters (RunInstances): a SHA-256 in hex. The instance type is part of the token,
 * because EC2 refuses the same token with another type.
 */
function clientToken(request: RunInstancesCommandInput): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}
