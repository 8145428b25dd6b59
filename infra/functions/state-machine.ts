/**
 * The state machine, from workflow/failover.asl.json.
 * What can go wrong: a number that is a CloudFormation parameter must arrive as a number, or every
 * comparison in the workflow is wrong. `toJsonString` keeps it one; `definitionSubstitutions` would
 * make it a string.
 */
import { readFileSync } from 'node:fs';
import { ArnFormat, Fn, type RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Cluster } from '../../workflow/model/cluster.ts';
import { stateMachineName } from '../../workflow/model/names.ts';
import type { Settings } from '../../workflow/model/settings.ts';
import type { FunctionName } from '../bundle/bundles.ts';
import { fillIn, type Json } from './definition.ts';

interface WorkflowMachineProps {
  readonly settings: Settings;
  readonly cluster: Cluster;
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
  /** Where the state machine notifies people. */
  readonly topic: ITopic;
  readonly logRemovalPolicy: RemovalPolicy;
}

export class WorkflowMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowMachineProps) {
    super(scope, id);
    const asl = JSON.parse(readFileSync(definitionFile, 'utf8')) as Json;
    const publish = Stack.of(this).formatArn({
      service: 'states',
      region: '',
      account: '',
      resource: 'sns:publish',
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    const definition = fillIn(asl, placeholderValues(props, publish));
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: stateMachineName(props.cluster.clusterName),
      comment: `Coordinator failover of ${props.cluster.clusterName}`,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      tracingEnabled: true,
      logs: {
        // The audit record outlives the stack: executions themselves are kept for 90 days.
        destination: new LogGroup(this, 'Log', {
          retention: RetentionDays.ONE_YEAR,
          removalPolicy: props.logRemovalPolicy,
        }),
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    Validations.of(this.stateMachine).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Traces (X-Ray) and the delivery of logs know no resources: CDK grants them so.',
    });
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        sid: 'RunFunctions',
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(props.functions).map((made) => made.functionArn),
      }),
    );
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        sid: 'TellPeople',
        actions: ['sns:Publish'],
        resources: [props.topic.topicArn],
      }),
    );
  }
}

/** What both state machines have in their documents. */
export function documentValues(settings: Settings, cluster: Cluster): Record<string, Json> {
  return {
    SETTINGS: { ...settings },
    CLUSTER: {
      ...cluster,
      instanceTypes: listOf(cluster.instanceTypes),
      alarms: { ...cluster.alarms },
      server: { ...cluster.server },
    },
  };
}

function placeholderValues(props: WorkflowMachineProps, publish: string): Record<string, Json> {
  const values: Record<string, Json> = {
    ...documentValues(props.settings, props.cluster),
    PUBLISH: publish,
    TOPIC: props.topic.topicArn,
  };
  for (const [name, made] of Object.entries(props.functions)) {
    values[`FUNCTION ${name}`] = made.functionArn;
  }
  return values;
}

/**
 * A list that only CloudFormation knows (a CommaDelimitedList) becomes JSON by joining: `toJsonString`
 * would deploy a function of CDK's own for it. As a number, because numbers are not put in quotes.
 */
function listOf(texts: readonly string[]): Json {
  if (!Token.isUnresolved(texts)) return [...texts];
  return Token.asNumber(Fn.join('', ['["', Fn.join('","', [...texts]), '"]']));
}

const definitionFile = new URL('../../workflow/failover.asl.json', import.meta.url);
