/**
 * The port: exactly the AWS calls that the functions make, in the SDK's own shapes. `aws.ts` is the
 * port on SDK clients; tests and the simulation put the same clients on a local cloud.
 */
import type {
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  PutMetricDataCommandInput,
  PutMetricDataCommandOutput,
  SetAlarmStateCommandInput,
  SetAlarmStateCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import type {
  AttachNetworkInterfaceCommandInput,
  AttachNetworkInterfaceCommandOutput,
  CreateTagsCommandInput,
  CreateTagsCommandOutput,
  DescribeInstanceStatusCommandInput,
  DescribeInstanceStatusCommandOutput,
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
  DetachNetworkInterfaceCommandInput,
  DetachNetworkInterfaceCommandOutput,
  ModifyNetworkInterfaceAttributeCommandInput,
  ModifyNetworkInterfaceAttributeCommandOutput,
  RunInstancesCommandInput,
  RunInstancesCommandOutput,
  TerminateInstancesCommandInput,
  TerminateInstancesCommandOutput,
} from '@aws-sdk/client-ec2';

export type CallOf<Input, Output> = (input: Input) => Promise<Output>;

/** Each call times out by itself and is tried a bounded number of times (aws.ts). */
export interface Cloud {
  describeInstances: CallOf<DescribeInstancesCommandInput, DescribeInstancesCommandOutput>;
  describeInstanceStatus: CallOf<
    DescribeInstanceStatusCommandInput,
    DescribeInstanceStatusCommandOutput
  >;
  describeNetworkInterfaces: CallOf<
    DescribeNetworkInterfacesCommandInput,
    DescribeNetworkInterfacesCommandOutput
  >;
  createTags: CallOf<CreateTagsCommandInput, CreateTagsCommandOutput>;
  modifyNetworkInterfaceAttribute: CallOf<
    ModifyNetworkInterfaceAttributeCommandInput,
    ModifyNetworkInterfaceAttributeCommandOutput
  >;
  attachNetworkInterface: CallOf<
    AttachNetworkInterfaceCommandInput,
    AttachNetworkInterfaceCommandOutput
  >;
  detachNetworkInterface: CallOf<
    DetachNetworkInterfaceCommandInput,
    DetachNetworkInterfaceCommandOutput
  >;
  runInstances: CallOf<RunInstancesCommandInput, RunInstancesCommandOutput>;
  terminateInstances: CallOf<TerminateInstancesCommandInput, TerminateInstancesCommandOutput>;
  getMetricData: CallOf<GetMetricDataCommandInput, GetMetricDataCommandOutput>;
  putMetricData: CallOf<PutMetricDataCommandInput, PutMetricDataCommandOutput>;
  describeAlarms: CallOf<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>;
  setAlarmState: CallOf<SetAlarmStateCommandInput, SetAlarmStateCommandOutput>;
}

/** The name of an AWS error (`InvalidNetworkInterface.InUse`), or of any other. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'UnknownError';
}

/** For the record, bounded. */
export function errorMessage(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}

/** For the record: name and message, bounded. */
export function describeError(error: unknown): string {
  return `${errorName(error)}: ${errorMessage(error)}`.slice(0, 500);
}
