/** State machines as they are listed and described. */
import type {
  DescribeStateMachineInput,
  DescribeStateMachineOutput,
  ListStateMachinesInput,
  ListStateMachinesOutput,
} from '@aws-sdk/client-sfn';
import { type Operation, pageOf, ServiceError } from '../service/service.ts';
import type { LoadedDefinition } from './state-machine-definition.ts';

export interface StateMachine extends StateMachineText {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  /** The definition that executions start with for a moment after an update. */
  readonly previous?: { readonly text: StateMachineText; readonly untilMs: number };
}

/** The parts that an update replaces. */
export interface StateMachineText {
  readonly roleArn: string;
  /** Whether X-Ray traces executions. */
  readonly isTraced: boolean;
  readonly definition: LoadedDefinition;
  /** The definition as given. */
  readonly definitionText: string;
}

/** By ARN. */
type StateMachines = ReadonlyMap<string, StateMachine>;

export function stateMachineOperations(
  stateMachines: StateMachines,
): Readonly<Record<string, Operation>> {
  return {
    DescribeStateMachine: {
      takes: ['stateMachineArn'],
      run: async (input: DescribeStateMachineInput) =>
        describedMachine(stateMachineOf(stateMachines, input.stateMachineArn)),
    },
    ListStateMachines: {
      takes: ['maxResults', 'nextToken'],
      run: async (input: ListStateMachinesInput) => listedMachines(stateMachines, input),
    },
  };
}

export function stateMachineOf(
  stateMachines: StateMachines,
  arn: string | undefined,
): StateMachine {
  const found = stateMachines.get(arn ?? '');
  if (found !== undefined) return found;
  throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

/**
 * UpdateStateMachine: "Executions started immediately after calling UpdateStateMachine may use the
 * previous state machine definition and roleArn" (API reference).
 */
export function textToRun({ previous, ...current }: StateMachine, nowMs: number): StateMachineText {
  return previous !== undefined && nowMs < previous.untilMs ? previous.text : current;
}

function describedMachine(stateMachine: StateMachine): DescribeStateMachineOutput {
  return {
    stateMachineArn: stateMachine.arn,
    name: stateMachine.name,
    status: 'ACTIVE',
    type: 'STANDARD',
    definition: stateMachine.definitionText,
    roleArn: stateMachine.roleArn,
    creationDate: new Date(stateMachine.createdAtMs),
  };
}

function listedMachines(
  stateMachines: StateMachines,
  input: ListStateMachinesInput,
): ListStateMachinesOutput {
  const found = [...stateMachines.values()].map(({ arn, name, createdAtMs }) => ({
    stateMachineArn: arn,
    name,
    type: 'STANDARD' as const,
    creationDate: new Date(createdAtMs),
  }));
  const size = input.maxResults || 100;
  const page = pageOf(found, { size, token: input.nextToken }, 'InvalidToken');
  return { stateMachines: page.items, nextToken: page.nextToken };
}
