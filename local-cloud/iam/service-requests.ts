/**
 * What the operations of the other services ask IAM.
 * Source: Service Authorization Reference; for DescribeAlarms also messages of refusals, which name
 * `alarm:*` (aws-samples/amazon-cloudwatch-auto-alarms, issue 1).
 */
import type {
  DescribeAlarmHistoryInput,
  PutMetricDataInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import { type AccessRequest, fixedContext } from './access-request.ts';

type Requests = (input: never) => AccessRequest[];

export function cloudWatchRequests(place: {
  readonly region: string;
  readonly accountId: string;
}): Readonly<Record<string, Requests>> {
  const alarm = (name: string | undefined) =>
    `arn:aws:cloudwatch:${place.region}:${place.accountId}:alarm:${name ?? '*'}`;
  return {
    PutMetricData: ({ Namespace: namespace = '' }: PutMetricDataInput) => [
      {
        action: 'cloudwatch:PutMetricData',
        context: fixedContext({ 'cloudwatch:namespace': namespace }),
      },
    ],
    GetMetricData: () => [{ action: 'cloudwatch:GetMetricData' }],
    DescribeAlarms: () => [{ action: 'cloudwatch:DescribeAlarms', resource: alarm('*') }],
    DescribeAlarmHistory: ({ AlarmName: name }: DescribeAlarmHistoryInput) => [
      { action: 'cloudwatch:DescribeAlarmHistory', resource: alarm(name) },
    ],
    SetAlarmState: ({ AlarmName: name }: SetAlarmStateInput) => [
      { action: 'cloudwatch:SetAlarmState', resource: alarm(name) },
    ],
  };
}

interface StepFunctionsInput {
  readonly stateMachineArn?: string;
  readonly executionArn?: string;
}

export const stepFunctionsRequests: Readonly<Record<string, Requests>> = {
  ...Object.fromEntries(
    ['StartExecution', 'DescribeStateMachine', 'ListExecutions'].map((name): [string, Requests] => [
      name,
      ({ stateMachineArn: resource = '' }: StepFunctionsInput) => [
        { action: `states:${name}`, resource },
      ],
    ]),
  ),
  ...Object.fromEntries(
    ['DescribeExecution', 'GetExecutionHistory', 'StopExecution'].map(
      (name): [string, Requests] => [
        name,
        ({ executionArn: resource = '' }: StepFunctionsInput) => [
          { action: `states:${name}`, resource },
        ],
      ],
    ),
  ),
  ListStateMachines: () => [{ action: 'states:ListStateMachines' }],
};

export const snsRequests: Readonly<Record<string, Requests>> = {
  Publish: ({ TopicArn: resource = '' }: { TopicArn?: string }) => [
    { action: 'sns:Publish', resource },
  ],
};

export const lambdaRequests: Readonly<Record<string, Requests>> = {
  Invoke: ({ FunctionName: resource = '' }: { FunctionName?: string }) => [
    { action: 'lambda:InvokeFunction', resource },
  ],
};
