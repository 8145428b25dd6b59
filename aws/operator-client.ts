/**
 * The port of the command line, on SDK clients. Region, profile and endpoint come from where the AWS CLI
 * takes them: `--region`, AWS_REGION, AWS_DEFAULT_REGION, the profile's region; `--profile`, AWS_PROFILE;
 * AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE>. Source: AWS CLI user guide, environment variables.
 */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { OperatorCalls } from './calls.ts';
import { operatorLimits } from './limits.ts';
import { stepFunctionsCallsOn } from './step-functions-client.ts';

export interface Whereabouts {
  /** As given to `--region`. */
  readonly region: string | undefined;
  /** As given to `--profile`. */
  readonly profile: string | undefined;
  /** AWS_REGION, else AWS_DEFAULT_REGION: the SDK for JavaScript itself knows only the first. */
  readonly environmentRegion: string | undefined;
}

export interface Connection {
  readonly cloud: OperatorCalls;
  close(): void;
}

/** Rejects with the SDK's own error when there is no region. Credentials are read at the first call. */
export async function connectAws(whereabouts: Whereabouts): Promise<Connection> {
  const region = whereabouts.region ?? whereabouts.environmentRegion;
  const settings = {
    ...operatorLimits,
    ...(region === undefined ? {} : { region }),
    ...(whereabouts.profile === undefined ? {} : { profile: whereabouts.profile }),
  };
  const clients = {
    ec2: new EC2Client(settings),
    cloudWatch: new CloudWatchClient(settings),
    stepFunctions: new SFNClient(settings),
  };
  return {
    cloud: { region: await clients.ec2.config.region(), ...callsOn(clients) },
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

function callsOn(clients: {
  readonly ec2: EC2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly stepFunctions: SFNClient;
}): Omit<OperatorCalls, 'region'> {
  const { ec2, cloudWatch, stepFunctions } = clients;
  return {
    describeNetworkInterfaces: (input) => ec2.send(new DescribeNetworkInterfacesCommand(input)),
    describeInstances: (input) => ec2.send(new DescribeInstancesCommand(input)),
    describeInstanceStatus: (input) => ec2.send(new DescribeInstanceStatusCommand(input)),
    describeInstanceTypes: (input) => ec2.send(new DescribeInstanceTypesCommand(input)),
    describeSubnets: (input) => ec2.send(new DescribeSubnetsCommand(input)),
    runInstances: (input) => ec2.send(new RunInstancesCommand({ ...input, DryRun: true })),
    createTags: (input) => ec2.send(new CreateTagsCommand(input)),
    deleteTags: (input) => ec2.send(new DeleteTagsCommand(input)),
    getMetricData: (input) => cloudWatch.send(new GetMetricDataCommand(input)),
    describeAlarms: (input) => cloudWatch.send(new DescribeAlarmsCommand(input)),
    ...stepFunctionsCallsOn(stepFunctions),
  };
}
