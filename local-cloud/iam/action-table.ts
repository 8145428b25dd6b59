/**
 * The actions that the local cloud asks about, each with the types of resource (`*` = required,
 * always asked about) and the condition keys of each type. `any`: the action has no resources, only
 * "*" allows it.
 * Source: Service Authorization Reference, the pages of Amazon EC2, CloudWatch, CloudWatch Logs,
 * Step Functions, Lambda, SNS, SQS, IAM and X-Ray (read in iann0036/iam-dataset,
 * aws/iam_definition.json, and docs.aws.amazon.com/service-authorization, list_ec2).
 * What can go wrong: an action is missing in the table. Then no policy can grant it, and the
 * refusal says so.
 */

/** By type of resource: the condition keys, beside the global ones. */
type ResourceTypes = Readonly<Record<string, readonly string[]>>;

const tagged = ['aws:ResourceTag', 'ec2:ResourceTag'];
const launched = [
  'aws:RequestTag',
  'aws:TagKeys',
  'ec2:LaunchTemplate',
  'ec2:InstanceProfile',
  'ec2:InstanceType',
];
const used = [...tagged, 'ec2:LaunchTemplate'];
const tagging = [...tagged, 'aws:RequestTag', 'aws:TagKeys', 'ec2:CreateAction'];
const untagging = [...tagged, 'aws:RequestTag', 'aws:TagKeys'];
const none: ResourceTypes = { any: [] };

export const actionTable: Readonly<Record<string, ResourceTypes>> = {
  'ec2:RunInstances': {
    'instance*': launched,
    'network-interface*': launched,
    'volume*': launched,
    'image*': used,
    'security-group*': used,
    'subnet*': used,
    'launch-template': used,
    'key-pair': used,
  },
  'ec2:TerminateInstances': { 'instance*': tagged },
  'ec2:StartInstances': { 'instance*': tagged },
  'ec2:StopInstances': { 'instance*': tagged },
  'ec2:AttachNetworkInterface': { 'instance*': tagged, 'network-interface*': tagged },
  'ec2:DetachNetworkInterface': { 'instance*': tagged, 'network-interface*': tagged },
  'ec2:ModifyNetworkInterfaceAttribute': {
    'network-interface*': tagged,
    instance: tagged,
    'security-group': tagged,
  },
  'ec2:CreateNetworkInterface': {
    'network-interface*': ['aws:RequestTag', 'aws:TagKeys'],
    'subnet*': tagged,
    'security-group': tagged,
  },
  'ec2:DeleteNetworkInterface': { 'network-interface*': tagged },
  'ec2:AssignPrivateIpAddresses': { 'network-interface*': tagged },
  'ec2:UnassignPrivateIpAddresses': { 'network-interface*': tagged },
  'ec2:CreateTags': {
    instance: tagging,
    'launch-template': tagging,
    'network-interface': tagging,
    volume: tagging,
  },
  'ec2:DeleteTags': {
    instance: untagging,
    'launch-template': untagging,
    'network-interface': untagging,
    volume: untagging,
  },
  'ec2:DescribeInstances': none,
  'ec2:DescribeInstanceStatus': none,
  'ec2:DescribeInstanceTypes': none,
  'ec2:DescribeLaunchTemplateVersions': none,
  'ec2:DescribeNetworkInterfaces': none,
  'ec2:DescribeSubnets': none,

  'cloudwatch:GetMetricData': none,
  'cloudwatch:PutMetricData': { any: ['cloudwatch:namespace'] },
  'cloudwatch:DescribeAlarms': { 'alarm*': tagged },
  'cloudwatch:DescribeAlarmHistory': { 'alarm*': tagged },
  'cloudwatch:SetAlarmState': { 'alarm*': tagged },

  'states:StartExecution': { 'statemachine*': [] },
  'states:DescribeStateMachine': { 'statemachine*': [] },
  'states:ListExecutions': { 'statemachine*': [] },
  'states:ListStateMachines': none,
  'states:DescribeExecution': { 'execution*': [] },
  'states:GetExecutionHistory': { 'execution*': [] },
  'states:StopExecution': { 'execution*': [] },

  'lambda:InvokeFunction': { 'function*': [] },
  'sns:Publish': { 'topic*': [] },
  'sqs:SendMessage': { 'queue*': [] },
  'iam:PassRole': { 'role*': ['iam:PassedToService'] },
  'sts:AssumeRole': { 'role*': [] },

  // For the first script of an instance. No S3 answers here.
  's3:GetObject': { 'object*': [] },

  'logs:CreateLogStream': { 'log-group*': [] },
  'logs:PutLogEvents': { 'log-stream*': [] },
  // What Step Functions needs to log, and to trace: its developer guide, cw-logs and
  // concepts-xray-tracing. None of them knows resources.
  'logs:CreateLogDelivery': none,
  'logs:DeleteLogDelivery': none,
  'logs:DescribeLogGroups': none,
  'logs:DescribeResourcePolicies': none,
  'logs:GetLogDelivery': none,
  'logs:ListLogDeliveries': none,
  'logs:PutResourcePolicy': none,
  'logs:UpdateLogDelivery': none,
  'xray:GetSamplingRules': none,
  'xray:GetSamplingTargets': none,
  'xray:PutTelemetryRecords': none,
  'xray:PutTraceSegments': none,
};

const known = new Set(Object.keys(actionTable).map((action) => action.toLowerCase()));
const services = new Set([...known].map((action) => action.split(':')[0]));

/** Whether the action is known; with a wildcard, whether its service is. */
export function isKnownAction(action: string): boolean {
  const lower = action.toLowerCase();
  if (!/[*?]/.test(lower)) return known.has(lower);
  return lower === '*' || services.has(lower.split(':')[0]);
}
