/** Gathers what expectations.ts judges, and what the live view shows, from one world. */
import type {
  Clock,
  InstanceSnapshot,
  NetworkInterfaceSnapshot,
} from '@coordinator-failover/local-cloud';
import { readAlarms } from '../../aws/alarms.ts';
import type { NewestSamples } from '../../aws/samples.ts';
import { currentState } from '../../history/visits.ts';
import { isPendingOrRunning, isTerminated } from '../../workflow/model/instance-state.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { ask, type ClientAnswer, outage } from './client.ts';
import type { DrillExecution } from './executions.ts';
import type { CoordinatorFact, Facts } from './expectations.ts';
import type { Picture } from './picture.ts';
import type { Fault, Story } from './stage.ts';
import { type DrillCluster, readProbes } from './world.ts';

export interface FactOptions {
  readonly world: DrillCluster;
  readonly story: Story;
  /** The bystanders when the scenario began, by instance id. */
  readonly bystandersBefore: ReadonlyMap<string, string>;
  readonly coordinators: number;
  /** Where a coordinator answers over HTTP on its own machine. */
  readonly httpPort: number;
  readonly clock: Clock;
}

export async function gatherFacts(options: FactOptions): Promise<Facts> {
  const { world, story } = options;
  const { instances } = world.cloud.ec2.snapshot();
  const address = addressOf(world);
  const attachment = address?.attachment;
  const answers = world.client.answers();
  const now = describeBystanders(world);
  const alarms = await readAlarms(world.aws, world.alarmNames);
  const executions = await executionsOf(world, story);
  return {
    coordinatorsWanted: options.coordinators,
    seeded: world.seeded,
    failed: story.failed,
    holder: attachment,
    addressIsThere: address !== undefined,
    coordinators: await Promise.all(
      instances
        .filter((instance) => isCoordinator(world, instance))
        .map((instance) => coordinatorFact(instance, options)),
    ),
    terminated: instances
      .filter((instance) => !isPendingOrRunning(instance))
      .map((one) => one.instanceId),
    bystanders: world.bystanders.map(({ instanceId, what }) => ({
      instanceId,
      what,
      before: options.bystandersBefore.get(instanceId) ?? 'not there',
      after: now.get(instanceId) ?? 'not there',
    })),
    outages: story.faults.map((fault) => outage(answers, outageStart(answers, fault))),
    unserved: unserved(answers, story),
    answeredBy: answers.findLast(({ ready }) => ready)?.identity,
    executions: executions.map(({ arn, status, events }) => ({
      arn,
      status,
      state: currentState(events)?.name ?? 'no state',
    })),
    alarms: alarms.map(({ name, state }) => ({ name, state })),
    told: world.cloud.sns
      .messages()
      .filter(({ at }) => at >= story.beganAt)
      .map(({ subject }) => subject ?? ''),
  };
}

/** What was asked for takes nothing down until the address leaves the old one. */
function outageStart(answers: readonly ClientAnswer[], { at, planned }: Fault): number {
  if (!planned) return at;
  return answers.find(({ askedAt, ready }) => askedAt >= at && !ready)?.askedAt ?? at;
}

/** The executions that the scenario has caused. */
export async function executionsOf(
  world: DrillCluster,
  story: Story,
): Promise<readonly DrillExecution[]> {
  const executions = await world.executions.read();
  return executions.filter(({ startedAt }) => startedAt >= story.beganAt);
}

/** Everything about the bystanders that somebody could change, as text. */
export function describeBystanders(world: DrillCluster): ReadonlyMap<string, string> {
  const { instances } = world.cloud.ec2.snapshot();
  const ids = world.bystanders.map(({ instanceId }) => instanceId);
  return new Map(
    instances
      .filter(({ instanceId }) => ids.includes(instanceId))
      .map(({ instanceId, state, tags }) => [instanceId, `${state}, tags ${JSON.stringify(tags)}`]),
  );
}

export async function takePicture(
  world: DrillCluster,
  story: Story,
  clock: Clock,
): Promise<Picture> {
  const { instances } = world.cloud.ec2.snapshot();
  const shown = instances.filter((one) => isOurs(world, one) && !isTerminated(one));
  const ids = shown.map(({ instanceId }) => instanceId);
  const [heard, alarms, executions] = await Promise.all([
    readProbes(world, ids, clock),
    readAlarms(world.aws, world.alarmNames),
    executionsOf(world, story),
  ]);
  const faultAt = story.faults.at(-1)?.at;
  return {
    at: clock.now(),
    ...(faultAt === undefined ? {} : { faultAt }),
    holder: addressOf(world)?.attachment,
    client: clientSees(world.client.answers()),
    alarms: alarms.map(({ name, state }) => ({
      name: name.replace(`${world.clusterName}-`, ''),
      state,
    })),
    coordinators: shown.map(({ instanceId, state, tags }) => ({
      instanceId,
      state,
      retired: tags[tagKeys.retired] !== undefined,
      ...probeWords(heard.get(instanceId)),
    })),
    executions: executions.flatMap(({ status, events }, index) => {
      const state = currentState(events);
      if (status !== 'RUNNING' || state === undefined) return [];
      return [
        { name: `execution ${index + 1}`, state: state.name, since: Date.parse(state.since) },
      ];
    }),
  };
}

function addressOf(world: DrillCluster): NetworkInterfaceSnapshot | undefined {
  const { networkInterfaces } = world.cloud.ec2.snapshot();
  return networkInterfaces.find((one) => one.networkInterfaceId === world.networkInterfaceId);
}

function isOurs(world: DrillCluster, { tags }: InstanceSnapshot): boolean {
  return tags[tagKeys.cluster] === world.clusterName;
}

function isCoordinator(world: DrillCluster, instance: InstanceSnapshot): boolean {
  const retired = instance.tags[tagKeys.retired] !== undefined;
  return isOurs(world, instance) && isPendingOrRunning(instance) && !retired;
}

async function coordinatorFact(
  { instanceId, state, guestAddress }: InstanceSnapshot,
  { httpPort, clock }: FactOptions,
): Promise<CoordinatorFact> {
  const answer = await ask(new URL(`http://${guestAddress}:${httpPort}/v1/info`), clock);
  return { instanceId, state, ready: answer.ready, identity: answer.identity };
}

/** Answers that were not ready although everything that was made to fail had been put right. */
function unserved(answers: readonly ClientAnswer[], story: Story): Facts['unserved'] {
  const excused = ({ askedAt, answeredAt }: ClientAnswer) =>
    story.faults.some(
      ({ at, healedAt }) => answeredAt >= at && askedAt <= (healedAt ?? Number.POSITIVE_INFINITY),
    );
  return answers
    .filter((answer) => answer.askedAt >= story.beganAt && !answer.ready && !excused(answer))
    .map(({ askedAt, what }) => ({ secondsIn: (askedAt - story.beganAt) / 1000, what }));
}

/** The newest answer, and since when it has been the same. */
function clientSees(answers: readonly ClientAnswer[]): Picture['client'] {
  const words = ({ what, identity }: ClientAnswer) =>
    identity === undefined ? what : `${what}, answered by ${identity}`;
  const last = answers.at(-1);
  if (last === undefined) return undefined;
  const before = answers.findLastIndex((answer) => words(answer) !== words(last));
  return { what: words(last), since: answers[before + 1]?.askedAt ?? last.askedAt };
}

function probeWords(heard: NewestSamples | undefined): { probe: string; reaches: string } {
  const health = heard?.health?.value;
  const reachable = heard?.reachable?.value;
  const probe =
    health === undefined ? 'is silent' : health === 1 ? 'says healthy' : 'says unhealthy';
  if (reachable === undefined) return { probe, reaches: '' };
  return {
    probe,
    reaches: reachable === 1 ? 'reaches the address' : 'does not reach the address',
  };
}
