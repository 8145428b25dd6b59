/**
 * What a service checks of a role at the creation of a function or a state machine: the trust, and
 * the permissions that the service itself needs. AWS's message comes first; the missing action,
 * which on AWS only CloudTrail shows, follows.
 * Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC",
 * required IAM permissions (when each is checked is not published: here all at creation); Step
 * Functions developer guide, "Using CloudWatch Logs to log execution history", IAM policies;
 * messages: aws/aws-cdk issues 23589 and 26432.
 */
import type { AccessRequest } from '../../iam/access-request.ts';
import type { Authorizer } from '../../iam/authorizer.ts';
import { ec2Arn } from '../../iam/ec2-requests.ts';
import { list, type Properties, propertiesOf, record, textList } from '../../service/properties.ts';
import { type ToBeMade, whatIs } from '../resource.ts';

export interface ServiceRole {
  readonly authorizer: Authorizer;
  readonly region: string;
  readonly accountId: string;
  /** Of the function or the state machine. */
  readonly name: string;
  readonly roleArn: string;
}

export function requireFunctionRole(given: Properties, role: ServiceRole): void {
  const sourceArn = `arn:aws:lambda:${role.region}:${role.accountId}:function:${role.name}`;
  const service = { name: 'lambda.amazonaws.com', sourceArn };
  const untrusted = role.authorizer.refusalToAssume(service, role.roleArn);
  if (untrusted !== undefined) {
    throw new Error(
      `${given.what}: The role defined for the function cannot be assumed by Lambda. ${untrusted}`,
    );
  }
  if (!('VpcConfig' in given.values)) return;
  for (const request of networkRequests(given, role)) {
    const refusal = refusalOf(role, request);
    if (refusal === undefined) continue;
    const call = request.action.replace('ec2:', '');
    throw new Error(
      `${given.what}: The provided execution role does not have permissions to call ${call} on EC2. ${refusal}`,
    );
  }
}

function networkRequests(given: Properties, role: ServiceRole): AccessRequest[] {
  const vpc = propertiesOf(`${given.what} VpcConfig`, record(given, 'VpcConfig'), [
    'SecurityGroupIds',
    'SubnetIds',
  ]);
  const made = ec2Arn(role, 'network-interface/*');
  const used = [
    made,
    ...textList(vpc, 'SubnetIds').map((id) => ec2Arn(role, `subnet/${id}`)),
    ...textList(vpc, 'SecurityGroupIds').map((id) => ec2Arn(role, `security-group/${id}`)),
  ];
  return [
    { action: 'ec2:DescribeNetworkInterfaces' },
    { action: 'ec2:DescribeSubnets' },
    ...used.map((resource) => ({ action: 'ec2:CreateNetworkInterface', resource })),
    { action: 'ec2:DeleteNetworkInterface', resource: made },
    { action: 'ec2:AssignPrivateIpAddresses', resource: made },
    { action: 'ec2:UnassignPrivateIpAddresses', resource: made },
  ];
}

const loggingActions = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

export function requireStateMachineRole(resource: ToBeMade, role: ServiceRole): void {
  const given = { what: whatIs(resource), values: resource.properties };
  const sourceArn = `arn:aws:states:${role.region}:${role.accountId}:stateMachine:${role.name}`;
  const service = { name: 'states.amazonaws.com', sourceArn };
  const untrusted = role.authorizer.refusalToAssume(service, role.roleArn);
  if (untrusted !== undefined) {
    throw new Error(
      `${given.what}: Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role. ${untrusted}`,
    );
  }
  const logging = propertiesOf(
    `${given.what} LoggingConfiguration`,
    record(given, 'LoggingConfiguration'),
    ['Destinations', 'IncludeExecutionData', 'Level'],
  );
  if (list(logging, 'Destinations').length === 0) return;
  for (const action of loggingActions) {
    const refusal = refusalOf(role, { action });
    if (refusal === undefined) continue;
    throw new Error(
      `${given.what}: The state machine IAM Role is not authorized to access the Log Destination. ${refusal}`,
    );
  }
}

function refusalOf({ authorizer, roleArn, name }: ServiceRole, request: AccessRequest) {
  const caller = { accessKeyId: 'Service', principalArn: roleArn, sessionName: name };
  return authorizer.refusalOf(caller, request);
}
