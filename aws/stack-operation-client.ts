/** The port of the stack operations' functions, on SDK clients. */
import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { StackOperationCalls, StepFunctionsCalls } from './calls.ts';
import { functionLimits } from './limits.ts';
import { connectStepFunctions } from './step-functions-client.ts';

export function connectForStackOperations(): StackOperationCalls {
  return stackOperationCallsOn(new EC2Client(functionLimits), connectStepFunctions());
}

export function stackOperationCallsOn(
  ec2: EC2Client,
  stepFunctions: StepFunctionsCalls,
): StackOperationCalls {
  return {
    ...stepFunctions,
    describeInstances: (input) => ec2.send(new DescribeInstancesCommand(input)),
    describeNetworkInterfaces: (input) => ec2.send(new DescribeNetworkInterfacesCommand(input)),
    describeLaunchTemplateVersions: (input) =>
      ec2.send(new DescribeLaunchTemplateVersionsCommand(input)),
    createTags: (input) => ec2.send(new CreateTagsCommand(input)),
    terminateInstances: (input) => ec2.send(new TerminateInstancesCommand(input)),
  };
}
