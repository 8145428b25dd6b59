/**
 * Launch standby, ACT: brings the coordinators to HACoordinatorsCount. It plans on a fresh look at
 * EC2 (workflow/restoration.ts), launches what is missing, trims what two looks agreed upon, and
 * finishes off condemned leftovers that do not hold the address.
 * What can go wrong: two executions see the same gap. The client token is made from the gap, so
 * they launch the same instance.
 */
import { createHash } from 'node:crypto';
import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { Cluster } from '../workflow/cluster.ts';
import { readIncidentToActOn } from '../workflow/document.ts';
import type { Coordinator, Incident, Restoration } from '../workflow/incident.ts';
import { tagKeys } from '../workflow/names.ts';
import {
  type Gap,
  planRestoration,
  trimmedTag,
  type Unwanted,
  type World,
} from '../workflow/restoration.ts';
import { templateVersionOf } from '../workflow/versions.ts';
import { type Cloud, describeError, errorName } from './cloud.ts';
import { describeAddress, describeCoordinators } from './describe.ts';
import { actingHandler, type Clock, isoNow } from './entry.ts';
import { condemn, terminate } from './terminate.ts';

export const handler = actingHandler(launchStandby);

/**
 * Generations tried when a token's instance has been terminated meanwhile. The steps double, since
 * EC2 remembers tokens for longer than it shows terminated instances: 8 tries pass over 127.
 */
const mostGenerations = 8;

export async function launchStandby(
  event: unknown,
  cloud: Cloud,
  clock: Clock,
): Promise<Restoration> {
  const incident = readIncidentToActOn(event);
  const world = await look(cloud, incident);
  const plan = planRestoration(incident, world, isoNow(clock));
  const problems: string[] = [];
  const leftovers = condemnedLeftovers(world);
  const trimmed = await trim(incident, cloud, clock, plan.terminate, problems);
  await finishOff(cloud, leftovers, problems);
  const launched: string[] = [];
  for (const gap of plan.launch) {
    try {
      launched.push(await launch(cloud, incident, gap));
    } catch (error) {
      problems.push(`Slot ${gap.slot} stays empty. ${describeError(error)}`);
    }
  }
  return {
    kind: plan.kind,
    looks: plan.looks,
    at: isoNow(clock),
    sentence: plan.sentence,
    launched,
    terminated: [...trimmed, ...leftovers],
    surplus: plan.surplus,
    surplusSince: plan.surplusSince,
    problems,
  };
}

async function look(cloud: Cloud, { cluster }: Incident): Promise<World> {
  const [coordinators, holderId] = await Promise.all([
    describeCoordinators(cloud, cluster),
    describeAddress(cloud, cluster).then(
      ({ attachment }) => attachment?.instanceId ?? null,
      () => undefined,
    ),
  ]);
  return { coordinators, holderId };
}

/** Fenced or replaced, but still there: an execution died in between, or a call was refused. */
function condemnedLeftovers({ coordinators, holderId }: World): string[] {
  if (holderId === undefined) return [];
  const ended = ['shutting-down', 'terminated'];
  return coordinators
    .filter(
      ({ instanceId, ours, condemned, state }: Coordinator) =>
        ours && condemned !== null && instanceId !== holderId && !ended.includes(state),
    )
    .map(({ instanceId }) => instanceId);
}

async function trim(
  { execution, cluster }: Incident,
  cloud: Cloud,
  clock: Clock,
  unwanted: readonly Unwanted[],
  problems: string[],
): Promise<string[]> {
  const trimmed: string[] = [];
  for (const { instanceId, why } of unwanted) {
    const problem = await trimOne(
      cloud,
      cluster,
      instanceId,
      trimmedTag(why, execution.id, isoNow(clock)),
    );
    if (problem === null) trimmed.push(instanceId);
    else problems.push(problem);
  }
  return trimmed;
}

/** Why it is still there, or null. It never throws: what is missing must be launched all the same. */
async function trimOne(
  cloud: Cloud,
  cluster: Cluster,
  instanceId: string,
  why: string,
): Promise<string | null> {
  try {
    await condemn(cloud, instanceId, why);
    // Whoever promoted it in this moment did not see the tag: then it stays.
    const { attachment } = await describeAddress(cloud, cluster);
    if (attachment?.instanceId === instanceId) {
      return `${instanceId} was not trimmed: it holds the address by now.`;
    }
  } catch (error) {
    return `${instanceId} was not trimmed. ${describeError(error)}`;
  }
  return terminate(cloud, instanceId);
}

async function finishOff(
  cloud: Cloud,
  instanceIds: readonly string[],
  problems: string[],
): Promise<void> {
  for (const instanceId of instanceIds) {
    const refusal = await terminate(cloud, instanceId);
    if (refusal !== null) problems.push(refusal);
  }
}

/** The instance's id. The next generation is tried when the token's instance is gone by now. */
async function launch(cloud: Cloud, incident: Incident, gap: Gap): Promise<string> {
  for (let tried = 0; ; tried += 1) {
    const request = launchRequest(incident, {
      ...gap,
      generation: gap.generation + 2 ** tried - 1,
    });
    try {
      const answer = await cloud.runInstances({ ...request, ClientToken: clientToken(request) });
      return answer.Instances?.[0]?.InstanceId ?? 'an instance without an id';
    } catch (error) {
      const gone = errorName(error) === 'IdempotentInstanceTerminated';
      if (!gone || tried + 1 >= mostGenerations) throw error;
    }
  }
}

/** Nothing of this execution is in it: the same gap makes the same request, whoever sees it. */
function launchRequest({ cluster }: Incident, { slot, generation }: Gap): RunInstancesCommandInput {
  return {
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

/** At most 64 ASCII characters (RunInstances): a SHA-256 in hex. */
function clientToken(request: RunInstancesCommandInput): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}
