/**
 * What starts an execution: two alarms, instances that change state, and a schedule.
 * What can go wrong: an event that arrives late starts a failover for a long-past alarm, so events
 * die of age, into a dead-letter queue. An alarm sends events on transitions only, so the
 * workflow sets it back to OK (Reset alarms).
 */

import { Duration, Validations } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type EventPattern, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import {
  alarmNames,
  dimensionNames,
  metricNames,
  metricNamespace,
} from '../../workflow/model/names.ts';
import { eventAgeSeconds } from '../../workflow/model/timing.ts';

interface AlarmsProps {
  readonly clusterName: string;
  readonly periodSeconds: number;
  readonly datapoints: number;
}

/** Dimensions are the cluster's: nothing is re-pointed after a failover. */
export class Alarms extends Construct {
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const names = alarmNames(props.clusterName);
    const activeHealth = this.makeAlarm('ActiveHealth', props, {
      alarmName: names.activeHealth,
      alarmDescription: `The active coordinator of ${props.clusterName} calls itself unhealthy, or says nothing.`,
      metricName: metricNames.activeHealth,
      // A host that hangs publishes nothing: silence is a failure.
      treatMissingData: 'breaching',
    });
    const reachable = this.makeAlarm('Reachable', props, {
      alarmName: names.reachable,
      alarmDescription: `A standby of ${props.clusterName} cannot reach the coordinator at its address.`,
      metricName: metricNames.reachable,
      // Without a standby nobody looks: silence says nothing.
      treatMissingData: 'notBreaching',
    });
    this.arns = [activeHealth.attrArn, reachable.attrArn];
  }

  /** L1, because CDK's own metric refuses a period of 20 s, which CloudWatch accepts. */
  private makeAlarm(
    id: string,
    props: AlarmsProps,
    alarm: {
      readonly alarmName: string;
      readonly alarmDescription: string;
      readonly metricName: string;
      readonly treatMissingData: 'breaching' | 'notBreaching';
    },
  ): CfnAlarm {
    return new CfnAlarm(this, id, {
      ...alarm,
      namespace: metricNamespace(props.clusterName),
      dimensions: [{ name: dimensionNames.cluster, value: props.clusterName }],
      statistic: 'Minimum',
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      period: props.periodSeconds,
      evaluationPeriods: props.datapoints,
      datapointsToAlarm: props.datapoints,
    });
  }
}

interface TriggersProps {
  readonly stateMachine: StateMachine;
  readonly alarmArns: readonly string[];
  readonly scheduleMinutes: number;
}

export class Triggers extends Construct {
  readonly deadLetters: Queue;
  readonly scheduleRule: Rule;

  constructor(scope: Construct, id: string, props: TriggersProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue, of the three rules below.',
    });
    const start = new SfnStateMachine(props.stateMachine, {
      maxEventAge: Duration.seconds(eventAgeSeconds),
      deadLetterQueue: this.deadLetters,
    });
    new Rule(this, 'AlarmRule', {
      description: 'One of the two coordinator alarms went off',
      eventPattern: alarmPattern(props.alarmArns),
      targets: [start],
    });
    new Rule(this, 'InstanceRule', {
      description: 'An instance stops or ends, a coordinator perhaps',
      eventPattern: instancePattern,
      targets: [start],
    });
    this.scheduleRule = new Rule(this, 'ScheduleRule', {
      description: 'Catches what lost events missed, and restores standbys',
      schedule: Schedule.rate(Duration.minutes(props.scheduleMinutes)),
      targets: [start],
    });
  }
}

function alarmPattern(alarmArns: readonly string[]): EventPattern {
  return {
    source: ['aws.cloudwatch'],
    detailType: ['CloudWatch Alarm State Change'],
    resources: [...alarmArns],
    detail: { state: { value: ['ALARM'] } },
  };
}

/**
 * EventBridge cannot see an instance's tags: any instance of the account starts an observation, which finds
 * nothing to do. So only the beginning of an end is listened to: `stopped` and `terminated` follow
 * and would start a second observation each, and what an event missed, the standbys' probes see.
 */
const instancePattern: EventPattern = {
  source: ['aws.ec2'],
  detailType: ['EC2 Instance State-change Notification'],
  detail: { state: ['stopping', 'shutting-down'] },
};
