/**
 * What people and programs beside the stack may be allowed: to start an observation, to read, to operate.
 * It is what the command line calls and no more (OperatorCalls, aws/calls.ts); a test compares them.
 * What can go wrong: who may tag the address could rewrite its history. So each grant names the one
 * tag that it is about.
 */
import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import { tagKeys } from '../workflow/model/names.ts';

export interface Grantable {
  readonly scope: IConstruct;
  readonly stateMachine: StateMachine;
  readonly networkInterfaceId: string;
}

/** Describe calls, metric reads and the list of state machines know no resources (Service Authorization Reference). */
const readsEverywhere = [
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeInstances',
  'ec2:DescribeInstanceStatus',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeSubnets',
  'cloudwatch:GetMetricData',
  'cloudwatch:DescribeAlarms',
  'states:ListStateMachines',
];

export function grantRead({ stateMachine }: Grantable, grantee: IGrantable): Grant {
  return Grant.addToPrincipal({ grantee, actions: readsEverywhere, resourceArns: ['*'] })
    .combine(stateMachine.grant(grantee, 'states:DescribeStateMachine', 'states:ListExecutions'))
    .combine(
      stateMachine.grantExecution(
        grantee,
        'states:DescribeExecution',
        'states:GetExecutionHistory',
      ),
    );
}

export function grantStart({ stateMachine }: Grantable, grantee: IGrantable): Grant {
  return stateMachine.grantStartExecution(grantee);
}

export function grantPause(to: Grantable, grantee: IGrantable): Grant {
  return grantOperatorTags(to, grantee, tagKeys.paused);
}

export function grantOperate(to: Grantable, grantee: IGrantable): Grant {
  return grantRead(to, grantee)
    .combine(grantStart(to, grantee))
    .combine(grantPause(to, grantee))
    .combine(grantOperatorTags(to, grantee, tagKeys.acknowledged));
}

/** A operator tag is a tag on the address: setting it and taking it off, and no other tag. */
function grantOperatorTags(
  { scope, networkInterfaceId }: Grantable,
  grantee: IGrantable,
  key: string,
): Grant {
  const resourceArns = [
    Stack.of(scope).formatArn({
      service: 'ec2',
      resource: 'network-interface',
      resourceName: networkInterfaceId,
    }),
  ];
  return Grant.addToPrincipal({
    grantee,
    actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
    resourceArns,
    conditions: {
      'ForAllValues:StringEquals': { 'aws:TagKeys': [key] },
      Null: { 'aws:TagKeys': 'false' }, // ForAllValues is also true of nothing.
    },
  });
}
