import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesize } from '../../../infra/stack/synthesize.ts';
import { defaultSettings, settingRules } from '../../../workflow/model/settings.ts';
import { functionSeconds } from '../../../workflow/model/timing.ts';
import {
  type CloudFormationTemplate,
  httpWithTheRestOpen,
  onlyResource,
  referencesIn,
  resourcesOf,
  stateMachineOf,
  textOf,
} from '../template-reading.ts';

let directory: string;
let template: CloudFormationTemplate;
let assertions: Template;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'infra-template-'));
  const synthesized = await synthesize(directory);
  template = synthesized.template as CloudFormationTemplate;
  assertions = Template.fromJSON(synthesized.template);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** Of the parameter KeepCoordinatorNode. */
const keptCondition = 'NodeIsKept';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Parameters?: Record<string, unknown>;
}

interface Definition {
  readonly States: Readonly<Record<string, State>>;
}

function definition(): Definition {
  const [, machine] = stateMachineOf(template, 'Workflow');
  return JSON.parse(
    textOf(
      machine.Properties.DefinitionString,
      {
        'AWS::StackName': 'presto',
        HACoordinatorsCount: '3',
        GraceSeconds: '7',
        SettleSeconds: '45',
        ReadyWithinMinutes: '10',
        HttpPort: '8080',
        InstanceTypes: 'm7i.xlarge,m6i.xlarge',
      },
      (condition) => condition === keptCondition,
    ),
  ) as Definition;
}

test('template: every Task runs a function of this stack and outlives it', () => {
  const functions = new Map(resourcesOf(template, 'AWS::Lambda::Function'));
  const tasks = Object.entries(definition().States).filter(
    ([name, { Type }]) => Type === 'Task' && name !== 'Notify people',
  );
  expect(tasks.length).toBeGreaterThanOrEqual(8);
  const targets = tasks.map(([name, task]) => {
    const [, id = ''] = /^<(\w+)\.Arn>$/.exec(task.Resource ?? '') ?? [];
    const timeout = functions.get(id)?.Properties.Timeout;
    expect(functions.has(id), `${name} runs ${task.Resource}`).toBe(true);
    expect(task.TimeoutSeconds, `${name} against its function`).toBeGreaterThan(Number(timeout));
    return id;
  });
  const ofFailover = [...functions.keys()].filter((id) => !id.includes('FailoverStack'));
  expect(new Set(targets)).toEqual(new Set(ofFailover));
});

test('template: people are told through the topic, which the state machine alone may publish to', () => {
  const [topic] = onlyResource(template, 'AWS::SNS::Topic');
  expect(definition().States['Notify people']).toMatchObject({
    Resource: 'arn:<AWS::Partition>:states:::sns:publish',
    Parameters: { TopicArn: `<${topic}>` },
  });
  const publishing = resourcesOf(template, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    JSON.stringify(Properties).includes('sns:Publish'),
  );
  expect(publishing.map(([id]) => id)).toEqual([expect.stringContaining('WorkflowStateMachine')]);
  expect(JSON.stringify(publishing[0]?.[1].Properties)).toContain(
    JSON.stringify({ Action: 'sns:Publish', Effect: 'Allow', Resource: { Ref: topic } }).slice(
      1,
      -1,
    ),
  );
});

test('template: an e-mail is sent only where an address is given', () => {
  const [topic] = onlyResource(template, 'AWS::SNS::Topic');
  const [, subscription] = onlyResource(template, 'AWS::SNS::Subscription');
  expect(template.Parameters.NotificationEmail?.Default).toBe('');
  expect(subscription).toMatchObject({
    Condition: 'NotificationEmailIsGiven',
    Properties: { TopicArn: { Ref: topic }, Protocol: 'email' },
  });
});

test('template: the audit record outlives executions and stack, the other logs do not', () => {
  const kept = resourcesOf(template, 'AWS::Logs::LogGroup').filter(
    ([, { DeletionPolicy }]) => DeletionPolicy === 'Retain',
  );
  const days = kept.map(([id, { Properties }]) => [
    /RecordIncident|Workflow/.exec(id)?.[0],
    Properties.RetentionInDays,
  ]);
  expect(Object.fromEntries(days)).toEqual({ RecordIncident: 3653, Workflow: 365 });
});

test('template: numbers that are parameters arrive as numbers', () => {
  const { settings, cluster } = definition().States['Receive request']?.Parameters ?? {};
  expect(settings).toEqual({ ...defaultSettings, haCoordinatorsCount: 3, graceSeconds: 7 });
  expect(cluster).toMatchObject({
    server: { protocol: 'http', port: 8080 },
    clusterName: 'presto',
  });
});

test('template: the cluster in the record names what the stack made', () => {
  const { cluster } = definition().States['Receive request']?.Parameters ?? {};
  const [interfaceId] = onlyResource(template, 'AWS::EC2::NetworkInterface');
  const [templateId] = onlyResource(template, 'AWS::EC2::LaunchTemplate');
  expect(cluster).toEqual({
    clusterName: 'presto',
    networkInterfaceId: `<${interfaceId}>`,
    coordinatorAddress: `<${interfaceId}.PrimaryPrivateIpAddress>`,
    server: httpWithTheRestOpen(interfaceId),
    launchTemplateId: `<${templateId}>`,
    launchTemplateVersion: `<${templateId}.LatestVersionNumber>`,
    instanceTypes: ['m7i.xlarge', 'm6i.xlarge'],
    keepCoordinatorNode: 'yes',
    subnetId: '<SubnetId>',
    metricNamespace: 'CoordinatorFailover/presto',
    alarms: {
      activeHealth: 'presto-coordinator-active-health',
      reachable: 'presto-coordinator-reachable',
    },
  });
});

test('template: parameters that are yes or no become conditions', () => {
  const isYes = (parameter: string) => ({ 'Fn::Equals': [{ Ref: parameter }, 'yes'] });
  assertions.hasCondition(keptCondition, isYes('KeepCoordinatorNode'));
  assertions.hasCondition('HttpIsEnabled', isYes('HttpEnabled'));
});

test('template: the state machine is a Standard one that logs everything', () => {
  assertions.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineType: 'STANDARD',
    LoggingConfiguration: Match.objectLike({ Level: 'ALL', IncludeExecutionData: true }),
    TracingConfiguration: { Enabled: true },
  });
});

test.each([
  ['ActiveHealth', 'breaching', 'presto-coordinator-active-health'],
  ['Reachable', 'notBreaching', 'presto-coordinator-reachable'],
])('template: the alarm on %s counts missing data as %s', (metric, missing, name) => {
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm');
  const [, alarm] =
    alarms.find(
      ([, { Properties }]) =>
        Properties.MetricName === metric && Properties.Statistic === 'Minimum',
    ) ?? [];
  expect(alarm?.Properties).toMatchObject({
    Statistic: 'Minimum',
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    Period: 10,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    TreatMissingData: missing,
    Dimensions: [{ Name: 'Cluster', Value: { Ref: 'AWS::StackName' } }],
  });
  const given = { 'AWS::StackName': 'presto' };
  expect(textOf(alarm?.Properties.AlarmName, given)).toBe(name);
  expect(textOf(alarm?.Properties.Namespace, given)).toBe('CoordinatorFailover/presto');
});

test('template: an alarm, an instance that ends and a schedule start the state machine', () => {
  const [machine] = stateMachineOf(template, 'Workflow');
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(([id, { Properties }]) =>
    Properties.AlarmActions === undefined ? [id] : [],
  );
  expect(alarms).toHaveLength(2);
  const rules = resourcesOf(template, 'AWS::Events::Rule').map(([, rule]) => rule.Properties);
  expect(rules).toHaveLength(3);
  for (const { State, Targets } of rules) {
    expect(State).toBe('ENABLED');
    expect(Targets).toEqual([expect.objectContaining({ Arn: { Ref: machine } })]);
  }
  expect(
    rules.map(({ EventPattern, ScheduleExpression }) => EventPattern ?? ScheduleExpression),
  ).toEqual([
    {
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: alarms.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] })),
      detail: { state: { value: ['ALARM'] } },
    },
    {
      source: ['aws.ec2'],
      'detail-type': ['EC2 Instance State-change Notification'],
      detail: { state: ['stopping', 'shutting-down'] },
    },
    'rate(5 minutes)',
  ]);
});

test('template: an event that is older than two minutes starts nothing and is kept', () => {
  const [queue] = onlyResource(template, 'AWS::SQS::Queue');
  for (const [, { Properties }] of resourcesOf(template, 'AWS::Events::Rule')) {
    expect(Properties.Targets).toEqual([
      expect.objectContaining({
        RetryPolicy: { MaximumEventAgeInSeconds: 120 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } },
      }),
    ]);
  }
  assertions.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  assertions.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: Match.objectLike({
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Deny',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ]),
    }),
  });
});

test('template: every function runs on Node 24 and arm64 with its time, size and log said', () => {
  const timeouts: Readonly<Record<string, number>> = functionSeconds;
  expect(resourcesOf(template, 'AWS::Lambda::Function')).toHaveLength(Object.keys(timeouts).length);
  for (const [id, { Properties }] of resourcesOf(template, 'AWS::Lambda::Function')) {
    expect(Properties, id).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: timeouts[textOf(Properties.Description).split(' of ', 1)[0] ?? ''],
      MemorySize: expect.any(Number),
      LoggingConfig: { LogGroup: { Ref: expect.any(String) }, LogFormat: 'JSON' },
    });
  }
  for (const [id, { Properties }] of resourcesOf(template, 'AWS::Logs::LogGroup')) {
    const kept = /RecordIncident/.test(id) ? 3653 : { Ref: 'LogRetentionDays' };
    expect(Properties.RetentionInDays, id).toEqual(/Workflow/.test(id) ? 365 : kept);
  }
});

test('template: parameter GraceSeconds has the limits of its setting', () => {
  const { least, most } = settingRules.graceSeconds;
  expect(template.Parameters.GraceSeconds).toMatchObject({
    Type: 'Number',
    Default: settingRules.graceSeconds.default,
    MinValue: least,
    MaxValue: most,
  });
});

test('template: HACoordinatorsCount takes whole numbers from 1 to 9, and not 1.5', () => {
  expect(template.Parameters.HACoordinatorsCount).toMatchObject({
    Type: 'Number',
    Default: settingRules.haCoordinatorsCount.default,
    AllowedValues: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
  });
});

test('template: no resource waits for itself (CloudFormation would refuse to create it)', () => {
  const left = new Map(
    Object.entries(template.Resources).map(([id, resource]) => [
      id,
      new Set([...referencesIn(resource.Properties), ...(resource.DependsOn ?? [])]),
    ]),
  );
  for (let ready = true; ready; ) {
    ready = false;
    for (const [id, needs] of left) {
      if ([...needs].some((need) => left.has(need))) continue;
      left.delete(id);
      ready = true;
    }
  }
  expect([...left.keys()]).toEqual([]);
});
