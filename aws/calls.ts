/**
 * The ports: every AWS call of the product except the probe's, in the SDK's own shapes, and who makes
 * which. The `*-client.ts` files are the calls on SDK clients; tests and the simulation put the same
 * clients, or functions of their own, on a local cloud.
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

/** Each call times out by itself and is tried a bounded number of times: the client's settings. */
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

/** The functions of a failover. */
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

/** The functions that carry out stack operations: no other function calls Step Functions. */
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
 * The command line. Everything reads, except `createTags` and `deleteTags` (the operator tags on the ENI) and
 * `startExecution`; `runInstances` is always a dry run.
 */
export type OperatorCalls = {
  /** Where the calls go to. */
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
