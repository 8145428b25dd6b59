/**
 * A local cloud with a cluster that is already up, as after an hour, so that a drill is about the
 * failure and not about the beginning. Beside the cluster stand instances that must not be touched.
 * What can go wrong: a world that is not quiet yet would be blamed on the failure. So the fault waits
 * until the probes are heard, the address answers, the alarms are OK and nothing is running.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { type Clock, type LocalCloud, startLocalCloud } from '@coordinator-failover/local-cloud';
import { readAlarms } from '../../aws/alarms.ts';
import type { FailoverCalls, StepFunctionsCalls } from '../../aws/calls.ts';
import { failoverCallsOn } from '../../aws/failover-client.ts';
import { type NewestSamples, readNewestSamples } from '../../aws/samples.ts';
import { stepFunctionsCallsOn } from '../../aws/step-functions-client.ts';
import type { Synthesized } from '../../infra/stack/synthesize.ts';
import { awsLatencies } from '../../workflow/aws-latencies.ts';
import { metricNamespace } from '../../workflow/model/names.ts';
import { defaultSettings } from '../../workflow/model/settings.ts';
import { deployedCluster, stackOutput } from '../cluster/deployed-cluster.ts';
import { seedCluster } from '../cluster/seed-cluster.ts';
import { stackParameters } from '../cluster/stack-parameters.ts';
import { type Client, readyAnswersToBeOver, startClient } from './client.ts';
import { createExecutionReader, type ExecutionReader } from './executions.ts';
import { type Loopback, startOnLoopback } from './loopback.ts';
import { createFleet, type DrillFleet } from './machine.ts';
import type { Processes } from './processes.ts';
import { type Bystander, seedBystanders } from './seeding.ts';
import { createTls, type DrillTls, serverParameters } from './tls.ts';
import { waitUntil } from './wait.ts';

export interface DrillClusterOptions {
  readonly synthesized: Synthesized;
  readonly coordinators: number;
  /** Other values for the stack's parameters. @default none */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly port: number;
  /** Everybody outside of a machine asks over HTTPS. */
  readonly https: boolean;
  readonly seed: number;
  readonly processes: Processes;
  /** Configurations and logs of the machines go there. */
  readonly directory: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface DrillCluster {
  readonly cloud: LocalCloud;
  readonly clients: Clients;
  /** On the clients: what the drill reads by. */
  readonly aws: FailoverCalls & StepFunctionsCalls;
  readonly executions: ExecutionReader;
  readonly fleet: DrillFleet;
  readonly client: Client;
  /** A stack that is created again has another address: from now on the client asks there. */
  followAddress(): void;
  /** Where a coordinator answers over HTTP on its own machine. */
  readonly httpPort: number;
  readonly clusterName: string;
  readonly stateMachineArn: string;
  /** Of the address as it is now: the stack may be deleted and created again. */
  readonly networkInterfaceId: string;
  readonly alarmNames: readonly string[];
  /** The coordinators of the beginning, the active first. */
  readonly seeded: readonly string[];
  readonly bystanders: readonly Bystander[];
  stop(): Promise<void>;
}

export interface Clients {
  readonly ec2: EC2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly stepFunctions: SFNClient;
}

const stackName = 'drill';
/** A freshly launched coordinator says `starting: true` for so long. Real ones take 15-40 s. */
const startSeconds = 20;
/** Machines boot within a second or two, but an execution of the schedule takes over a minute. */
const readyWithinSeconds = 150;

/** Starts it and waits until it is quiet. Leaves nothing behind when it fails. */
export async function startWorld(options: DrillClusterOptions): Promise<DrillCluster> {
  const tls = options.https ? await createTls(options.port) : undefined;
  return await startOnLoopback(options.port, (loopback) => startOn(loopback, tls, options));
}

async function startOn(
  loopback: Loopback,
  tls: DrillTls | undefined,
  options: DrillClusterOptions,
): Promise<DrillCluster> {
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const fleet = createFleet({
      processes: options.processes,
      probeBundle: options.synthesized.probeFile,
      directory: options.directory,
      port: options.port,
      tls,
      startSeconds,
    });
    const cloud = await startLocalCloud({
      template: options.synthesized.template,
      assetsDirectory: options.synthesized.assetsDirectory,
      parameters: parametersFor(options, tls),
      stackName,
      seed: options.seed,
      latencies: awsLatencies,
      port: options.port,
      loopback: loopback.prefix,
      boot: fleet.boot,
      // The stack stands there already; what becomes of it later is carried out. Every event of
      // CloudFormation is delivered twice, as Lambda may.
      customResources: { kind: 'run', from: 'afterwards', deliveries: () => [0, 2] },
    });
    undo.push(() => cloud.stop());
    const world = await openCluster(cloud, fleet, { ...options, tls }, undo, stop);
    undo.unshift(() => loopback.release());
    return world;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openCluster(
  cloud: LocalCloud,
  fleet: DrillFleet,
  options: DrillClusterOptions & { readonly tls: DrillTls | undefined },
  undo: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<DrillCluster> {
  const cluster = deployedCluster(cloud);
  const { clusterName } = cluster;
  const stateMachineArn = stackOutput(cloud, 'StateMachineArn');
  const { coordinators } = options;
  const seeded = await seedCluster(cloud, cluster, { coordinators, boot: fleet.bootReady });
  const clients = makeClients(cloud);
  undo.push(async () => {
    clients.ec2.destroy();
    clients.cloudWatch.destroy();
    clients.stepFunctions.destroy();
  });
  const aws = { ...failoverCallsOn(clients), ...stepFunctionsCallsOn(clients.stepFunctions) };
  const bystanders = await seedBystanders(cloud, clients.ec2, fleet, clusterName, seeded);
  const clientOfNow = () =>
    startClient({
      url: stackOutput(cloud, 'PrestoCoordinatorURL'),
      clock: options.clock,
      ca: options.tls?.authority.certificate,
    });
  let client = clientOfNow();
  undo.push(async () => client.stop());
  const world: DrillCluster = {
    cloud,
    clients,
    aws,
    executions: createExecutionReader(aws, stateMachineArn),
    fleet,
    get client() {
      return client;
    },
    followAddress() {
      client.stop();
      client = clientOfNow();
    },
    httpPort: options.tls?.httpPort ?? options.port,
    clusterName,
    stateMachineArn,
    get networkInterfaceId() {
      return addressIdOf(cloud) ?? 'none';
    },
    alarmNames: Object.values(cluster.alarms),
    seeded,
    bystanders,
    stop,
  };
  await waitUntil('the cluster is up and quiet', () => isQuiet(world, options.clock), {
    clock: options.clock,
    signal: options.signal,
    withinSeconds: readyWithinSeconds,
    everyMs: 500,
  });
  return world;
}

/** Values for the stack's parameters, as somebody who deploys it would give them. */
function parametersFor(
  { coordinators, port, parameters = {} }: DrillClusterOptions,
  tls: DrillTls | undefined,
): Record<string, string> {
  return stackParameters(coordinators, { ...serverParameters(port, tls), ...parameters });
}

function addressIdOf({ resources }: LocalCloud): string | undefined {
  const all = [...resources.values()];
  return all.find(({ type }) => type === 'AWS::EC2::NetworkInterface')?.physicalId;
}

/** What is fresh of each instance's own metrics. */
export function readProbes(
  { aws, clusterName }: DrillCluster,
  instanceIds: readonly string[],
  clock: Clock,
): Promise<ReadonlyMap<string, NewestSamples>> {
  const published = { clusterName, metricNamespace: metricNamespace(clusterName) };
  const backMs = defaultSettings.freshSeconds * 1000;
  return readNewestSamples(aws, published, instanceIds, { now: clock.now(), backMs });
}

function makeClients(cloud: LocalCloud): Clients {
  const settings = {
    endpoint: cloud.endpoint,
    region: cloud.region,
    credentials: cloud.rootCredentials,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000 },
  };
  return {
    ec2: new EC2Client(settings),
    cloudWatch: new CloudWatchClient(settings),
    stepFunctions: new SFNClient(settings),
  };
}

async function isQuiet(world: DrillCluster, clock: Clock): Promise<true | undefined> {
  const { client, seeded } = world;
  const last = client.answers().slice(-readyAnswersToBeOver);
  if (last.length < readyAnswersToBeOver || last.some(({ ready }) => !ready)) return undefined;
  const heard = await readProbes(world, seeded, clock);
  const allHeard = seeded.every((instanceId, index) => {
    const { health, reachable } = heard.get(instanceId) ?? {};
    return health?.value === 1 && (index === 0 || reachable?.value === 1);
  });
  if (!allHeard) return undefined;
  const alarms = await readAlarms(world.aws, world.alarmNames);
  if (alarms.some(({ state }) => state !== 'OK')) return undefined;
  const executions = await world.executions.read();
  return executions.some(({ status }) => status === 'RUNNING') ? undefined : true;
}
