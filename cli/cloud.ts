/**
 * The AWS calls that the command line makes: this port and nothing else. Everything reads, except
 * `createTags` and `deleteTags` (the levers on the ENI) and `startExecution`; `runInstances` is only
 * ever called as a dry run.
 */
import type {
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import type {
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
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
  DescribeSubnetsCommandInput,
  DescribeSubnetsCommandOutput,
  RunInstancesCommandInput,
  RunInstancesCommandOutput,
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
} from '@aws-sdk/client-sfn';

type CallOf<Input, Output> = (input: Input) => Promise<Output>;

export interface Cloud {
  /** Where these calls go to. */
  readonly region: string;
  describeNetworkInterfaces: CallOf<
    DescribeNetworkInterfacesCommandInput,
    DescribeNetworkInterfacesCommandOutput
  >;
  describeInstances: CallOf<DescribeInstancesCommandInput, DescribeInstancesCommandOutput>;
  describeInstanceStatus: CallOf<
    DescribeInstanceStatusCommandInput,
    DescribeInstanceStatusCommandOutput
  >;
  describeInstanceTypes: CallOf<
    DescribeInstanceTypesCommandInput,
    DescribeInstanceTypesCommandOutput
  >;
  describeSubnets: CallOf<DescribeSubnetsCommandInput, DescribeSubnetsCommandOutput>;
  runInstances: CallOf<RunInstancesCommandInput, RunInstancesCommandOutput>;
  createTags: CallOf<CreateTagsCommandInput, CreateTagsCommandOutput>;
  deleteTags: CallOf<DeleteTagsCommandInput, DeleteTagsCommandOutput>;
  getMetricData: CallOf<GetMetricDataCommandInput, GetMetricDataCommandOutput>;
  describeAlarms: CallOf<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>;
  listStateMachines: CallOf<ListStateMachinesCommandInput, ListStateMachinesCommandOutput>;
  describeStateMachine: CallOf<DescribeStateMachineCommandInput, DescribeStateMachineCommandOutput>;
  listExecutions: CallOf<ListExecutionsCommandInput, ListExecutionsCommandOutput>;
  describeExecution: CallOf<DescribeExecutionCommandInput, DescribeExecutionCommandOutput>;
  getExecutionHistory: CallOf<GetExecutionHistoryCommandInput, GetExecutionHistoryCommandOutput>;
  startExecution: CallOf<StartExecutionCommandInput, StartExecutionCommandOutput>;
}
