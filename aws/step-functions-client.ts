/** The calls of Step Functions, on the SDK's client. No function of a failover bundles this client. */
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { StepFunctionsCalls } from './calls.ts';
import { functionLimits } from './limits.ts';

export function connectStepFunctions(): StepFunctionsCalls {
  return stepFunctionsCallsOn(new SFNClient(functionLimits));
}

export function stepFunctionsCallsOn(stepFunctions: SFNClient): StepFunctionsCalls {
  return {
    listStateMachines: (input) => stepFunctions.send(new ListStateMachinesCommand(input)),
    describeStateMachine: (input) => stepFunctions.send(new DescribeStateMachineCommand(input)),
    listExecutions: (input) => stepFunctions.send(new ListExecutionsCommand(input)),
    describeExecution: (input) => stepFunctions.send(new DescribeExecutionCommand(input)),
    getExecutionHistory: (input) => stepFunctions.send(new GetExecutionHistoryCommand(input)),
    startExecution: (input) => stepFunctions.send(new StartExecutionCommand(input)),
    stopExecution: (input) => stepFunctions.send(new StopExecutionCommand(input)),
  };
}
