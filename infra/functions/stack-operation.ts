/**
 * Creation, update and deletion of the stack, as far as they are about coordinators: a custom
 * resource, the function that receives its requests, and the state machine that carries them out.
 * The coordinators have one owner, the failover's workflow; this one only starts, watches and stops
 * its executions, and in the end takes the coordinators down.
 * What can go wrong: something that is needed for it is deleted before it, or made after it. So it
 * depends on everything that a failover uses, and what starts failovers by itself depends on it.
 */
import { readFileSync } from 'node:fs';
import { ArnFormat, CustomResource, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import type { Cluster } from '../../workflow/model/cluster.ts';
import {
  stackOperationMachineName,
  stateMachineName,
  tagKeys,
} from '../../workflow/model/names.ts';
import type { Settings } from '../../workflow/model/settings.ts';
import { stackOperationResourceType } from '../../workflow/stack/request.ts';
import { type StackOperationFunctionName, stackOperationFunctionNames } from '../bundle/bundles.ts';
import type { Address } from '../hosts/address.ts';
import { fillIn, type Json } from './definition.ts';
import { type Logs, makeFunction } from './functions.ts';
import { documentValues } from './state-machine.ts';

interface StackOperationResourceProps {
  readonly settings: Settings;
  readonly cluster: Cluster;
  /** The failover's state machine. */
  readonly failover: StateMachine;
  /** Asks coordinators, in the VPC. */
  readonly checkInfo: IFunction;
  readonly logs: Logs;
  readonly address: Address;
  /** All else that must be there while coordinators are brought up or taken down. */
  readonly after: readonly IConstruct[];
}

export class StackOperationResource extends Construct {
  /** Complete when the coordinator address answers; gone when no coordinator is left. */
  readonly resource: CustomResource;

  constructor(scope: Construct, id: string, props: StackOperationResourceProps) {
    super(scope, id);
    const { cluster } = props;
    const functions = this.makeFunctions(props);
    const stateMachine = this.makeStateMachine(props, functions);
    this.resource = new CustomResource(this, 'Coordinators', {
      resourceType: stackOperationResourceType,
      serviceToken: functions['receive-stack-event'].functionArn,
      // A change of one of these is an update of the coordinators. Timings are not among them.
      properties: {
        ClusterName: cluster.clusterName,
        NetworkInterfaceId: cluster.networkInterfaceId,
        LaunchTemplateId: cluster.launchTemplateId,
        LaunchTemplateVersion: cluster.launchTemplateVersion,
        HACoordinatorsCount: props.settings.haCoordinatorsCount,
        StateMachine: stateMachine.stateMachineArn,
        FailoverStateMachine: props.failover.stateMachineArn,
      },
    });
    const { coordinatorSecurityGroup, checkSecurityGroup } = props.address;
    this.resource.node.addDependency(stateMachine, props.failover, ...props.after);
    this.resource.node.addDependency(coordinatorSecurityGroup, checkSecurityGroup);
    for (const made of Object.values(functions)) this.resource.node.addDependency(made);
  }

  private makeFunctions(
    props: StackOperationResourceProps,
  ): Record<StackOperationFunctionName, IFunction> {
    const permissions = stackOperationPermissions(this, props.cluster);
    const made = stackOperationFunctionNames.map((name) => [
      name,
      makeFunction(this, {
        name,
        clusterName: props.cluster.clusterName,
        memory: memory[name],
        statements: permissions[name],
        log: { retention: props.logs.retention, removalPolicy: RemovalPolicy.DESTROY },
      }),
    ]);
    return Object.fromEntries(made) as Record<StackOperationFunctionName, IFunction>;
  }

  private makeStateMachine(
    { settings, cluster, checkInfo, logs }: StackOperationResourceProps,
    functions: Readonly<Record<StackOperationFunctionName, IFunction>>,
  ): StateMachine {
    const called = {
      'advance-stack-operation': functions['advance-stack-operation'],
      'answer-cloudformation': functions['answer-cloudformation'],
      'check-info': checkInfo,
    };
    const values = documentValues(settings, cluster);
    for (const [name, made] of Object.entries(called)) {
      values[`FUNCTION ${name}`] = made.functionArn;
    }
    const asl = JSON.parse(readFileSync(definitionFile, 'utf8')) as Json;
    const stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: stackOperationMachineName(cluster.clusterName),
      comment: `Creation, update and deletion of the coordinators of ${cluster.clusterName}`,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(fillIn(asl, values))),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Log', {
          retention: logs.retention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // The request's URL is a permission to answer it: it stays out of the log.
        includeExecutionData: false,
      },
    });
    Validations.of(stateMachine).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Traces (X-Ray) and the delivery of logs know no resources: CDK grants them so.',
    });
    stateMachine.addToRolePolicy(
      new PolicyStatement({
        sid: 'RunFunctions',
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(called).map((made) => made.functionArn),
      }),
    );
    return stateMachine;
  }
}

/** Megabytes. */
const memory: Readonly<Record<StackOperationFunctionName, number>> = {
  'receive-stack-event': 256,
  'advance-stack-operation': 512,
  'answer-cloudformation': 256,
};

/**
 * By name, since a function's policy cannot refer to a state machine that calls the function.
 * EC2's Describe actions know no resources. Whatever changes something names the resource, or asks
 * for this cluster's tag.
 */
function stackOperationPermissions(
  scope: Construct,
  { clusterName, networkInterfaceId }: Cluster,
): Readonly<Record<StackOperationFunctionName, readonly PolicyStatement[]>> {
  const stack = Stack.of(scope);
  const arn = (service: string, resource: string, resourceName: string) =>
    stack.formatArn({
      service,
      resource,
      resourceName,
      arnFormat:
        service === 'states' ? ArnFormat.COLON_RESOURCE_NAME : ArnFormat.SLASH_RESOURCE_NAME,
    });
  const failover = arn('states', 'stateMachine', stateMachineName(clusterName));
  const stackOperation = arn('states', 'stateMachine', stackOperationMachineName(clusterName));
  const failovers = arn('states', 'execution', `${stateMachineName(clusterName)}:*`);
  const allow = (actions: string[], resources: string[], conditions?: object) =>
    new PolicyStatement({
      actions,
      resources,
      ...(conditions === undefined ? {} : { conditions: { ...conditions } }),
    });
  return {
    'receive-stack-event': [allow(['states:StartExecution'], [stackOperation])],
    'advance-stack-operation': [
      allow(
        [
          'ec2:DescribeInstances',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeLaunchTemplateVersions',
        ],
        ['*'],
      ),
      allow(['ec2:CreateTags'], [arn('ec2', 'network-interface', networkInterfaceId)], {
        'ForAllValues:StringEquals': { 'aws:TagKeys': [tagKeys.stackDeleting] },
        Null: { 'aws:TagKeys': 'false' }, // ForAllValues is also true of nothing.
      }),
      allow(['ec2:TerminateInstances'], [arn('ec2', 'instance', '*')], {
        StringEquals: { [`aws:ResourceTag/${tagKeys.cluster}`]: clusterName },
      }),
      allow(['states:StartExecution'], [failover]),
      allow(['states:ListExecutions'], [failover, stackOperation]),
      allow(['states:StopExecution', 'states:GetExecutionHistory'], [failovers]),
    ],
    'answer-cloudformation': [],
  };
}

const definitionFile = new URL('../../workflow/stack-operation.asl.json', import.meta.url);
