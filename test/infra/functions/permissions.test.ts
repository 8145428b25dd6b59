import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failoverCallsOn } from '../../../aws/failover-client.ts';
import { type FunctionName, functionNames } from '../../../infra/bundle/bundles.ts';
import { type Synthesized, synthesize } from '../../../infra/stack/synthesize.ts';
import {
  type CloudFormationTemplate,
  onlyResource,
  type Resource,
  resourcesOf,
  textOf,
} from '../template-reading.ts';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

let directory: string;
let synthesized: Synthesized;
let template: CloudFormationTemplate;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'infra-permissions-'));
  synthesized = await synthesize(directory);
  template = synthesized.template as CloudFormationTemplate;
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const onInstances = {
  StringEquals: { 'aws:ResourceTag/coordinator-failover:cluster': expect.anything() },
};

test('permissions: every function has a role of its own, which nothing else has', () => {
  const roles = functionNames.map((name) => roleIdOf(name));
  expect(new Set(roles).size).toBe(functionNames.length);
  for (const id of roles)
    expect(template.Resources[id]?.Properties.ManagedPolicyArns).toBeUndefined();
});

test('permissions: nothing is allowed by a wildcard in an action', () => {
  const wild = allStatements().filter(
    ({ Effect, Action }) =>
      Effect === 'Allow' && [Action].flat().some((action) => action.includes('*')),
  );
  expect(wild).toEqual([]);
});

test('permissions: what changes something in EC2 or CloudWatch names its resource', () => {
  const readOnly = /^(?:ec2:Describe|cloudwatch:(?:Get|Describe)|xray:Get)/;
  const byNature = /^(?:logs:|xray:Put|cloudwatch:PutMetricData$)/; // These know no resources.
  const broad = allStatements()
    .filter(
      ({ Effect, Resource: resource }) => Effect === 'Allow' && [resource].flat().includes('*'),
    )
    .flatMap(({ Action }) => [Action].flat())
    .filter((action) => !readOnly.test(action) && !byNature.test(action));
  expect(broad).toEqual([]);
});

test('permissions: only instances with the cluster tag can be terminated or retired', () => {
  for (const name of ['terminate-instance', 'launch-standby'] as const) {
    const terminating = statementsOf(name).filter((each) => acts(each, 'ec2:TerminateInstances'));
    expect(terminating.map(({ Condition }) => Condition)).toEqual([onInstances]);
  }
  const tagging = statementsOf('terminate-instance').filter((each) => acts(each, 'ec2:CreateTags'));
  expect(tagging.map(({ Condition }) => Condition)).toEqual([
    {
      ...onInstances,
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['coordinator-failover:retired'] },
      Null: { 'aws:TagKeys': 'false' },
    },
    {
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['coordinator-failover:failovers'] },
      Null: { 'aws:TagKeys': 'false' },
    },
  ]);
});

test('permissions: coordinators are launched from our template only, with our tag, as one of our types', () => {
  const launching = statementsOf('launch-standby').filter((each) => acts(each, 'ec2:RunInstances'));
  expect(launching).toHaveLength(2);
  for (const { Condition } of launching) {
    expect(Condition).toMatchObject({ ArnEquals: { 'ec2:LaunchTemplate': expect.anything() } });
  }
  expect(launching[0]?.Condition).toMatchObject({
    StringEquals: {
      'aws:RequestTag/coordinator-failover:cluster': { Ref: 'AWS::StackName' },
      'ec2:InstanceType': { Ref: 'InstanceTypes' },
    },
  });
});

test('permissions: the functions that decide may do nothing but log', () => {
  for (const name of ['confirm-failure', 'pick-standby'] as const) {
    expect(statementsOf(name).flatMap(({ Action }) => Action)).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  }
});

test('permissions: check-info calls no AWS API of its own and cannot delete the address', () => {
  const [address] = onlyResource(template, 'AWS::EC2::NetworkInterface');
  const denied = statementsOf('check-info').filter(({ Effect }) => Effect === 'Deny');
  expect(denied).toEqual([
    expect.objectContaining({
      Action: expect.arrayContaining(['ec2:DeleteNetworkInterface']),
    }),
    expect.objectContaining({
      Action: [...ofLambda],
      Resource: '*',
      Condition: { ArnLike: { 'lambda:SourceFunctionArn': expect.anything() } },
    }),
  ]);
  expect(textOf(denied[0]?.Resource)).toContain(`network-interface/<${address}>`);
});

test('permissions: a host publishes into its own namespace, sets its own two alarms and reads the probe', () => {
  const [, profile] = onlyResource(template, 'AWS::IAM::InstanceProfile');
  const [role] = profile.Properties.Roles as { Ref: string }[];
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(([id, { Properties }]) =>
    Properties.AlarmActions === undefined ? [id] : [],
  );
  expect(statementsOfRole(role?.Ref ?? '')).toEqual([
    expect.objectContaining({
      Action: 'cloudwatch:PutMetricData',
      Condition: { StringEquals: { 'cloudwatch:namespace': expect.anything() } },
    }),
    expect.objectContaining({
      Action: 'cloudwatch:SetAlarmState',
      Resource: alarms.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] })),
    }),
    expect.objectContaining({ Action: 's3:GetObject', Resource: expect.anything() }),
  ]);
  // Exactly the object that the user data gets.
  const [, launch] = onlyResource(template, 'AWS::EC2::LaunchTemplate');
  const { UserData } = launch.Properties.LaunchTemplateData as { UserData: unknown };
  const url = / 's3:\/\/([^']+)' /.exec(textOf(UserData))?.[1];
  const granted = statementsOfRole(role?.Ref ?? '').at(-1)?.Resource;
  expect(textOf(granted)).toBe(`arn:<AWS::Partition>:s3:::${url}`);
});

test.each(functionNames)(
  'permissions: %s may make the calls that its bundle makes, and no others',
  async (name) => {
    const allowed = statementsOf(name)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action);
    const calls = await callsIn(name);
    // And nothing that it does not make; the role belongs to RunInstances, interfaces to Lambda.
    const besides = ['logs:CreateLogStream', 'logs:PutLogEvents', 'iam:PassRole'];
    const own = allowed.flat().filter((action) => !besides.includes(action));
    expect([...new Set(own)].sort()).toEqual(name === 'check-info' ? ofLambda : calls.sort());
  },
);

/** What Lambda does with the role of a function in a VPC. */
const ofLambda = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** The calls of the port that are left in a bundle once esbuild has dropped the rest. */
async function callsIn(name: FunctionName): Promise<string[]> {
  const { S3Key: key } = functionOf(name).Properties.Code as { S3Key: string };
  const folder = `asset.${key.replace('.zip', '')}`;
  const bundle = await readFile(join(synthesized.assetsDirectory, folder, 'index.cjs'), 'utf8');
  return portCalls
    .filter((call) => new RegExp(`\\.${call}\\b`).test(bundle))
    .map((call) => {
      const service = /Alarm|Metric/.test(call) ? 'cloudwatch' : 'ec2';
      return `${service}:${call.charAt(0).toUpperCase()}${call.slice(1)}`;
    });
}

const portCalls = Object.keys(
  failoverCallsOn({ ec2: new EC2Client({}), cloudWatch: new CloudWatchClient({}) }),
);

function functionOf(name: FunctionName): Resource {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(([, { Properties }]) =>
    textOf(Properties.Description).startsWith(`${name} `),
  );
  if (found === undefined) throw new Error(`No function ${name} in the template.`);
  return found[1];
}

function roleIdOf(name: FunctionName): string {
  const { Role } = functionOf(name).Properties as { Role: { 'Fn::GetAtt': [string, string] } };
  return Role['Fn::GetAtt'][0];
}

function statementsOf(name: FunctionName): Statement[] {
  return statementsOfRole(roleIdOf(name));
}

function statementsOfRole(roleId: string): Statement[] {
  return policies()
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === roleId))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function allStatements(): Statement[] {
  return policies().flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function policies() {
  return resourcesOf(template, 'AWS::IAM::Policy').map(
    ([, { Properties }]) =>
      Properties as {
        PolicyDocument: { Statement: Statement[] };
        Roles: { Ref: string }[];
      },
  );
}

function acts({ Action }: Statement, action: string): boolean {
  return [Action].flat().includes(action);
}
