/**
 * The port of the functions that carry out stack operations: exactly the AWS calls that they make,
 * in the SDK's own shapes. Apart from cloud.ts, so that no function of a failover carries the client
 * of Step Functions. `aws-lifecycle.ts` is the port on SDK clients.
 */
import type {
  DescribeLaunchTemplateVersionsCommandInput,
  DescribeLaunchTemplateVersionsCommandOutput,
} from '@aws-sdk/client-ec2';
import type {
  GetExecutionHistoryCommandInput,
  GetExecutionHistoryCommandOutput,
  ListExecutionsCommandInput,
  ListExecutionsCommandOutput,
  StartExecutionCommandInput,
  StartExecutionCommandOutput,
  StopExecutionCommandInput,
  StopExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import type { CallOf, Cloud } from './cloud.ts';

/** Each call times out by itself and is tried a bounded number of times (aws-lifecycle.ts). */
export interface Executions {
  startExecution: CallOf<StartExecutionCommandInput, StartExecutionCommandOutput>;
  stopExecution: CallOf<StopExecutionCommandInput, StopExecutionCommandOutput>;
  listExecutions: CallOf<ListExecutionsCommandInput, ListExecutionsCommandOutput>;
  getExecutionHistory: CallOf<GetExecutionHistoryCommandInput, GetExecutionHistoryCommandOutput>;
}

export interface LifecycleCloud
  extends Executions,
    Pick<
      Cloud,
      'describeInstances' | 'describeNetworkInterfaces' | 'createTags' | 'terminateInstances'
    > {
  describeLaunchTemplateVersions: CallOf<
    DescribeLaunchTemplateVersionsCommandInput,
    DescribeLaunchTemplateVersionsCommandOutput
  >;
}
