/**
 * The ports: every AWS call of the product except the probe's, in the SDK's shapes, by caller. The
 * `*-client.ts` files implement the ports on SDK clients. Tests and the simulation point the same clients,
 * or functions of their own, at a local cloud.
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
  DeleteTagsCommandInput,
  DeleteTagsCommandOutput,
  DescribeInstanceStatusCommandInput,
  DescribeInstanceStatusCommandOutput,
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  DescribeInstanceTypesCommandInput,
  DescribeInstanceTypesCommandOutput,
  DescribeLaunchTemplateVersionsCommandInput,
  DescribeLaunchTemplateVersionsCommandOutput,
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
  DescribeSubnetsCommandInput,
  DescribeSubnetsCommandOutput,
  DetachNetworkInterfaceCommandInput,
  DetachNetworkInterfaceCommandOutput,
  ModifyNetworkInterfaceAttributeCommandInput,
  ModifyNetworkInterfaceAttributeCommandOutput,
  RunInstancesCommandInput,
  RunInstancesCommandOutput,
  TerminateInstancesCommandInput,
  TerminateInstancesCommandOutput,
} from '@aws-sdk/client-ec2';
import type {
  DescribeExecutionCommandInput,
  DescribeExecutionCommandOutput,
  DescribeStateMachineCommandInput,
  DescribeStateMachineCommandOutput,
  GetExecutionHistoryCommandInput,
  GetExecutionHistoryCommandOutput,
  ListExecutionsCommandInput,
  ListExecutionsCommandOutput,
  ListStateMachinesCommandInput,
  ListStateMachinesCommandOutput,
  StartExecutionCommandInput,
  StartExecutionCommandOutput,
  StopExecutionCommandInput,
  StopExecutionCommandOutput,
} from '@aws-sdk/client-sfn';

/** The client's settings bound the time and the tries of each call. */
export type Call<Input, Output> = (input: Input) => Promise<Output>;

export interface Ec2Calls {
  describeInstances: Call<DescribeInstancesCommandInput, DescribeInstancesCommandOutput>;
  describeInstanceStatus: Call<
    DescribeInstanceStatusCommandInput,
    DescribeInstanceStatusCommandOutput
  >;
  describeInstanceTypes: Call<
    DescribeInstanceTypesCommandInput,
    DescribeInstanceTypesCommandOutput
  >;
  describeLaunchTemplateVersions: Call<
    DescribeLaunchTemplateVersionsCommandInput,
    DescribeLaunchTemplateVersionsCommandOutput
  >;
  describeNetworkInterfaces: Call<
    DescribeNetworkInterfacesCommandInput,
    DescribeNetworkInterfacesCommandOutput
  >;
  describeSubnets: Call<DescribeSubnetsCommandInput, DescribeSubnetsCommandOutput>;
  createTags: Call<CreateTagsCommandInput, CreateTagsCommandOutput>;
  deleteTags: Call<DeleteTagsCommandInput, DeleteTagsCommandOutput>;
  modifyNetworkInterfaceAttribute: Call<
    ModifyNetworkInterfaceAttributeCommandInput,
    ModifyNetworkInterfaceAttributeCommandOutput
  >;
  attachNetworkInterface: Call<
    AttachNetworkInterfaceCommandInput,
    AttachNetworkInterfaceCommandOutput
  >;
  detachNetworkInterface: Call<
    DetachNetworkInterfaceCommandInput,
    DetachNetworkInterfaceCommandOutput
  >;
  runInstances: Call<RunInstancesCommandInput, RunInstancesCommandOutput>;
  terminateInstances: Call<TerminateInstancesCommandInput, TerminateInstancesCommandOutput>;
}

export interface CloudWatchCalls {
  getMetricData: Call<GetMetricDataCommandInput, GetMetricDataCommandOutput>;
  putMetricData: Call<PutMetricDataCommandInput, PutMetricDataCommandOutput>;
  describeAlarms: Call<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>;
  setAlarmState: Call<SetAlarmStateCommandInput, SetAlarmStateCommandOutput>;
}

export interface StepFunctionsCalls {
  listStateMachines: Call<ListStateMachinesCommandInput, ListStateMachinesCommandOutput>;
  describeStateMachine: Call<DescribeStateMachineCommandInput, DescribeStateMachineCommandOutput>;
  listExecutions: Call<ListExecutionsCommandInput, ListExecutionsCommandOutput>;
  describeExecution: Call<DescribeExecutionCommandInput, DescribeExecutionCommandOutput>;
  getExecutionHistory: Call<GetExecutionHistoryCommandInput, GetExecutionHistoryCommandOutput>;
  startExecution: Call<StartExecutionCommandInput, StartExecutionCommandOutput>;
  stopExecution: Call<StopExecutionCommandInput, StopExecutionCommandOutput>;
}

/** For the functions of a failover. */
export type FailoverCalls = Pick<
  Ec2Calls,
  | 'describeInstances'
  | 'describeInstanceStatus'
  | 'describeNetworkInterfaces'
  | 'createTags'
  | 'modifyNetworkInterfaceAttribute'
  | 'attachNetworkInterface'
  | 'detachNetworkInterface'
  | 'runInstances'
  | 'terminateInstances'
> &
  CloudWatchCalls;

/** For the functions of stack operations. No other function calls Step Functions. */
export type StackOperationCalls = Pick<
  Ec2Calls,
  | 'describeInstances'
  | 'describeNetworkInterfaces'
  | 'describeLaunchTemplateVersions'
  | 'createTags'
  | 'terminateInstances'
> &
  Pick<
    StepFunctionsCalls,
    'startExecution' | 'stopExecution' | 'listExecutions' | 'getExecutionHistory'
  >;

/**
 * For the command line. Only `createTags`, `deleteTags` (the operator tags on the ENI) and `startExecution`
 * write; `runInstances` is always a dry run.
 */
export type OperatorCalls = {
  /** Where the calls go. */
  readonly region: string;
} & Pick<
  Ec2Calls,
  | 'describeNetworkInterfaces'
  | 'describeInstances'
  | 'describeInstanceStatus'
  | 'describeInstanceTypes'
  | 'describeSubnets'
  | 'runInstances'
  | 'createTags'
  | 'deleteTags'
> &
  Pick<CloudWatchCalls, 'getMetricData' | 'describeAlarms'> &
  Pick<
    StepFunctionsCalls,
    | 'listStateMachines'
    | 'describeStateMachine'
    | 'listExecutions'
    | 'describeExecution'
    | 'getExecutionHistory'
    | 'startExecution'
  >;
