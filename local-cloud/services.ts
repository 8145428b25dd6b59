/** The services of one cloud, wired to each other. */
import type { Callers } from './callers.ts';
import type { Clock } from './clock.ts';
import { type CloudWatch, createCloudWatch } from './cloudwatch/cloudwatch.ts';
import { createEc2 } from './ec2/ec2.ts';
import type { BootMachine } from './ec2/machine.ts';
import type { Network } from './ec2/network.ts';
import { createEventBus } from './event-bus/event-bus.ts';
import { createLambda } from './lambda/lambda.ts';
import type { Latencies } from './latency.ts';
import { type Random, randomFrom } from './random.ts';
import type { ServiceMetric } from './service-metric.ts';
import { createSns } from './sns/sns.ts';
import { createStepFunctions } from './step-functions/step-functions.ts';
import type { CustomResources } from './template/custom-resources.ts';
import { createIam } from './template/iam.ts';

interface ServiceOptions {
  readonly seed: number;
  readonly boot: BootMachine;
  readonly loopback: string;
}

interface Surroundings {
  readonly clock: Clock;
  readonly latencies: Latencies;
  readonly region: string;
  readonly accountId: string;
  readonly network: Network;
  readonly callers: Callers;
  ownRandom(): Random;
  awsEndpoint(): string;
  answersAt(): CustomResources['answersAt'] | undefined;
}

export function createServices(options: ServiceOptions, surroundings: Surroundings) {
  const { clock, latencies, region, ownRandom, network, callers } = surroundings;
  const { accountId, awsEndpoint, answersAt } = surroundings;
  // IAM comes last, since it looks at what the others have: so it is asked for.
  const common = { clock, latencies, region, accountId, authorizer: () => iam.authorizer };
  const lambda = createLambda({
    ...common,
    random: ownRandom(),
    awsEndpoint,
    answersAt,
    credentialsOf: callers.issue,
  });
  // Its draws are ids only: it takes none of the seeds that the services below draw.
  const sns = createSns({ clock, random: randomFrom(options.seed) });
  const onMetric = (metric: ServiceMetric) => cloudWatch.observe(metric);
  const stepFunctions = createStepFunctions({
    ...common,
    random: ownRandom(),
    invoke: lambda.invoke,
    integrations: sns.integrations,
    onMetric,
  });
  const eventBus = createEventBus({
    ...common,
    random: ownRandom(),
    startExecution: stepFunctions.startExecution,
    onMetric,
  });
  const cloudWatch: CloudWatch = createCloudWatch({
    ...common,
    random: ownRandom(),
    onEvent: eventBus.put,
    notify: sns.publish,
  });
  const ec2 = createEc2({
    ...common,
    random: ownRandom(),
    network,
    boot: options.boot,
    callers,
    onEvent: eventBus.put,
    awsEndpoint,
    loopback: options.loopback,
    mayAssume: (instanceArn, roleArn) => iam.isTrusted('ec2.amazonaws.com', instanceArn, roleArn),
  });
  const iam = createIam({ region, accountId, ec2 });
  return { ec2, cloudWatch, eventBus, stepFunctions, lambda, sns, ...iam };
}
