import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesize } from '../../../infra/stack/synthesize.ts';
import {
  type CloudFormationTemplate,
  onlyResource,
  type Resource,
  resourcesOf,
  stateMachineOf,
  textOf,
} from '../template-reading.ts';

let directory: string;
let template: CloudFormationTemplate;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'infra-stack-operation-'));
  template = (await synthesize(directory)).template as CloudFormationTemplate;
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const coordinators = () => onlyResource(template, 'Custom::CoordinatorCluster');

/** Everything that must be there before it, through all references and dependencies. */
function thereBefore(logicalId: string, found = new Set<string>()): Set<string> {
  const resource = template.Resources[logicalId];
  const named = JSON.stringify([resource?.Properties, resource?.DependsOn]).matchAll(/"(\w+)"/g);
  for (const [, name = ''] of named) {
    if (!(name in template.Resources) || found.has(name)) continue;
    found.add(name);
    thereBefore(name, found);
  }
  return found;
}

const ids = (type: string) => resourcesOf(template, type).map(([id]) => id);

describe('the stack’s coordinators', () => {
  it('template: they and the address keep their logical ids: under another one CloudFormation would delete them', () => {
    expect(coordinators()[0]).toBe('FailoverStackCoordinators98177685');
    expect(ids('AWS::EC2::NetworkInterface')).toEqual(['FailoverAddressNetworkInterface0D131E03']);
  });

  it('template: what starts failovers by itself comes after them, and goes before', () => {
    const [id] = coordinators();
    for (const rule of ids('AWS::Events::Rule')) expect([...thereBefore(rule)]).toContain(id);
  });

  it('template: whatever a failover needs is there before them, and stays until they are gone', () => {
    const [id] = coordinators();
    const needed = thereBefore(id);
    const types = [
      'AWS::Lambda::Function',
      'AWS::StepFunctions::StateMachine',
      'AWS::EC2::NetworkInterface',
      'AWS::EC2::LaunchTemplate',
      'AWS::IAM::InstanceProfile',
      'AWS::EC2::SecurityGroup',
    ];
    for (const type of types) {
      for (const resource of ids(type)) expect([...needed], type).toContain(resource);
    }
    const policies = ids('AWS::IAM::Policy').filter((policy) => !policy.includes('Events'));
    for (const policy of policies) expect([...needed]).toContain(policy);
  });

  it('template: a timing is no property of them, so that its change moves nobody', () => {
    const [, { Properties }] = coordinators();
    expect(Object.keys(Properties).toSorted()).toEqual([
      'ClusterName',
      'FailoverStateMachine',
      'HACoordinatorsCount',
      'LaunchTemplateId',
      'LaunchTemplateVersion',
      'NetworkInterfaceId',
      'ServiceToken',
      'StateMachine',
    ]);
    expect(textOf(Properties.LaunchTemplateVersion)).toContain('LatestVersionNumber>');
  });

  it('template: the permission to answer stays out of the log', () => {
    const [, machine] = stateMachineOf(template, 'Stack');
    expect(machine.Properties.LoggingConfiguration).toMatchObject({
      IncludeExecutionData: false,
      Level: 'ALL',
    });
  });

  it('permissions: who receives may start this state machine, who answers may do nothing', () => {
    expect(actionsOf('ReceiveStackEvent')).toEqual(['states:StartExecution']);
    expect(actionsOf('AnswerCloudformation')).toEqual([]);
  });

  it('permissions: who takes steps terminates this cluster, marks this address, and no more', () => {
    expect(actionsOf('AdvanceStackOperation')).toEqual([
      'ec2:CreateTags',
      'ec2:DescribeInstances',
      'ec2:DescribeLaunchTemplateVersions',
      'ec2:DescribeNetworkInterfaces',
      'ec2:TerminateInstances',
      'states:GetExecutionHistory',
      'states:ListExecutions',
      'states:StartExecution',
      'states:StopExecution',
    ]);
    const statements = statementsOf('AdvanceStackOperation');
    expect(statements.find(({ Action }) => Action === 'ec2:TerminateInstances')).toMatchObject({
      Condition: {
        StringEquals: {
          'aws:ResourceTag/coordinator-failover:cluster': { Ref: 'AWS::StackName' },
        },
      },
    });
    expect(statements.find(({ Action }) => Action === 'ec2:CreateTags')).toMatchObject({
      Condition: {
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['coordinator-failover:stack-deleting'] },
      },
    });
  });
});

interface Statement {
  readonly Action: string | readonly string[];
  readonly Condition?: object;
}

function statementsOf(part: string): readonly Statement[] {
  const [, policy] = resourcesOf(template, 'AWS::IAM::Policy').find(([id]) =>
    id.includes(part),
  ) as [string, Resource];
  const { Statement: statements } = policy.Properties.PolicyDocument as {
    Statement: readonly (Statement & { Sid?: string })[];
  };
  return statements.filter(({ Sid }) => Sid !== 'OwnLog');
}

function actionsOf(part: string): string[] {
  return [...new Set(statementsOf(part).flatMap(({ Action }) => Action))].toSorted();
}
