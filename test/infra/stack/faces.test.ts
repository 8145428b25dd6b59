/** What the construct offers to the rest of an app: connections, grants, metrics, updates in place. */
import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { MachineImage, Port, SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { beforeAll, describe, expect, it } from 'vitest';
import { CoordinatorFailover } from '../../../infra/coordinator-failover.ts';
import type { CoordinatorFailoverProps } from '../../../infra/props/props.ts';
import { metricNames } from '../../../workflow/model/names.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

let failover: CoordinatorFailover;
let assertions: Template;

beforeAll(() => {
  const stack = new Stack(new App(), 'Presto');
  failover = make(stack);
  for (const grant of ['Start', 'Read', 'Pause', 'Operate'] as const) {
    const role = new Role(stack, grant, { assumedBy: new AccountRootPrincipal() });
    failover[`grant${grant}`](role);
  }
  const workers = new SecurityGroup(stack, 'Workers', { vpc: vpcIn(stack) });
  failover.connections.allowDefaultPortFrom(workers);
  failover.connections.allowFrom(workers, Port.tcp(9090));
  assertions = Template.fromStack(stack);
});

function vpcIn(stack: Stack) {
  const found = stack.node.tryFindChild('Vpc');
  return found instanceof Vpc
    ? found
    : Vpc.fromVpcAttributes(stack, `Vpc${stack.node.children.length}`, {
        vpcId: 'vpc-12345678',
        availabilityZones: ['eu-west-1a'],
      });
}

function make(stack: Stack, more: Partial<CoordinatorFailoverProps> = {}): CoordinatorFailover {
  return new CoordinatorFailover(stack, 'Failover', {
    vpc: vpcIn(stack),
    subnet: Subnet.fromSubnetId(stack, 'Subnet', 'subnet-12345678'),
    machineImage: MachineImage.genericLinux({}, {}),
    instanceTypes: ['m7i.xlarge'],
    ...more,
  });
}

function statementsOf(grant: string): Statement[] {
  const found = assertions.findResources('AWS::IAM::Policy', {
    Properties: { Roles: [{ Ref: Match.stringLikeRegexp(`^${grant}[0-9A-F]{8}$`) }] },
  });
  return Object.values(found).flatMap(
    ({ Properties }) =>
      (Properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement,
  );
}

function actionsOf(grant: string): string[] {
  return statementsOf(grant)
    .flatMap(({ Action }) => Action)
    .toSorted();
}

describe('the construct', () => {
  it('connections: workers are let in at the port of the server, and where else somebody says', () => {
    for (const port of [8080, 9090]) {
      assertions.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
        FromPort: port,
        SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Workers'), 'GroupId'] },
        GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('CoordinatorSecurityGroup'), 'GroupId'] },
      });
    }
    expect(failover.coordinatorUri).toContain(':8080');
  });

  it('grants: who may start executions may do nothing else', () => {
    expect(actionsOf('Start')).toEqual(['states:StartExecution']);
  });

  it('grants: whoever reads changes nothing', () => {
    for (const action of actionsOf('Read')) expect(action).toMatch(/:(Describe|Get|List)/);
  });

  it('grants: a pause is one tag on the address, and no other', () => {
    expect(actionsOf('Pause')).toEqual(['ec2:CreateTags', 'ec2:DeleteTags']);
    const [statement] = statementsOf('Pause');
    expect(JSON.stringify(statement?.Resource)).toContain(':network-interface/');
    expect(statement?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['coordinator-failover:paused'] },
      Null: { 'aws:TagKeys': 'false' },
    });
  });

  it('grants: an operator may call everything that the command line calls, but launch nothing', () => {
    const ports = readFileSync(new URL('../../../aws/calls.ts', import.meta.url), 'utf8');
    const [, port = ''] = ports.split('export type OperatorCalls');
    const calls = [...port.matchAll(/'(\w+)'/g)].map(([, name = '']) => name);
    expect(calls.length).toBeGreaterThan(14);
    const granted = actionsOf('Operate').map((action) => action.split(':')[1]?.toLowerCase());
    // Only doctor's dry run: what a launch may do belongs to the function that launches.
    const notGranted = calls.filter((name) => !granted.includes(name.toLowerCase()));
    expect(notGranted).toEqual(['runInstances']);
    const called = new Set(calls.map((name) => name.toLowerCase()));
    expect(granted.filter((action) => !called.has(action ?? ''))).toEqual([]);
  });

  it('metrics: there is one for each that is published, in the namespace of the cluster', () => {
    const metrics = [
      failover.metricHealth('i-1'),
      failover.metricActiveHealth(),
      failover.metricReachable(),
      failover.metricReadyCoordinators(),
      failover.metricReadyStandbys(),
      failover.metricFailoverDuration(),
      failover.metricImageProblems('i-1'),
    ];
    expect(metrics.map(({ metricName }) => metricName).toSorted()).toEqual(
      Object.values(metricNames).toSorted(),
    );
    expect(metrics.map(({ namespace }) => namespace)).toEqual(
      metrics.map(() => 'CoordinatorFailover/Presto'),
    );
    expect(failover.metricHealth('i-1').dimensions).toEqual({
      Cluster: 'Presto',
      InstanceId: 'i-1',
    });
    expect(failover.metricFailovers({ period: undefined }).statistic).toBe('SampleCount');
  });

  it('updates: a timing changes no resource that CloudFormation would have to replace', () => {
    const changed = Template.fromStack(changedStack()).toJSON() as Resources;
    const before = (assertions.toJSON() as Resources).Resources;
    const differing = Object.entries(changed.Resources).filter(
      // Not DependsOn: the first stack has workers, whose ingress is waited for.
      ([id, { Properties }]) =>
        JSON.stringify(Properties) !== JSON.stringify(before[id]?.Properties),
    );
    const kinds = differing.map(([id, { Type, Properties = {} }]) => {
      const properties = Object.keys(Properties).filter(
        (name) =>
          JSON.stringify(Properties[name]) !== JSON.stringify(before[id]?.Properties?.[name]),
      );
      return `${Type}: ${properties.join(', ')}`;
    });
    // "Update requires: No interruption" for each of them (CloudFormation's template reference).
    expect([...new Set(kinds)].toSorted()).toEqual([
      'AWS::CloudWatch::Alarm: Period',
      'AWS::CloudWatch::Alarm: Period, WarmUpConfiguration',
      'AWS::Events::Rule: ScheduleExpression',
      'AWS::StepFunctions::StateMachine: DefinitionString',
    ]);
  });
});

interface Resources {
  readonly Resources: Readonly<
    Record<
      string,
      { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }
    >
  >;
}

function changedStack(): Stack {
  const stack = new Stack(new App(), 'Presto');
  make(stack, { graceSeconds: 7, settleSeconds: 60, alarmPeriodSeconds: 30, scheduleMinutes: 6 });
  return stack;
}
