/** The operators' alarms and the dashboard, on what the construct has made. */
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ValidatedProps } from '../props/validated-props.ts';
import { Dashboard } from './dashboard.ts';
import type { Alarms, Triggers } from './detection.ts';
import { OperatorAlarms } from './operator-alarms.ts';

interface Made {
  readonly valid: ValidatedProps;
  readonly coordinatorUri: string;
  readonly stateMachine: StateMachine;
  readonly topic: ITopic;
  readonly recordLogGroupName: string;
  /** The two that start a failover. */
  readonly alarms: Alarms;
  readonly triggers: Triggers;
}

/** @returns the dashboard's name */
export function addAlarmsAndDashboard(scope: Construct, made: Made): string {
  const { valid, alarms, triggers, coordinatorUri, topic } = made;
  const { stateMachineArn } = made.stateMachine;
  const { haCoordinatorsCount, readyWithinMinutes } = valid.settings;
  const deadLetterQueueName = triggers.deadLetters.queueName;
  const { clusterName } = valid;
  const common = { clusterName, haCoordinatorsCount, deadLetterQueueName, stateMachineArn };
  const operatorAlarms = new OperatorAlarms(scope, 'OperatorAlarms', {
    ...common,
    topic,
    readyWithinMinutes,
    scheduleMinutes: valid.scheduleMinutes,
    scheduleRuleName: triggers.scheduleRule.ruleName,
  });
  const alarmArns = [...alarms.arns, ...operatorAlarms.alarms.map(({ attrArn }) => attrArn)];
  const { recordLogGroupName } = made;
  const shown = { ...common, coordinatorUri, alarmArns, recordLogGroupName };
  return new Dashboard(scope, 'Dashboard', shown).dashboardName;
}
