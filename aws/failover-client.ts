/** The port of a failover's functions, on SDK clients. One file per port keeps each bundle small. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  AttachNetworkInterfaceCommand,
  CreateTagsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { FailoverCalls } from './calls.ts';
import { functionLimits } from './limits.ts';

export function connectForFailover(): FailoverCalls {
  return failoverCallsOn({
    ec2: new EC2Client(functionLimits),
    cloudWatch: new CloudWatchClient(functionLimits),
  });
}

export function failoverCallsOn(clients: {
  readonly ec2: EC2Client;
  readonly cloudWatch: CloudWatchClient;
}): FailoverCalls {
  const { ec2, cloudWatch } = clients;
  return {
    describeInstances: (input) => ec2.send(new DescribeInstancesCommand(input)),
    describeInstanceStatus: (input) => ec2.send(new DescribeInstanceStatusCommand(input)),
    describeNetworkInterfaces: (input) => ec2.send(new DescribeNetworkInterfacesCommand(input)),
    createTags: (input) => ec2.send(new CreateTagsCommand(input)),
    modifyNetworkInterfaceAttribute: (input) =>
      ec2.send(new ModifyNetworkInterfaceAttributeCommand(input)),
    attachNetworkInterface: (input) => ec2.send(new AttachNetworkInterfaceCommand(input)),
    detachNetworkInterface: (input) => ec2.send(new DetachNetworkInterfaceCommand(input)),
    runInstances: (input) => ec2.send(new RunInstancesCommand(input)),
    terminateInstances: (input) => ec2.send(new TerminateInstancesCommand(input)),
    getMetricData: (input) => cloudWatch.send(new GetMetricDataCommand(input)),
    putMetricData: (input) => cloudWatch.send(new PutMetricDataCommand(input)),
    describeAlarms: (input) => cloudWatch.send(new DescribeAlarmsCommand(input)),
    setAlarmState: (input) => cloudWatch.send(new SetAlarmStateCommand(input)),
  };
}
