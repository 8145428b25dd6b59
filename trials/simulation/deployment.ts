/**
 * The synthesized template on services in virtual time: the same alarms, rules, state machine,
 * timeouts and roles as in a drill; only that functions are run in process, from their sources.
 * EC2 always draws the same ids: so the state machine's text is the same in every run, and it is
 * validated once.
 */
import {
  type Authorizer,
  type BootMachine,
  type CloudEvent,
  type CloudWatch,
  createCallers,
  createNow,
  createPreparedReading,
  createStack,
  type Ec2,
  type EventBus,
  type EventBusOptions,
  type Identities,
  type Latencies,
  type Random,
  randomFrom,
  resourceMakers,
  type Sns,
  type StepFunctions,
  wireServices,
} from '@coordinator-failover/local-cloud';
import asl from '../../workflow/failover.asl.json' with { type: 'json' };
import type { Cluster } from '../../workflow/model/cluster.ts';
import { stateMachineName } from '../../workflow/model/names.ts';
import type { Settings } from '../../workflow/model/settings.ts';
import { stackParameters, subnetId, vpcId } from '../cluster/stack-parameters.ts';
import type { FunctionsOptions, SimulatedFunctions } from './functions.ts';
import { createFunctions } from './functions.ts';
import { keepLaunchData } from './launch-versions.ts';
import type { VirtualNetwork } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface DeploymentOptions {
  /** As infra/stack/synthesize.ts makes it. */
  readonly template: object;
  /** HACoordinatorsCount. */
  readonly coordinators: number;
  /** Other values for the stack's parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly time: VirtualTime;
  readonly latencies: Latencies;
  /** For event ids, alarm phases and the like. */
  readonly random: Random;
  readonly network: VirtualNetwork;
  readonly boot: BootMachine;
  readonly functions: Pick<FunctionsOptions, 'handlers' | 'portsFor' | 'troubleOf'>;
  readonly deliveries: EventBusOptions['deliveries'];
  /** Told of every event that is put on the bus. */
  onEvent(event: CloudEvent): void;
}

export interface Deployment {
  readonly ec2: Ec2;
  readonly cloudWatch: CloudWatch;
  readonly eventBus: EventBus;
  readonly stepFunctions: StepFunctions;
  readonly functions: SimulatedFunctions;
  readonly sns: Sns;
  readonly region: string;
  readonly stateMachineArn: string;
  readonly stateMachineRoleArn: string;
  /** What the template has become, by logical id. */
  readonly resources: ReadonlyMap<string, { readonly type: string; readonly physicalId: string }>;
  readonly identities: Identities;
  /** Decides by the template's policies. */
  readonly authorizer: Authorizer;
  /** The state machine's text, as deployed. */
  readonly definition: string;
  readonly cluster: Cluster;
  readonly settings: Settings;
  /** The launch template version that the cluster wants now, as a coordinator's tag has it. */
  templateVersion(): string;
  /** A stack update: another version of the launch template, and executions that ask for it. */
  launchFromNewVersion(): void;
}

const region = 'eu-central-1';
const accountId = '123456789012';
const stackName = 'simulation';
/** Of EC2's ids. */
const idSeed = 1;
/** Every run deploys the same template, and with the ids the same too, gets the same resources of it. */
const prepared = createPreparedReading();

export async function deploy(options: DeploymentOptions): Promise<Deployment> {
  const nameByArn = new Map<string, string>();
  const services = servicesOf(options, (functionArn) => nameByArn.get(functionArn) ?? functionArn);
  const { ec2, stepFunctions } = services;
  let definition = '';
  let stateMachineArn = '';
  let stateMachineRoleArn = '';
  const noticed: StepFunctions = {
    ...stepFunctions,
    createStateMachine(properties) {
      const created = stepFunctions.createStateMachine(properties);
      // The other one carries out stack operations, which are taken as done here.
      if (properties.name === stateMachineName(stackName)) {
        definition = properties.definition;
        stateMachineArn = created.stateMachineArn;
        stateMachineRoleArn = properties.roleArn;
      }
      return created;
    },
  };
  const launches = keepLaunchData(ec2);
  const parts = { ...services, stepFunctions: noticed, ec2: launches.ec2 };
  const availabilityZone = `${region}a`;
  ec2.addSubnet({ subnetId, vpcId, availabilityZone, cidrBlock: '10.0.0.0/24' });
  const stack = createStack({
    template: options.template,
    parameters: stackParameters(options.coordinators, options.parameters),
    stackName,
    region,
    accountId,
    read: prepared,
    random: randomFrom(idSeed),
    makers: resourceMakers({
      ...parts,
      region,
      accountId,
      random: randomFrom(idSeed),
      assets: { folderOf: (_what, objectKey) => objectKey },
      vpcAddressPrefixes: ['10.0.0.'],
    }),
  });
  await createNow(stack);
  const deployed = readDefinition(definition);
  for (const [arn, name] of deployed.functionNames) nameByArn.set(arn, name);
  const { cluster, settings } = deployed;
  const stateMachine = { stateMachineArn, stateMachineRoleArn, definition };
  const resources = stack.resources();
  return {
    ...services,
    functions: services.lambda,
    ...stateMachine,
    resources,
    region,
    cluster,
    settings,
    templateVersion: () => launches.wanted(cluster),
    launchFromNewVersion: () => launches.useNewVersion(stepFunctions, stateMachine, cluster),
  };
}

function servicesOf(options: DeploymentOptions, nameOf: FunctionsOptions['nameOf']) {
  const { time, latencies, network, boot, deliveries, onEvent } = options;
  return wireServices({
    clock: time,
    latencies,
    region,
    accountId,
    random: (service) =>
      randomFrom(
        service === 'sns' || service === 'ec2'
          ? idSeed
          : Math.floor(options.random.next() * 2 ** 32),
      ),
    functions: (account) => createFunctions({ ...account, ...options.functions, time, nameOf }),
    network,
    boot,
    callers: createCallers(),
    deliveries,
    onEvent,
  });
}

interface DeployedDefinition {
  readonly cluster: Cluster;
  readonly settings: Settings;
  /** By function ARN, as the state machine's file calls them. */
  readonly functionNames: ReadonlyMap<string, string>;
}

const readBefore = new Map<string, DeployedDefinition>();

/** What the deployed state machine says, laid beside the file that it was made from. */
function readDefinition(definition: string): DeployedDefinition {
  const known = readBefore.get(definition);
  if (known !== undefined) return known;
  const { States: states } = JSON.parse(definition) as {
    States: Readonly<Record<string, { Resource?: string }>> & {
      'Receive request': { Parameters: { cluster: Cluster; settings: Settings } };
    };
  };
  const functionNames = new Map<string, string>();
  for (const [name, state] of Object.entries(asl.States)) {
    const arn = states[name]?.Resource;
    if (arn !== undefined && 'Resource' in state && state.Resource.startsWith('FUNCTION ')) {
      functionNames.set(arn, state.Resource.replace(/^FUNCTION /, ''));
    }
  }
  const { cluster, settings } = states['Receive request'].Parameters;
  const read = { cluster, settings, functionNames };
  readBefore.set(definition, read);
  return read;
}
