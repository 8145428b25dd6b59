/**
 * One page about one cluster: who is healthy, who is active, which alarms are on, what happened and
 * how long it took, and what an operator types. Instances come and go, so no widget names one: searches
 * find them by the metric that they publish.
 */
import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  Color,
  GraphWidget,
  type IWidget,
  LogQueryWidget,
  MathExpression,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import {
  dashboardName,
  dimensionNames,
  metricNames,
  metricNamespace,
} from '../../workflow/model/names.ts';
import { clusterMetric } from './metrics.ts';

interface DashboardProps {
  readonly clusterName: string;
  readonly coordinatorUri: string;
  readonly haCoordinatorsCount: number;
  readonly alarmArns: readonly string[];
  readonly stateMachineArn: string;
  readonly deadLetterQueueName: string;
  /** Where Record incident writes. */
  readonly recordLogGroupName: string;
}

const half = 12;

export class Dashboard extends Construct {
  readonly dashboardName: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    this.dashboardName = dashboardName(props.clusterName);
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: this.dashboardName,
      defaultInterval: Duration.hours(3),
      widgets: [
        [commands(props), this.alarms(props)],
        [health(props), reaching(props)],
        [redundancy(props), failovers(props)],
        [executions(props), deadLetters(props)],
        [incidents(props)],
      ],
    });
  }

  private alarms({ alarmArns }: DashboardProps): IWidget {
    return new AlarmStatusWidget({
      title: 'Alarms',
      width: half,
      height: 7,
      alarms: alarmArns.map((arn, index) => Alarm.fromAlarmArn(this, `Alarm${index}`, arn)),
    });
  }
}

function commands({ clusterName, coordinatorUri }: DashboardProps): IWidget {
  const where = `--cluster ${clusterName} --region ${Aws.REGION}`;
  const rows = [
    ['How is it?', 'status --watch'],
    ['What is wrong with it?', 'doctor'],
    ['What happened?', 'history'],
    ['Move a coordinator that works', 'switchover --reason "..."'],
    ['Move a coordinator that has failed', 'failover --force --reason "..."'],
    ['Stop automatic failover', 'pause --for 30m --reason "..."'],
    ['Allow automatic failover again', 'resume'],
    ['Waiting for operator: do not count earlier failovers', 'acknowledge --reason "..."'],
  ];
  return new TextWidget({
    width: half,
    height: 7,
    markdown: [
      `## ${clusterName}: ${coordinatorUri}`,
      '',
      '| | type |',
      '|---|---|',
      ...rows.map(
        ([what, command]) => `| ${what} | \`coordinator-failover ${command} ${where}\` |`,
      ),
    ].join('\n'),
  });
}

function health(props: DashboardProps): IWidget {
  return new GraphWidget({
    title: 'Health of each coordinator, as its own probe sees it (1 = ready)',
    width: half,
    left: [byInstance(props, metricNames.health)],
    leftYAxis: zeroToOne,
    period: Duration.seconds(10),
  });
}

/** Only standbys ask the address. */
function reaching(props: DashboardProps): IWidget {
  return new GraphWidget({
    title:
      'The address: its health (Active), and which standbys reach it; the active itself has no line',
    width: half,
    left: [
      clusterMetric(props.clusterName, 'activeHealth', { label: 'Active', color: Color.GREEN }),
      byInstance(props, metricNames.reachable),
    ],
    leftYAxis: zeroToOne,
    period: Duration.seconds(10),
  });
}

function redundancy({ clusterName, haCoordinatorsCount }: DashboardProps): IWidget {
  return new GraphWidget({
    title: 'Redundancy: ready coordinators, and of them standbys',
    width: half,
    left: [
      clusterMetric(clusterName, 'readyCoordinators', { label: 'Ready coordinators' }),
      clusterMetric(clusterName, 'readyStandbys', { label: 'Ready standbys' }),
    ],
    leftAnnotations: [{ value: haCoordinatorsCount, label: 'HACoordinatorsCount' }],
    leftYAxis: { min: 0 },
  });
}

function failovers({ clusterName }: DashboardProps): IWidget {
  return new GraphWidget({
    title: 'Failovers, and how long each took from its start to the verified coordinator',
    width: half,
    left: [clusterMetric(clusterName, 'failoverSeconds', { label: 'Longest, seconds' })],
    right: [
      clusterMetric(clusterName, 'failoverSeconds', {
        statistic: 'SampleCount',
        label: 'Failovers',
      }),
    ],
    leftYAxis: { min: 0 },
    rightYAxis: { min: 0 },
  });
}

function executions({ stateMachineArn }: DashboardProps): IWidget {
  const names = ['Started', 'Succeeded', 'Failed', 'TimedOut', 'Aborted'];
  return new GraphWidget({
    title: 'Executions: Failed is waiting for an operator, incomplete or undecided',
    width: half,
    left: names.map(
      (name) =>
        new Metric({
          namespace: 'AWS/States',
          metricName: `Executions${name}`,
          dimensionsMap: { StateMachineArn: stateMachineArn },
          statistic: 'Sum',
          label: name,
        }),
    ),
    leftYAxis: { min: 0 },
  });
}

function deadLetters({ deadLetterQueueName }: DashboardProps): IWidget {
  return new GraphWidget({
    title: 'Dead letters: events that started nothing',
    width: half,
    left: [
      new Metric({
        namespace: 'AWS/SQS',
        metricName: 'ApproximateNumberOfMessagesVisible',
        dimensionsMap: { QueueName: deadLetterQueueName },
        statistic: 'Maximum',
        label: 'Messages',
      }),
    ],
    leftYAxis: { min: 0 },
  });
}

/** From the audit record, newest first: every execution that found or did something. */
function incidents({ recordLogGroupName }: DashboardProps): IWidget {
  return new LogQueryWidget({
    title: 'Incidents',
    width: 2 * half,
    logGroupNames: [recordLogGroupName],
    queryLines: [
      'filter message.kind = "incident" and message.record.ending != "nothing-to-do"',
      'fields @timestamp, message.record.ending, message.record.subject, message.incident.decision.sentence',
      'sort @timestamp desc',
      'limit 20',
    ],
  });
}

const zeroToOne = { min: 0, max: 1 };

function byInstance({ clusterName }: DashboardProps, metricName: string): MathExpression {
  const { cluster, instanceId } = dimensionNames;
  const schema = `{"${metricNamespace(clusterName)}",${cluster},${instanceId}}`;
  const search = `${schema} MetricName="${metricName}" ${cluster}="${clusterName}"`;
  return new MathExpression({
    expression: `SEARCH('${search}', 'Minimum', 10)`,
    label: '',
    period: Duration.seconds(10),
    usingMetrics: {},
  });
}
