/**
 * Alarms for operators, through the topic: they also find out that the failover itself does not work.
 * Two of them do not depend on it: the coordinators' probes, and EventBridge's count of the schedule.
 * None starts a failover: its rule names two other alarms by ARN. Each description ends in a command.
 * What can go wrong: silence. A metric that must come regularly is bad when it is missing; a metric
 * that comes only when something happens is not.
 */
import { Aws } from 'aws-cdk-lib';
import { CfnAlarm, type CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  dimensionNames,
  metricNames,
  metricNamespace,
  type WatchName,
  watchAlarmNames,
} from '../../workflow/model/names.ts';

export interface OperatorAlarmsProps {
  readonly clusterName: string;
  readonly haCoordinatorsCount: number;
  readonly scheduleMinutes: number;
  readonly readyWithinMinutes: number;
  readonly stateMachineArn: string;
  readonly deadLetterQueueName: string;
  readonly scheduleRuleName: string;
  readonly topic: ITopic;
}

/** What makes one alarm different from the others; what is left out is as in `common`. */
type Watched = Pick<
  CfnAlarmProps,
  'namespace' | 'metricName' | 'dimensions' | 'statistic' | 'comparisonOperator' | 'threshold'
> & {
  readonly says: string;
  readonly command: string;
  readonly periodSeconds: number;
  readonly periods: number;
  readonly silenceIs: 'breaching' | 'notBreaching' | 'ignore';
  /** Minutes after its creation for which a silence is that of a cluster that is only beginning. */
  readonly warmUpMinutes?: number;
  /** Operators are also notified when it is over. */
  readonly tellsOfEnd: boolean;
};

export class OperatorAlarms extends Construct {
  readonly alarms: readonly CfnAlarm[];

  constructor(scope: Construct, id: string, props: OperatorAlarmsProps) {
    super(scope, id);
    const names = watchAlarmNames(props.clusterName);
    this.alarms = Object.entries({ ...aboutExecutions(props), ...aboutCluster(props) }).map(
      ([name, watched]) => this.makeAlarm(props, name, names[name as WatchName], watched),
    );
  }

  private makeAlarm(
    { clusterName, topic }: OperatorAlarmsProps,
    name: string,
    alarmName: string,
    watched: Watched,
  ): CfnAlarm {
    const {
      says,
      command,
      periodSeconds,
      periods,
      silenceIs,
      warmUpMinutes,
      tellsOfEnd,
      ...metric
    } = watched;
    const where = `--cluster ${clusterName} --region ${Aws.REGION}`;
    return new CfnAlarm(this, `${name[0]?.toUpperCase()}${name.slice(1)}`, {
      ...metric,
      alarmName,
      alarmDescription: `${says} WHAT TO DO NOW: coordinator-failover ${command} ${where}`,
      period: periodSeconds,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: silenceIs,
      ...(warmUpMinutes === undefined
        ? {}
        : { warmUpConfiguration: { warmUpPeriodDurationInMinutes: warmUpMinutes } }),
      alarmActions: [topic.topicArn],
      ...(tellsOfEnd ? { okActions: [topic.topicArn] } : {}),
    });
  }
}

const once = {
  comparisonOperator: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  periodSeconds: 60,
  periods: 1,
} as const;

/** Source of the metrics: Step Functions developer guide, execution metrics; SQS, available metrics. */
function aboutExecutions(props: OperatorAlarmsProps) {
  const ofExecutions = {
    ...once,
    namespace: 'AWS/States',
    dimensions: [{ name: 'StateMachineArn', value: props.stateMachineArn }],
    statistic: 'Sum',
    silenceIs: 'notBreaching',
    tellsOfEnd: false,
    command: 'history',
  } satisfies Partial<Watched>;
  return {
    failedOver: {
      ...once,
      ...ofCluster(props, metricNames.failoverSeconds),
      statistic: 'SampleCount',
      silenceIs: 'notBreaching',
      tellsOfEnd: false,
      says: 'The coordinator was failed over: running queries are lost, and the address is on another one.',
      command: 'history',
    },
    executionFailed: {
      ...ofExecutions,
      metricName: 'ExecutionsFailed',
      says: 'A failover has failed, is incomplete or waits for an operator: a person must decide. The message about it says why.',
      command: 'status',
    },
    executionTimedOut: {
      ...ofExecutions,
      metricName: 'ExecutionsTimedOut',
      says: 'A failover did not end in time, and Step Functions stopped it half-way.',
      command: 'status',
    },
    deadLetters: {
      ...once,
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: [{ name: 'QueueName', value: props.deadLetterQueueName }],
      statistic: 'Maximum',
      // A queue that nobody has touched for six hours says nothing, whatever is in it.
      silenceIs: 'ignore',
      tellsOfEnd: true,
      says: 'An event did not start the failover and is in the dead-letter queue: it came too late, or was refused. Look there for why, look at the cluster, then delete the message.',
      command: 'failover --reason "dead letter"',
    },
  } satisfies Partial<Record<WatchName, Watched>>;
}

function aboutCluster(props: OperatorAlarmsProps) {
  const { scheduleMinutes } = props;
  const observationSeconds = Math.max(shortestObservationSeconds, scheduleMinutes * 60);
  return {
    redundancyLost: {
      ...ofCluster(props, metricNames.readyCoordinators),
      statistic: 'Maximum',
      comparisonOperator: 'LessThanThreshold',
      // CloudFormation cannot subtract one: so the active counts on both sides.
      threshold: props.haCoordinatorsCount,
      periodSeconds: observationSeconds,
      periods: Math.ceil(redundancyLostSeconds / observationSeconds),
      silenceIs: 'ignore',
      tellsOfEnd: true,
      says: 'For ten minutes or more fewer coordinators were ready than HACoordinatorsCount: the next failover may find nobody to take over.',
      command: 'doctor',
    },
    noCoordinator: {
      ...ofCluster(props, metricNames.activeHealth),
      statistic: 'Maximum',
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      periodSeconds: 60,
      periods: 3,
      silenceIs: 'breaching',
      warmUpMinutes: props.readyWithinMinutes,
      tellsOfEnd: true,
      says: 'For three minutes or more no coordinator has reported itself ready at the address: the cluster is down, and no failover has repaired it.',
      command: 'status --watch',
    },
    scheduleSilent: {
      namespace: 'AWS/Events',
      metricName: 'Invocations',
      dimensions: [{ name: 'RuleName', value: props.scheduleRuleName }],
      statistic: 'Sum',
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      periodSeconds: scheduleMinutes * 60,
      periods: 3,
      // EventBridge sends no zeros: a schedule that does not run is silent.
      silenceIs: 'breaching',
      warmUpMinutes: 4 * scheduleMinutes,
      tellsOfEnd: true,
      says: 'The scheduled observation no longer runs: lost events are not noticed, and missing standbys are not launched. Is its rule enabled?',
      command: 'doctor',
    },
  } satisfies Partial<Record<WatchName, Watched>>;
}

const redundancyLostSeconds = 600;
/** Every observation says how many are ready; the metric is one of minutes. */
const shortestObservationSeconds = 300;

function ofCluster({ clusterName }: OperatorAlarmsProps, metricName: string) {
  return {
    namespace: metricNamespace(clusterName),
    metricName,
    dimensions: [{ name: dimensionNames.cluster, value: clusterName }],
  };
}
