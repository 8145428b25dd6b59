/** Why somebody has a permission, in words for an auditor: by holder and action. */
import type { Grant } from './grants.ts';

type Reasons = Readonly<Record<string, string>>;

const log: Reasons = {
  'logs:CreateLogStream': 'writes its own log',
  'logs:PutLogEvents': 'writes its own log',
};

const observation: Reasons = {
  'ec2:DescribeInstances': 'looks before it acts; EC2 knows no narrower resource for reading',
  'ec2:DescribeNetworkInterfaces':
    'looks before it acts; EC2 knows no narrower resource for reading',
};

const release = 'takes the address, and no other interface, from whatever instance holds it';

const interfaces =
  'Lambda makes and removes its interface in the VPC; ids are not known beforehand';

export const holders: Readonly<Record<string, string>> = {
  'survey-coordinators': 'Function survey-coordinators: gathers what AWS sees. Only reads.',
  'check-info':
    'Function check-info: asks coordinators over HTTP. The permissions are for Lambda itself.',
  'confirm-failure': 'Function confirm-failure: decides. Only its log.',
  'pick-standby': 'Function pick-standby: decides. Only its log.',
  'terminate-instance': 'Function terminate-instance: fences the failed coordinator.',
  'attach-eni': 'Function attach-eni: gives the address to a standby.',
  'launch-standby': 'Function launch-standby: launches what is missing, ends what is too much.',
  'reset-alarms': 'Function reset-alarms: sets our two alarms back to OK.',
  'record-incident':
    'Function record-incident: writes the record, counts, remembers what people were told.',
  'state machine': 'The failover state machine.',
  'receive-stack-event': 'Function receive-stack-event: takes what CloudFormation asks for.',
  'advance-stack-operation':
    'Function advance-stack-operation: brings coordinators up and takes them down with the stack.',
  'answer-cloudformation':
    'Function answer-cloudformation: answers, by the URL of the request. Only its log.',
  'stack operation state machine': 'The state machine that carries out stack operations.',
  rules: 'The EventBridge rules that start an execution.',
  host: 'Every coordinator (instance profile): what anybody on the machine can do.',
  topic: 'The policy of the topic.',
  'dead letters': 'The policy of the dead-letter queue.',
};

const machine: Reasons = {
  'xray:*': 'is traced; X-Ray knows no resources',
  'logs:*': 'logs every state; log delivery knows no resources',
};

/** What is denied. */
const denials: Readonly<Record<string, string>> = {
  'check-info':
    'the coordinator address is none of its interfaces, and its code needs none of this',
  topic: 'nobody speaks without TLS',
  'dead letters': 'nobody speaks without TLS',
};

const reasons: Readonly<Record<string, Reasons>> = {
  'survey-coordinators': {
    ...observation,
    'ec2:DescribeInstanceStatus': 'EC2 is a witness of its own',
    'cloudwatch:GetMetricData': "reads the probes' samples",
    'cloudwatch:DescribeAlarms': 'says whether an alarm rings',
  },
  'check-info': {
    'ec2:CreateNetworkInterface': interfaces,
    'ec2:DeleteNetworkInterface': interfaces,
    'ec2:AssignPrivateIpAddresses': interfaces,
    'ec2:UnassignPrivateIpAddresses': interfaces,
    'ec2:DescribeNetworkInterfaces': interfaces,
    'ec2:DescribeSubnets': interfaces,
  },
  'terminate-instance': {
    ...observation,
    'ec2:CreateTags': 'retires the instance; counts the failover on the address',
    'ec2:ModifyNetworkInterfaceAttribute': 'keeps the address from being deleted with the instance',
    'ec2:DetachNetworkInterface': release,
    'ec2:TerminateInstances': 'ends the failed coordinator',
  },
  'attach-eni': {
    ...observation,
    'ec2:ModifyNetworkInterfaceAttribute': 'keeps the address from being deleted with the instance',
    'ec2:DetachNetworkInterface': release,
    'ec2:AttachNetworkInterface':
      'attaches the address, and no other interface, to an instance of this cluster',
  },
  'launch-standby': {
    ...observation,
    'ec2:RunInstances': 'launches from this launch template, with the tag of this cluster',
    'ec2:CreateTags': 'tags what it launches; retires what it scales in',
    'iam:PassRole': 'gives a coordinator its role',
    'ec2:ModifyNetworkInterfaceAttribute':
      'asks without lag whether the address still is where it was, before it scales in',
    'ec2:TerminateInstances': 'ends what is retired or too much',
  },
  'reset-alarms': {
    'cloudwatch:DescribeAlarms': 'looks whether an alarm is stuck in ALARM',
    'cloudwatch:SetAlarmState': 'an alarm in ALARM never fires again',
  },
  'record-incident': {
    'ec2:DescribeNetworkInterfaces': 'reads what people were last told',
    'ec2:CreateTags': 'remembers what people were told',
    'cloudwatch:PutMetricData': 'publishes redundancy and failovers',
  },
  'state machine': {
    'lambda:InvokeFunction': 'runs the functions of this stack',
    'sns:Publish': 'tells people',
    ...machine,
  },
  'receive-stack-event': {
    'states:StartExecution': 'starts the stack operation, one for each request',
  },
  'advance-stack-operation': {
    ...observation,
    'ec2:DescribeLaunchTemplateVersions': 'tells whether two versions say the same',
    'ec2:CreateTags':
      'marks the address: the stack is being deleted: from then on nothing is launched or attached',
    'ec2:TerminateInstances': 'takes the coordinators of this cluster down with the stack',
    'states:StartExecution': 'has a failover bring the coordinators up, or up to date',
    'states:ListExecutions': 'sees what works on the cluster, and whether a newer request came',
    'states:GetExecutionHistory': 'sees how far its failover has come',
    'states:StopExecution': 'ends what must not go on behind a deletion or a newer request',
  },
  'stack operation state machine': { 'lambda:InvokeFunction': 'runs its functions', ...machine },
  rules: { 'states:StartExecution': 'starts the failover, and nothing else' },
  host: {
    'cloudwatch:PutMetricData': 'publishes health, into the namespace of this cluster',
    'cloudwatch:SetAlarmState': 'sets off our two alarms, so that an observation starts in seconds',
    's3:GetObject': 'its first script fetches the probe, one object',
  },
  topic: { 'sns:Publish': 'alarms of this cluster tell people' },
  'dead letters': { 'sqs:SendMessage': 'the rule keeps what it could not deliver' },
};

/** Undefined where nobody has written it down. */
export function reasonFor({ who, action, statement }: Grant): string | undefined {
  if (statement.Effect === 'Deny') return denials[who];
  const own = { ...log, ...reasons[who] };
  return own[action] ?? own[`${action.split(':')[0]}:*`];
}
