/** The port of the stack operations on SDK clients, with the limits of aws.ts. */
import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { awsExecutions, clientSettings } from './aws-executions.ts';
import type { Executions, LifecycleCloud } from './lifecycle-cloud.ts';

export function lifecycleCloudOn(ec2: EC2Client, executions: Executions): LifecycleCloud {
  return {
    ...executions,
    describeInstances: (input) => ec2.send(new DescribeInstancesCommand(input)),
    describeNetworkInterfaces: (input) => ec2.send(new DescribeNetworkInterfacesCommand(input)),
    describeLaunchTemplateVersions: (input) =>
      ec2.send(new DescribeLaunchTemplateVersionsCommand(input)),
    createTags: (input) => ec2.send(new CreateTagsCommand(input)),
    terminateInstances: (input) => ec2.send(new TerminateInstancesCommand(input)),
  };
}

export function awsLifecycleCloud(): LifecycleCloud {
  return lifecycleCloudOn(new EC2Client(clientSettings), awsExecutions());
}
