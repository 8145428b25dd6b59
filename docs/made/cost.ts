/**
 * docs/cost.md: what a cluster's high availability costs a month. Quantities are counted, in the
 * template, in the settings and in one scheduled observation in virtual time; prices are a table with
 * sources.
 */
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { connect } from '@coordinator-failover/local-cloud';
import { type CloudFormationTemplate, resourcesOf } from '../../test/infra/template-reading.ts';
import { noFaults } from '../../trials/simulation/faults.ts';
import { createVirtualTime, installFakeTimers } from '../../trials/simulation/virtual-time.ts';
import { openWorld } from '../../trials/simulation/world.ts';
import { metricNames } from '../../workflow/model/names.ts';
import {
  defaultProbeSettings,
  defaultSettings,
  scheduleRule,
} from '../../workflow/model/settings.ts';
import { headOf, type MadeDocument, madeNotice, row } from './document.ts';
import { synthesizedTemplate } from './template.ts';

export const costDocument: MadeDocument = {
  file: 'docs/cost.md',
  async make() {
    const template = await synthesizedTemplate();
    return textOf(template, await scheduledObservation(template));
  },
};

/** US dollars, us-east-1, Linux, on demand, without free tiers. */
const prices = {
  instanceHour: 0.2016,
  volumeGigabyteMonth: 0.08,
  customMetric: 0.3,
  thousandMetricCalls: 0.01,
  standardAlarm: 0.1,
  highResolutionAlarm: 0.3,
  dashboard: 3,
  thousandTransitions: 0.025,
  millionInvocations: 0.2,
  gigabyteSecond: 0.000_013_333_4,
  logGigabyte: 0.5,
  millionTraces: 5,
};

const hours = 730;

/** What a scheduled observation of a healthy cluster does: counted in virtual time. */
interface Observation {
  readonly states: number;
  readonly tasks: number;
  readonly historyBytes: number;
  readonly metricsRead: number;
}

async function scheduledObservation(template: CloudFormationTemplate): Promise<Observation> {
  const startMs = Date.UTC(2026, 9, 2, 12);
  const time = createVirtualTime(startMs);
  const restore = installFakeTimers(time);
  let metricsRead = 0;
  try {
    const world = await openWorld({
      template,
      faults: noFaults,
      time,
      onCall({ operation, input }) {
        const { MetricDataQueries: queries } = input as { MetricDataQueries?: unknown[] };
        if (operation === 'GetMetricData') metricsRead += queries?.length ?? 0;
        return undefined;
      },
    });
    const { stepFunctions, stateMachineArn } = world.deployment;
    const client = new SFNClient({ region: 'us-east-1' });
    const principalArn = 'arn:aws:iam::123456789012:root';
    connect(client, stepFunctions.service, { accessKeyId: 'LOCAL', principalArn });
    let observations = 0;
    await time.run(
      () => false,
      () => startMs + 6 * 60_000,
    );
    const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
    observations = executions.length;
    const { executionArn } = executions[0] ?? {};
    const { events = [] } = await client.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
    );
    const entered = events.filter(({ type }) => type?.endsWith('StateEntered'));
    if (entered.length <= 8)
      throw new Error(`Only ${entered.length} states: no observation was counted.`);
    return {
      states: entered.length,
      tasks: entered.filter(({ type }) => type === 'TaskStateEntered').length,
      historyBytes: Buffer.byteLength(JSON.stringify(events)),
      metricsRead: metricsRead / observations,
    };
  } finally {
    restore();
  }
}

type Line = readonly [what: string, quantity: string, dollars: number];

function linesFor(
  template: CloudFormationTemplate,
  observation: Observation,
  coordinators: number,
): Line[] {
  const observations = (60 / scheduleRule.default) * hours;
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm');
  const quick = alarms.filter(([, { Properties }]) => Number(Properties.Period) < 60).length;
  const dashboards = resourcesOf(template, 'AWS::CloudWatch::Dashboard').length;
  const functions = resourcesOf(template, 'AWS::Lambda::Function');
  const memory =
    functions.reduce((sum, [, { Properties }]) => sum + Number(Properties.MemorySize), 0) /
    functions.length /
    1024;
  // By instance: Health, Reachable, ImageProblems; by cluster all but Health and ImageProblems.
  const metrics = 3 * coordinators + Object.keys(metricNames).length - 2;
  const puts = (coordinators * hours * 3600) / defaultProbeSettings.publishSeconds + observations;
  const gigabytes = (observations * (observation.historyBytes + longestLinesBytes)) / 1e9;
  const seconds = observations * observation.tasks * invocationSeconds;
  const whole = (value: number) => Math.round(value).toLocaleString('en-US');
  return [
    [
      'EC2: coordinators, m7i.xlarge',
      `${coordinators} × ${hours} h`,
      coordinators * hours * prices.instanceHour,
    ],
    [
      'EBS: a root volume of 8 GB each',
      `${8 * coordinators} GB`,
      8 * coordinators * prices.volumeGigabyteMonth,
    ],
    ['CloudWatch: calls of PutMetricData', whole(puts), (puts / 1000) * prices.thousandMetricCalls],
    ['CloudWatch: custom metrics', whole(metrics), metrics * prices.customMetric],
    [
      'CloudWatch: metrics read by the observations',
      whole(observations * observation.metricsRead),
      ((observations * observation.metricsRead) / 1000) * prices.thousandMetricCalls,
    ],
    [
      'CloudWatch: alarms',
      `${quick} of 10 s, ${alarms.length - quick} of minutes`,
      quick * prices.highResolutionAlarm + (alarms.length - quick) * prices.standardAlarm,
    ],
    ['CloudWatch: dashboard', String(dashboards), dashboards * prices.dashboard],
    ['CloudWatch: logs', `${gigabytes.toFixed(1)} GB`, gigabytes * prices.logGigabyte],
    [
      'Step Functions: state transitions',
      whole(observations * observation.states),
      ((observations * observation.states) / 1000) * prices.thousandTransitions,
    ],
    [
      'Lambda: invocations',
      `${whole(observations * observation.tasks)} of ${invocationSeconds} s`,
      ((observations * observation.tasks) / 1e6) * prices.millionInvocations +
        seconds * memory * prices.gigabyteSecond,
    ],
    ['X-Ray: traces', whole(observations), (observations / 1e6) * prices.millionTraces],
  ];
}

/** Estimate: billed time of a warm function that makes two or three calls. */
const invocationSeconds = 0.3;
/** The functions' own lines and the audit record, per observation: at most as much as the record itself. */
const longestLinesBytes = 20_000;

function textOf(template: CloudFormationTemplate, observation: Observation): string {
  const coordinators = defaultSettings.haCoordinatorsCount;
  const lines = linesFor(template, observation, coordinators);
  const totalOf = (all: readonly Line[]) => all.reduce((sum, [, , cost]) => sum + cost, 0);
  const total = totalOf(lines);
  const more = totalOf(linesFor(template, observation, coordinators + 1));
  const [, , servers] = lines[0] ?? ['', '', 0];
  return [
    '# Cost per month',
    '',
    `One cluster with the defaults: ${coordinators} coordinators, an observation every ${scheduleRule.default} minutes, no failover. US dollars in us-east-1,`,
    'on demand, without free tiers, taxes and what the coordinators themselves do.',
    '',
    `${madeNotice} Quantities are counted in the template, the settings and an observation in virtual time.`,
    '',
    ...headOf(['what', 'a month', '$']),
    ...lines.map(([what, quantity, cost]) => row([what, quantity, dollars(cost)])),
    `| **all** | | **${dollars(total)}** |`,
    '',
    `What dominates is the servers: ${dollars(servers)} of ${dollars(total)}. A cluster without high availability has one of them`,
    `anyway. Each further standby costs ${dollars(more - total)}.`,
    '',
    'Of the rest the largest parts can be set:',
    '',
    `* \`probePublishSeconds\` (${defaultProbeSettings.publishSeconds}): every host publishes so often, in one call. Twice as long is half the price, and a dead host is`,
    '  noticed later: `freshSeconds` must be above two publishes. Most calls are within the free tier of',
    '  1,000,000 of an account that does little else.',
    `* \`scheduleMinutes\` (${scheduleRule.default}): a scheduled observation is ${observation.states} states, ${observation.tasks} functions and ${observation.metricsRead} metrics that are read. It catches what lost`,
    '  events missed and restores standbys.',
    '* `logRetention`: storage is not counted here; it is cents.',
    '',
    'A failover costs a fraction of a cent. A lasting fault about which nothing can be done is looked at once',
    'a minute (`alarmResetSeconds`): as long as it lasts, the observations cost five times as much.',
    'SNS, SQS and EventBridge (events of AWS services and schedules) cost nothing that shows. check-info is',
    'in the VPC and needs no NAT gateway and no endpoint; the hosts need a way to CloudWatch: if their subnet',
    'has none, an interface endpoint for `monitoring` costs about $7.30 and its traffic.',
    '',
    ...priceLines(),
    '',
    `Estimates: an invocation is billed for ${invocationSeconds} s, and the functions' lines of an observation are ${longestLinesBytes / 1000} KB beside the`,
    'history that the state machine logs.',
    '',
  ].join('\n');
}

function priceLines(): string[] {
  return [
    '## Prices',
    '',
    '| price | $ | source, as read |',
    '|---|---|---|',
    `| m7i.xlarge, an hour | ${prices.instanceHour} | c3x.dev, m5 vs m6i vs m7i, 2026 |`,
    `| gp3, a GB-month | ${prices.volumeGigabyteMonth} | c3x.dev, aws_ebs_volume |`,
    `| custom metric, a month | ${prices.customMetric.toFixed(2)} | api-evangelist/cloudwatch, May 2026; SigNoz, February 2026 |`,
    `| 1,000 calls of the metrics API, or metrics read | ${prices.thousandMetricCalls} | api-evangelist/cloudwatch, May 2026 |`,
    `| alarm, a month | ${prices.standardAlarm.toFixed(2)}; high resolution ${prices.highResolutionAlarm.toFixed(2)} | the first: api-evangelist/cloudwatch, May 2026; the second: c3x.dev, aws_cloudwatch_metric_alarm |`,
    `| dashboard, a month | ${prices.dashboard.toFixed(2)} | factualminds.com, CloudWatch pricing, June 2026 |`,
    `| log ingestion, a GB | ${prices.logGigabyte.toFixed(2)} | factualminds.com, CloudWatch pricing, June 2026 |`,
    `| 1,000 state transitions | ${prices.thousandTransitions} | AWS Step Functions pricing page |`,
    `| 1,000,000 invocations; a GB-second on Arm | ${prices.millionInvocations.toFixed(2)}; 0.0000133334 | wring.co, AWS Lambda pricing, March 2026 |`,
    `| 1,000,000 traces recorded | ${prices.millionTraces.toFixed(2)} | AWS X-Ray pricing page |`,
  ];
}

function dollars(value: number): string {
  return value.toFixed(2);
}
