/**
 * Creates the services of one account and connects them, in real time and in virtual time alike.
 */

import type { Random } from './chance/random.ts';
import { type CloudWatch, createCloudWatch } from './cloudwatch/cloudwatch.ts';
import { createEc2, type Ec2 } from './ec2/ec2.ts';
import type { BootMachine } from './ec2/instances/machine.ts';
import type { Network } from './ec2/network/network.ts';
import { createEventBus, type EventBus, type EventBusOptions } from './event-bus/event-bus.ts';
import type { Lambda } from './lambda/lambda.ts';
import type { Callers } from './service/callers.ts';
import type { ServiceOptions } from './service/service-options.ts';
import type { CloudEvent, ServiceMetric } from './service/signals.ts';
import { createSns, type Sns } from './sns/sns.ts';
import { createStepFunctions, type StepFunctions } from './step-functions/step-functions.ts';
import { createIam, type Iam } from './template/iam.ts';

/** What the services of one account share. */
export type AccountOptions = Required<Omit<ServiceOptions, 'random'>>;

export interface WiringOptions<Functions> extends Omit<AccountOptions, 'authorizer'> {
  /** Called once for each service, in the order of creation. */
  random(service: 'sns' | 'sfn' | 'events' | 'cloudwatch' | 'ec2'): Random;
  /** Makes Lambda, or its stand-in. Called first. */
  functions(account: AccountOptions): Functions;
  readonly network: Network;
  readonly boot: BootMachine;
  readonly callers: Callers;
  readonly deliveries?: EventBusOptions['deliveries'];
  /** Gets every event before the bus. @default nobody */
  readonly onEvent?: (event: CloudEvent) => void;
  /** AWS_ENDPOINT_URL of machines. @default nothing is served over HTTP */
  readonly awsEndpoint?: () => string;
  /** Ec2Options.loopback */
  readonly loopback?: string;
}

export interface Services<Functions> extends Iam {
  readonly ec2: Ec2;
  readonly cloudWatch: CloudWatch;
  readonly eventBus: EventBus;
  readonly stepFunctions: StepFunctions;
  readonly lambda: Functions;
  readonly sns: Sns;
}

export function wireServices<Functions extends Pick<Lambda, 'invoke'>>(
  options: WiringOptions<Functions>,
): Services<Functions> {
  const { clock, latencies, region, accountId, random } = options;
  // IAM comes last, because it reads the resources of the others: hence the function.
  const account = { clock, latencies, region, accountId, authorizer: () => iam.authorizer };
  const lambda = options.functions(account);
  const sns = createSns({ clock, random: random('sns') });
  const onMetric = (metric: ServiceMetric) => cloudWatch.observe(metric);
  const stepFunctions = createStepFunctions({
    ...account,
    random: random('sfn'),
    invoke: lambda.invoke,
    integrations: sns.integrations,
    onMetric,
  });
  const eventBus = createEventBus({
    ...account,
    random: random('events'),
    startExecution: stepFunctions.startExecution,
    deliveries: options.deliveries,
    onMetric,
  });
  const onEvent = (event: CloudEvent) => {
    options.onEvent?.(event);
    eventBus.put(event);
  };
  const cloudWatch: CloudWatch = createCloudWatch({
    ...account,
    random: random('cloudwatch'),
    onEvent,
    notify: sns.publish,
  });
  const ec2 = createEc2({
    ...account,
    random: random('ec2'),
    network: options.network,
    boot: options.boot,
    callers: options.callers,
    onEvent,
    awsEndpoint: options.awsEndpoint,
    loopback: options.loopback,
    mayAssume: (instanceArn, roleArn) => iam.isTrusted('ec2.amazonaws.com', instanceArn, roleArn),
  });
  const iam = createIam({ region, accountId, ec2 });
  return { ec2, cloudWatch, eventBus, stepFunctions, lambda, sns, ...iam };
}
