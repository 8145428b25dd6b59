/**
 * The port on the SDK. Every call has a connection and a request timeout and at most two tries: the
 * state machine's own retries come on top. Source of the names: @smithy/node-http-handler.
 */
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
import type { Cloud } from './cloud.ts';

const clientSettings = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
};

export function makeClients(): { ec2: EC2Client; cloudWatch: CloudWatchClient } {
  return {
    ec2: new EC2Client(clientSettings),
    cloudWatch: new CloudWatchClient(clientSettings),
  };
}

export function cloudOn(clients: { ec2: EC2Client; cloudWatch: CloudWatchClient }): Cloud {
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

export function awsCloud(): Cloud {
  return cloudOn(makeClients());
}
