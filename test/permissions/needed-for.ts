/**
 * Which scenario shows that a permission is needed: who, action, scenario. Of several, one must fail
 * when the permission is taken away. `*` stands for every action of that holder that has no line of its
 * own.
 */
import type { Grant } from './grants.ts';
import type { ScenarioName } from './scenarios.ts';

type Needs = Readonly<Record<string, readonly [ScenarioName, ...ScenarioName[]]>>;

const log: Needs = {
  'logs:CreateLogStream': ['the active dies'],
  'logs:PutLogEvents': ['the active dies'],
};

const neededFor: Readonly<Record<string, Needs>> = {
  'survey-coordinators': { '*': ['the active dies'] },
  'check-info': { ...log, '*': ['the stack is deployed'] },
  'confirm-failure': log,
  'pick-standby': log,
  'terminate-instance': { '*': ['the active dies'] },
  'attach-eni': {
    'ec2:DetachNetworkInterface': ['the address is left on a retired instance'],
    'ec2:ModifyNetworkInterfaceAttribute': ['the address is left on a retired instance'],
    '*': ['the active dies'],
  },
  'launch-standby': {
    'ec2:CreateTags': ['the active dies', 'there is one coordinator too many'],
    'ec2:ModifyNetworkInterfaceAttribute': ['there is one coordinator too many'],
    'ec2:TerminateInstances': ['there is one coordinator too many'],
    '*': ['the active dies'],
  },
  'reset-alarms': { '*': ['the active dies'] },
  'record-incident': { '*': ['the active dies'] },

  'state machine': {
    'lambda:InvokeFunction': ['the active dies'],
    'sns:Publish': ['the active dies'],
    'xray:GetSamplingRules': ['the active dies'],
    'xray:GetSamplingTargets': ['the active dies'],
    'xray:PutTelemetryRecords': ['the active dies'],
    'xray:PutTraceSegments': ['the active dies'],
    '*': ['the stack is deployed'],
  },
  'receive-stack-event': { '*': ['the stack is updated'] },
  'advance-stack-operation': {
    'ec2:CreateTags': ['the stack is deleted while somebody has started a failover'],
    'ec2:TerminateInstances': ['the stack is deleted while somebody has started a failover'],
    'states:StopExecution': ['the stack is deleted while somebody has started a failover'],
    '*': ['the stack is updated'],
  },
  'answer-cloudformation': {
    '*': ['the stack is deleted while somebody has started a failover'],
  },
  'stack operation state machine': {
    'lambda:InvokeFunction': [
      'the stack is updated',
      'the stack is deleted while somebody has started a failover',
    ],
    'xray:GetSamplingRules': ['the stack is deleted while somebody has started a failover'],
    'xray:GetSamplingTargets': ['the stack is deleted while somebody has started a failover'],
    'xray:PutTelemetryRecords': ['the stack is deleted while somebody has started a failover'],
    'xray:PutTraceSegments': ['the stack is deleted while somebody has started a failover'],
    '*': ['the stack is deployed'],
  },

  rules: { 'states:StartExecution': ['the active dies'] },
  host: {
    's3:GetObject': ['the first script fetches the probe'],
    '*': ['the active dies'],
  },
  topic: { 'sns:Publish': ['the active dies'] },
  'dead letters': { 'sqs:SendMessage': ['events come too late'] },
};

/** The same for what is denied: the scenario tries it. */
const deniedFor: Readonly<Record<string, Needs>> = {
  'check-info': {
    '*': [
      'somebody takes the address with the role of check-info',
      'the code of check-info makes interfaces',
    ],
  },
  topic: { 'sns:Publish': ['somebody publishes without TLS'] },
  'dead letters': { 'sqs:*': ['somebody sends without TLS'] },
};

/** None for what nobody has shown to be needed. */
export function scenariosOf({ who, action, statement }: Grant): readonly ScenarioName[] {
  const own = (statement.Effect === 'Deny' ? deniedFor : neededFor)[who] ?? {};
  return own[action] ?? own['*'] ?? [];
}
