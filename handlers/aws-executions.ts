/** The calls of Step Functions on the SDK client, with the limits of aws.ts. */
import {
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Executions } from './lifecycle-cloud.ts';

export const clientSettings = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
};

export function executionsOn(stepFunctions: SFNClient): Executions {
  return {
    startExecution: (input) => stepFunctions.send(new StartExecutionCommand(input)),
    stopExecution: (input) => stepFunctions.send(new StopExecutionCommand(input)),
    listExecutions: (input) => stepFunctions.send(new ListExecutionsCommand(input)),
    getExecutionHistory: (input) => stepFunctions.send(new GetExecutionHistoryCommand(input)),
  };
}

export function awsExecutions(): Executions {
  return executionsOn(new SFNClient(clientSettings));
}
