/**
 * AWS in one process: deploys a synthesized template and serves it over HTTP to SDK clients,
 * functions and machines.
 * What can go wrong: a deployment fails half-way. All that was started is stopped before the error
 * is passed on.
 */

import { type Latencies, type LatencyTable, latenciesFrom } from './chance/latency.ts';
import { type Random, randomFrom } from './chance/random.ts';
import type { CloudWatch } from './cloudwatch/cloudwatch.ts';
import type { Ec2 } from './ec2/ec2.ts';
import type { BootMachine } from './ec2/instances/machine.ts';
import { createNetwork, type Network } from './ec2/network/network.ts';
import type { EventBus } from './event-bus/event-bus.ts';
import { createLambda, type Lambda } from './lambda/lambda.ts';
import { createCallers } from './service/callers.ts';
import type { RecordedCall } from './service/service.ts';
import { wireServices } from './services.ts';
import type { Sns } from './sns/sns.ts';
import type { StepFunctions } from './step-functions/step-functions.ts';
import { readAssets } from './template/assets.ts';
import {
  type CustomResources,
  type CustomResourcesOptions,
  createCustomResources,
} from './template/custom-resources.ts';
import type { IamRole } from './template/identities.ts';
import type { ParameterValue } from './template/parameters.ts';
import { resourceMakers } from './template/resource-makers.ts';
import { createNow, createStack, type Stack } from './template/stack.ts';
import { type Clock, realClock } from './time/clock.ts';
import { serve } from './wire/wire.ts';

export interface LocalCloudOptions {
  /** CloudFormation, as `cdk synth` writes it. */
  readonly template: object;
  /** Holds the template's assets and their manifest: cdk.out. */
  readonly assetsDirectory: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly stackName: string;
  readonly seed: number;
  /** The time that steps take: a table to draw from, or latencies. */
  readonly latencies: Latencies | LatencyTable;
  /** @default real time */
  readonly clock?: Clock;
  /** Port of the servers in the VPC. */
  readonly port: number;
  /**
   * `127.77`: the subnet is 127.77.0.0/24, guests are 127.77.1.x, metadata services 127.77.2.x, a
   * second subnet is 127.77.3.0/24.
   */
  readonly loopback: string;
  readonly boot: BootMachine;
  /** @default eu-central-1 */
  readonly region?: string;
  /**
   * `at once`: startLocalCloud creates the stack, and rejects when the creation fails. `when
   * asked`: `stack.create()` creates the stack.
   * @default at once
   */
  readonly creation?: 'at once' | 'when asked';
  /**
   * `run`: the stack calls the functions of its custom resources and waits for their answers; with
   * the delays of their events. `taken as done`: custom resources succeed without a call.
   * @default taken as done
   */
  readonly customResources?: 'taken as done' | Running;
}

interface Running {
  readonly kind: 'run';
  /**
   * `afterwards`: only the first creation of the stack is taken as done. Updates, deletion and
   * later creations are carried out.
   * @default the first creation
   */
  readonly from?: 'the first creation' | 'afterwards';
  readonly deliveries?: CustomResourcesOptions['deliveries'];
}

export interface LocalCloud {
  /** For AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly rootCredentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The stack: its resources, status and events. */
  readonly stack: Stack;
  /** Undefined when custom resources are taken as done. */
  readonly customResources: CustomResources | undefined;
  /** Outputs of the stack, as they are now. */
  readonly outputs: Readonly<Record<string, string>>;
  /** By logical id. */
  readonly resources: ReadonlyMap<string, { readonly type: string; readonly physicalId: string }>;
  /** Resource types that were passed over. */
  readonly unsupported: readonly string[];
  /** By role name. */
  readonly roles: ReadonlyMap<string, IamRole>;
  readonly ec2: Ec2;
  readonly cloudWatch: CloudWatch;
  readonly stepFunctions: StepFunctions;
  readonly eventBus: EventBus;
  readonly lambda: Lambda;
  readonly sns: Sns;
  readonly network: Network;
  /** The last 50,000 calls of the API. */
  readonly calls: readonly RecordedCall[];
  stop(): Promise<void>;
}

const accountId = '123456789012';
const mostCalls = 50_000;
/**
 * Numbers of subnets in the loopback network. Guests and metadata services have the numbers
 * between.
 */
const subnetParts = [0, 3] as const;

/** @throws Error that says what in the template, a parameter or on this machine is in the way */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const assets = await readAssets(options.assetsDirectory);
  const region = options.region ?? 'eu-central-1';
  const parts = createParts(options, region);
  try {
    const endpoint = await parts.listen();
    const customResources = await parts.runCustomResources();
    const stack = createStack({
      ...options,
      clock: options.clock ?? realClock,
      region,
      accountId,
      random: parts.random,
      makers: resourceMakers({
        ...parts,
        region,
        accountId,
        assets,
        vpcAddressPrefixes: subnetParts.map((part) => `${options.loopback}.${part}.`),
        customResources,
      }),
      onParameters: (parameters) => addSubnets(parts.ec2, parameters, region, options.loopback),
    });
    if (options.creation !== 'when asked') await createNow(stack);
    return {
      ...parts,
      stack,
      customResources,
      get outputs() {
        return stack.outputs();
      },
      get resources() {
        return stack.resources();
      },
      get unsupported() {
        return stack.unsupported();
      },
      endpoint,
      region,
      accountId,
      rootCredentials: parts.callers.issue(`arn:aws:iam::${accountId}:root`),
      roles: parts.identities.roles,
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** The services, wired to each other. */
function createParts(options: LocalCloudOptions, region: string) {
  const clock = options.clock ?? realClock;
  const randomness = randomFrom(options.seed);
  // A stream for each service: one more draw in a service changes no other service.
  const ownRandom = (): Random => randomFrom(Math.floor(randomness.next() * 2 ** 32));
  const { latencies: given } = options;
  const latencies = typeof given === 'function' ? given : latenciesFrom(given, ownRandom());
  const calls: RecordedCall[] = [];
  const callers = createCallers();
  const network = createNetwork({ port: options.port });
  let endpoint = '';
  let customResources: CustomResources | undefined;
  const stops: (() => Promise<void>)[] = [];

  const awsEndpoint = () => endpoint;
  const services = wireServices({
    clock,
    latencies,
    region,
    accountId,
    // SNS draws only ids, from a stream beside the others.
    random: (service) => (service === 'sns' ? randomFrom(options.seed) : ownRandom()),
    functions: (account) =>
      createLambda({
        ...account,
        random: ownRandom(),
        awsEndpoint,
        answersAt: () => customResources?.answersAt,
        credentialsOf: callers.issue,
      }),
    network,
    boot: options.boot,
    callers,
    awsEndpoint,
    loopback: options.loopback,
  });
  const { ec2, cloudWatch, eventBus, stepFunctions, lambda, authorizer } = services;
  return {
    ...services,
    network: noticedBy(ec2, network),
    callers,
    calls,
    random: ownRandom(),
    async listen(): Promise<string> {
      const served = [ec2.service, cloudWatch.service, stepFunctions.service];
      const { authorize } = authorizer;
      const onCall = keepIn(calls);
      const server = await serve(served, { clock, latencies, callers, authorize, onCall });
      stops.push(server.stop);
      endpoint = server.endpoint;
      return endpoint;
    },
    async runCustomResources(): Promise<CustomResources | undefined> {
      customResources = await customResourcesFor(options, lambda, clock);
      if (customResources !== undefined) stops.push(customResources.stop);
      return customResources;
    },
    /**
     * From the services that start work to the services that do it. A failed stop does not keep the
     * others.
     */
    stop: () =>
      stopAll([
        eventBus.stop,
        cloudWatch.stop,
        stepFunctions.stop,
        lambda.stop,
        ec2.stop,
        ...stops,
        network.stop,
      ]),
  };
}

async function customResourcesFor(
  { customResources: asked = 'taken as done', seed }: LocalCloudOptions,
  { invoke }: Lambda,
  clock: Clock,
): Promise<CustomResources | undefined> {
  if (asked === 'taken as done') return undefined;
  const { deliveries, from } = asked;
  return createCustomResources({
    firstCreationIsDone: from === 'afterwards',
    clock,
    random: randomFrom(seed),
    invoke,
    ...(deliveries === undefined ? {} : { deliveries }),
  });
}

/** EC2's reachability check gets no answer either where packets are dropped. */
function noticedBy(ec2: Ec2, network: Network): Network {
  return {
    ...network,
    drop(instanceId, dropped) {
      network.drop(instanceId, dropped);
      ec2.setResponding(instanceId, !dropped);
    },
  };
}

function keepIn(calls: RecordedCall[]): (call: RecordedCall) => void {
  return (call) => {
    calls.push(call);
    if (calls.length > mostCalls) calls.shift();
  };
}

async function stopAll(stops: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops) await stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/**
 * The template does not create subnets: the parameters name them. The local cloud puts all of them
 * in one Availability Zone.
 */
function addSubnets(
  ec2: Ec2,
  parameters: ReadonlyMap<string, ParameterValue>,
  region: string,
  loopback: string,
): void {
  const given = [...parameters.values()];
  // A parameter that may be empty cannot have CloudFormation's own type: its value tells.
  const subnetIds = new Set(
    given
      .filter(({ type, value }) => type === 'AWS::EC2::Subnet::Id' || /^subnet-\w+$/.test(value))
      .map(({ value }) => value),
  );
  if (subnetIds.size > subnetParts.length) {
    throw new Error(
      `The parameters name the subnets ${[...subnetIds].join(', ')}, but the local cloud has only two.`,
    );
  }
  const vpc = given.find(({ type }) => type === 'AWS::EC2::VPC::Id');
  for (const [index, subnetId] of [...subnetIds].entries()) {
    ec2.addSubnet({
      subnetId,
      vpcId: vpc?.value ?? 'vpc-00000000000000001',
      availabilityZone: `${region}a`,
      cidrBlock: `${loopback}.${subnetParts[index]}.0/24`,
    });
  }
}
