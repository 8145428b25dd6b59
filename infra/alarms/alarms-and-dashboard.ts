/** The alarms of the watch and the dashboard, on what the construct has made. */
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ValidatedProps } from '../props/validated-props.ts';
import { Dashboard } from './dashboard.ts';
import type { Alarms, Triggers } from './detection.ts';
import { OperatorAlarms } from './operator-alarms.ts';

interface Watched {
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
export function watchOver(scope: Construct, watched: Watched): string {
  const { valid, alarms, triggers, coordinatorUri, topic } = watched;
  const { stateMachineArn } = watched.stateMachine;
  const { haCoordinatorsCount, readyWithinMinutes } = valid.settings;
  const deadLetterQueueName = triggers.deadLetters.queueName;
  const { clusterName } = valid;
  const common = { clusterName, haCoordinatorsCount, deadLetterQueueName, stateMachineArn };
  const watch = new OperatorAlarms(scope, 'Watch', {
    ...common,
    topic,
    readyWithinMinutes,
    scheduleMinutes: valid.scheduleMinutes,
    scheduleRuleName: triggers.scheduleRule.ruleName,
  });
  const alarmArns = [...alarms.arns, ...watch.alarms.map(({ attrArn }) => attrArn)];
  const { recordLogGroupName } = watched;
  const shown = { ...common, coordinatorUri, alarmArns, recordLogGroupName };
  return new Dashboard(scope, 'Dashboard', shown).dashboardName;
}
