/**
 * What each function may do, and no more. Read these lines as the answer to "what can this stack do
 * to my account?".
 * What can go wrong: EC2's Describe actions and GetMetricData know no resources, so they stand with
 * "*"; they only read. Whatever changes something names the resource, or asks for this cluster's
 * tag. Source of resource types and condition keys: Service Authorization Reference, Amazon EC2.
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { metricNamespace, tagKeys } from '../../workflow/model/names.ts';
import type { FunctionName } from '../bundle/bundles.ts';

export interface Granted {
  readonly clusterName: string;
  readonly networkInterfaceId: string;
  readonly launchTemplateId: string;
  /** Nothing else is launched, whatever a launch template says. */
  readonly instanceTypes: readonly string[];
  readonly instanceRoleArn: string;
  /** It may name other security groups beside ours. */
  readonly ownLaunchTemplate: boolean;
  readonly subnetId: string;
  readonly coordinatorSecurityGroupId: string;
  /** Of the function in the VPC. */
  readonly checkSecurityGroupId: string;
  readonly alarmArns: readonly string[];
}

/** Statements per function, without logging: every function may write its own log. */
export function permissionsOf(
  scope: Construct,
  granted: Granted,
): Readonly<Record<FunctionName, readonly PolicyStatement[]>> {
  const arns = ec2Arns(scope, granted);
  const describe = allow(['ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces'], ['*']);
  return {
    'survey-coordinators': [
      describe,
      allow(['ec2:DescribeInstanceStatus'], ['*']),
      allow(['cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms'], ['*']),
    ],
    'check-info': interfacesOfLambda(arns),
    'confirm-failure': [],
    'pick-standby': [],
    'terminate-instance': [
      describe,
      retiring(arns),
      allow(['ec2:CreateTags'], [arns.address], onlyTag(tagKeys.failovers)),
      releasingAddress(arns),
      allow(['ec2:TerminateInstances'], [arns.instances], arns.ofThisCluster),
    ],
    'attach-eni': [
      describe,
      releasingAddress(arns),
      allow(['ec2:AttachNetworkInterface'], [arns.address]),
      allow(['ec2:AttachNetworkInterface'], [arns.instances], arns.ofThisCluster),
    ],
    'launch-standby': [
      describe,
      ...launching(arns, granted),
      allow(['ec2:ModifyNetworkInterfaceAttribute'], [arns.address, arns.instances]),
      retiring(arns),
      allow(['ec2:TerminateInstances'], [arns.instances], arns.ofThisCluster),
    ],
    'reset-alarms': [
      allow(['cloudwatch:DescribeAlarms'], ['*']),
      allow(['cloudwatch:SetAlarmState'], granted.alarmArns),
    ],
    'record-incident': [
      allow(['ec2:DescribeNetworkInterfaces'], ['*']),
      allow(['ec2:CreateTags'], [arns.address], onlyTag(tagKeys.notified)),
      allow(['cloudwatch:PutMetricData'], ['*'], {
        StringEquals: { 'cloudwatch:namespace': metricNamespace(granted.clusterName) },
      }),
    ],
  };
}

type Conditions = Record<string, Record<string, unknown>>;

function launching(arns: Ec2Arns, granted: Granted): PolicyStatement[] {
  const fromOurTemplate = { ArnEquals: { 'ec2:LaunchTemplate': arns.launchTemplate } };
  return [
    allow(['ec2:RunInstances'], [arns.instances], {
      ...fromOurTemplate,
      StringEquals: {
        [`aws:RequestTag/${tagKeys.cluster}`]: granted.clusterName,
        'ec2:InstanceType': granted.instanceTypes,
      },
    }),
    allow(
      ['ec2:RunInstances'],
      [
        arns.launchTemplate,
        arns.images,
        arns.volumes,
        arns.networkInterfaces,
        arns.subnet,
        granted.ownLaunchTemplate ? arns.anySecurityGroup : arns.securityGroup,
        arns.keyPairs,
      ],
      fromOurTemplate,
    ),
    allow(['ec2:CreateTags'], [arns.instances, arns.volumes], {
      StringEquals: { 'ec2:CreateAction': 'RunInstances' },
    }),
    allow(['iam:PassRole'], [granted.instanceRoleArn], {
      StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
    }),
  ];
}

/** Tagging an instance of this cluster as never to be promoted again. */
function retiring(arns: Ec2Arns): PolicyStatement {
  return allow(['ec2:CreateTags'], [arns.instances], {
    ...arns.ofThisCluster,
    ...onlyTag(tagKeys.retired),
  });
}

/**
 * The address can be taken from whatever instance holds it, also from one that lost its tag or never
 * had it: the call names the address, and no other interface is allowed.
 */
function releasingAddress(arns: Ec2Arns): PolicyStatement {
  return allow(
    ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:DetachNetworkInterface'],
    [arns.address, arns.instances],
  );
}

/**
 * What Lambda needs to connect a function to a VPC, as in AWSLambdaVPCAccessExecutionRole. DescribeX
 * and the interfaces' own ids, which nobody knows beforehand, leave "*" as the resource of most. The
 * coordinator address is an interface too, and is kept out of reach. The function's own code never
 * needs any of it, and gets none (Lambda developer guide, "Giving Lambda functions access to
 * resources in an Amazon VPC": its credentials carry lambda:SourceFunctionArn, Lambda's do not).
 */
function interfacesOfLambda(arns: Ec2Arns): PolicyStatement[] {
  const reads = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
  const changes = [
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const create = 'ec2:CreateNetworkInterface';
  return [
    allow(reads, ['*']),
    allow([create], [arns.subnet, arns.checkSecurityGroup]),
    allow([create, ...changes], [arns.networkInterfaces]),
    deny(changes, [arns.address]),
    deny([create, ...changes, ...reads], ['*'], {
      ArnLike: { 'lambda:SourceFunctionArn': arns.anyFunction },
    }),
  ];
}

/** A CreateTags call that sets this one key and no other. */
function onlyTag(key: string): Conditions {
  return {
    'ForAllValues:StringEquals': { 'aws:TagKeys': [key] },
    Null: { 'aws:TagKeys': 'false' }, // ForAllValues is also true of nothing.
  };
}

function allow(
  actions: string[],
  resources: readonly string[],
  conditions?: Conditions,
): PolicyStatement {
  return new PolicyStatement({
    actions,
    resources: [...resources],
    ...(conditions === undefined ? {} : { conditions }),
  });
}

function deny(actions: string[], resources: string[], conditions?: Conditions): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions,
    resources,
    ...(conditions === undefined ? {} : { conditions }),
  });
}

type Ec2Arns = ReturnType<typeof ec2Arns>;

function ec2Arns(scope: Construct, granted: Granted) {
  const stack = Stack.of(scope);
  const arn = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'ec2', resource, resourceName });
  return {
    instances: arn('instance', '*'),
    volumes: arn('volume', '*'),
    networkInterfaces: arn('network-interface', '*'),
    address: arn('network-interface', granted.networkInterfaceId),
    launchTemplate: arn('launch-template', granted.launchTemplateId),
    subnet: arn('subnet', granted.subnetId),
    securityGroup: arn('security-group', granted.coordinatorSecurityGroupId),
    keyPairs: arn('key-pair', '*'),
    anySecurityGroup: arn('security-group', '*'),
    checkSecurityGroup: arn('security-group', granted.checkSecurityGroupId),
    anyFunction: stack.formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
    // Images belong to other accounts, or to AWS, so their ARN has no account.
    images: stack.formatArn({
      service: 'ec2',
      account: '',
      resource: 'image',
      resourceName: '*',
    }),
    ofThisCluster: {
      StringEquals: { [`aws:ResourceTag/${tagKeys.cluster}`]: granted.clusterName },
    },
  };
}
