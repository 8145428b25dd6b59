/**
 * A cluster that has been up for an hour, in virtual time, on the deployed template: what an incident
 * happens to. Beside it stand instances that must not be touched.
 */
import {
  type EventBusOptions,
  type Latencies,
  latenciesFrom,
  type Random,
  randomFrom,
} from '@coordinator-failover/local-cloud';
import type { Log } from '../../probe/ports.ts';
import { awsLatencies } from '../../workflow/aws-latencies.ts';
import { type AwsCalls, createAwsCalls, type StartedCall } from './aws-calls.ts';
import { type Chance, createChance } from './chance.ts';
import { type Deployment, deploy } from './deployment.ts';
import type { Faults } from './faults.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { type Handler, handlers } from './functions.ts';
import { createVirtualNetwork, type VirtualNetwork } from './network.ts';
import type { CallFact, Fact, Truth } from './recording.ts';
import { seedCloud } from './seeding.ts';
import { truthOf } from './truth.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface SimulatedClusterOptions {
  /** As infra/stack/synthesize.ts makes it. */
  readonly template: object;
  readonly faults: Faults;
  readonly time: VirtualTime;
  /** @default the real ones. Tests put broken ones in their place, to see that a checker bites */
  readonly handlers?: Readonly<Record<string, Handler>>;
  /** What the probes log. @default nobody reads it */
  readonly onProbeLog?: Log;
  /** Before each call of a function to AWS; may hold it up. */
  readonly onCall?: (call: StartedCall) => Promise<void> | undefined;
  /** After each call that reached AWS, before its answer is heard; may hold that up. */
  readonly onAnswer?: (call: StartedCall) => Promise<void> | undefined;
  /** @default draws from the latency table, by the faults' seed */
  readonly latencies?: Latencies;
  /** As the event bus asks: how late each delivery is, milliseconds. @default by the faults */
  readonly deliveries?: EventBusOptions['deliveries'];
}

export interface SimulatedCluster {
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly network: VirtualNetwork;
  readonly fleet: Fleet;
  readonly deployment: Deployment;
  readonly aws: AwsCalls;
  readonly latencies: Latencies;
  readonly facts: Fact[];
  readonly startedAtMs: number;
  /** Hosts whose probe does not reach CloudWatch. */
  readonly withoutCloudWatch: Set<string>;
  truth(): Truth;
}

interface Parts {
  readonly options: SimulatedClusterOptions;
  readonly chance: Chance;
  readonly latencies: Latencies;
  readonly random: Random;
  readonly hostRandom: Random;
  readonly facts: Fact[];
  readonly withoutCloudWatch: Set<string>;
  /** Set one after the other: each is asked for only when all are there. */
  address: string;
  deployment?: Deployment;
  aws?: AwsCalls;
}

/** Operations that change nothing. */
const readOnly = /^(Describe|Get|List)/;

export async function openWorld(options: SimulatedClusterOptions): Promise<SimulatedCluster> {
  const { faults, time } = options;
  const startedAtMs = time.now();
  const random = randomFrom(faults.seed);
  const chance = createChance(faults, () => (time.now() - startedAtMs) / 1000);
  const latencyRandom = randomFrom(random.next() * 2 ** 32);
  const parts: Parts = {
    options,
    chance,
    latencies: chance.delayed(options.latencies ?? latenciesFrom(awsLatencies, latencyRandom)),
    random,
    hostRandom: randomFrom(random.next() * 2 ** 32),
    facts: [],
    withoutCloudWatch: new Set(),
    address: '',
  };
  const network = createVirtualNetwork(time, () => fleet.observe());
  const fleet = fleetOf(parts, network);
  const deployment = await deploymentOf(parts, network, fleet);
  const { cluster, ec2 } = deployment;
  const truth = () => truthOf(ec2, fleet, cluster, time.now());
  const aws = awsOf(parts, deployment, truth);
  Object.assign(parts, { deployment, aws, address: cluster.coordinatorAddress });
  const { facts, latencies, withoutCloudWatch } = parts;
  const world = { time, faults, network, fleet, deployment, aws, latencies, facts, startedAtMs };
  await seedCloud(deployment, fleet, faults.coordinators);
  return { ...world, withoutCloudWatch, truth };
}

function fleetOf(parts: Parts, network: VirtualNetwork): Fleet {
  const { time } = parts.options;
  const { hostRandom } = parts;
  return createFleet({
    time,
    network,
    address: () => parts.address,
    // Presto and Trino take 15 to 40 s (facts/presto).
    startSeconds: () => 15 + 25 * hostRandom.next(),
    launchTrouble: parts.chance.launchTrouble,
    isMute: (host) => !host.isProbed() || parts.withoutCloudWatch.has(host.instanceId),
    end: (instanceId) => {
      const note = `EC2 ends ${instanceId} at its launch`;
      parts.facts.push({ kind: 'fault', atMs: time.now(), sentence: note, instanceId });
      // Refused where it has ended meanwhile.
      const input = { InstanceIds: [instanceId] };
      there(parts.aws)
        .byHand('TerminateInstances', input)
        .catch(() => {});
    },
    optionsFor: (hostNumber) => ({
      random: hostRandom.next,
      log: parts.options.onProbeLog ?? (() => {}),
      aheadMs: parts.chance.hostAheadMs(hostNumber),
      listedInterfaces: (instanceId) => there(parts.deployment).ec2.listedInterfaces(instanceId),
      cloudWatchFor: (instanceId, { metricNamespace }) =>
        there(parts.aws).cloudWatchFor(instanceId, metricNamespace, () =>
          parts.withoutCloudWatch.has(instanceId),
        ),
    }),
    onServing: (serving) =>
      void parts.facts.push({
        kind: 'service',
        atMs: time.now(),
        instanceId: serving?.instanceId ?? null,
        identity: serving?.identity ?? null,
      }),
  });
}

function deploymentOf(parts: Parts, network: VirtualNetwork, fleet: Fleet): Promise<Deployment> {
  const { chance, latencies, random, options } = parts;
  const { template, faults, time } = options;
  return deploy({
    template,
    coordinators: faults.coordinators,
    time,
    latencies,
    random,
    network,
    boot: fleet.boot,
    deliveries: options.deliveries ?? chance.deliveries,
    onEvent: ({ 'detail-type': type, detail }) => {
      if (type !== 'CloudWatch Alarm State Change') return;
      const { alarmName, state } = detail as { alarmName: string; state: { value: string } };
      parts.facts.push({ kind: 'alarm', atMs: time.now(), alarmName, state: state.value });
    },
    functions: {
      handlers: options.handlers ?? handlers,
      troubleOf: chance.functionTrouble,
      portsFor: (invocation) => ({
        cloud: there(parts.aws).cloudFor(invocation),
        getInfo: ({ host, timeoutMs, signal }) =>
          network.ask(chance.isCheckBlind() ? 'nobody' : 'check-info', host, { timeoutMs, signal }),
        clock: { now: () => time.now() + chance.functionsAheadMs, sleep: (ms) => time.sleep(ms) },
      }),
    },
  });
}

function awsOf(
  parts: Parts,
  { ec2, cloudWatch, authorizer }: Deployment,
  truth: () => Truth,
): AwsCalls {
  const { chance, latencies, hostRandom, facts, options } = parts;
  return createAwsCalls({
    time: options.time,
    latencies,
    ec2: ec2.service,
    cloudWatch: cloudWatch.service,
    authorize: authorizer.authorize,
    callerOn: ec2.callerOn,
    random: hostRandom.next,
    troubleOf: chance.callTrouble,
    onCall: (call) => options.onCall?.(call),
    onArrival(started) {
      const { by, operation, input } = started;
      if (typeof by === 'string') return undefined;
      if (readOnly.test(operation)) return () => options.onAnswer?.(started);
      const { executionArn, functionName } = by;
      const before = truth();
      const atMs = options.time.now();
      return (error) => {
        const call: CallFact = {
          kind: 'call',
          atMs,
          executionArn,
          functionName,
          operation,
          input: { ...input },
          before,
        };
        facts.push(error === undefined ? call : { ...call, error });
        return options.onAnswer?.(started);
      };
    },
  });
}

function there<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('A world was used before it was whole.');
  return part;
}
