/** IAM: who calls, and what the conditions in our policies can rest on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { synthesize } from '../../infra/synthesize.ts';
import { type CloudFormationTemplate, resourcesOf, textOf } from '../infra/template-reading.ts';
import { clientsFor, localAccount } from './others/account.ts';
import type { Area } from './row.ts';

export const permissions: Area = {
  title: 'IAM',
  file: 'test/fidelity/permissions.ts',
  isRealTime: true,
  rows: [
    {
      behaviour: 'every role has credentials of its own; every call is known by its principal',
      source: 'IAM user guide, roles; CloudTrail user guide, userIdentity',
      localCloud: 'The same; the cloud keeps each call with its principal, input and error.',
      check: async () => {
        const account = await localAccount();
        const arns = ['survey', 'launch-standby'].map((name) => `arn:aws:iam::1:role/${name}`);
        for (const arn of arns) {
          const { ec2 } = clientsFor(account.endpoint, account.credentialsOf(arn));
          await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
        }
        await account.stop();
        expect(account.calls).toMatchObject(
          arns.map((principalArn) => ({
            operation: 'DescribeInstances',
            principalArn,
            input: { MaxResults: 5 },
          })),
        );
      },
    },
    {
      behaviour: 'a call that no policy allows is denied: `UnauthorizedOperation`, `AccessDenied`',
      source: 'IAM user guide, policy evaluation logic',
      localCloud:
        'DIFFERS: policies are kept and not enforced yet. What the roles may do is tested on the template (test/infra/permissions.test.ts).',
      check: async () => {
        const account = await localAccount();
        const nobody = account.credentialsOf('arn:aws:iam::1:role/without-any-policy');
        const { ec2 } = clientsFor(account.endpoint, nobody);
        const answer = await ec2.send(new DescribeInstancesCommand({}));
        await account.stop();
        expect(answer.Reservations).toEqual([]);
      },
    },
    {
      behaviour:
        'an action knows certain resource types and, for each, certain condition keys; a statement with another matches nothing',
      source:
        'Service Authorization Reference, Amazon EC2 and Amazon CloudWatch (read in iann0036/iam-dataset, aws/iam_definition.json); CloudWatch user guide, iam-cw-condition-keys-namespace',
      localCloud:
        'Not there. The check holds the template’s statements against the reference: resource types and condition keys.',
      check: async () => {
        const statements = await templateStatements();
        expect(statements.length).toBeGreaterThan(15);
        expect(statements.flatMap(problemsOf)).toEqual([]);
      },
    },
    {
      behaviour: 'an action on several required resource types must be allowed on each of them',
      source:
        'Service Authorization Reference: required types are marked with an asterisk (RunInstances: image, instance, network-interface, security-group, subnet; Attach and DetachNetworkInterface: instance, network-interface)',
      localCloud: 'Not there. The check looks for each required type in the role’s statements.',
      check: async () => {
        const byRole = Map.groupBy(await templateStatements(), ({ role }) => role);
        const missing = [...byRole].flatMap(([role, statements]) =>
          missingTypesOf(role, statements),
        );
        expect(missing).toEqual([]);
      },
    },
  ],
};

const tagged = ['aws:ResourceTag'];
const created = ['aws:RequestTag', 'aws:TagKeys', 'ec2:LaunchTemplate'];
const used = ['aws:ResourceTag', 'ec2:LaunchTemplate'];
const tagging = ['aws:ResourceTag', 'aws:RequestTag', 'aws:TagKeys', 'ec2:CreateAction'];

/**
 * Per action, its resource types (`*` = required) and the condition keys among ours that each knows.
 * `any` stands for actions that know no resources.
 */
const reference: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'ec2:RunInstances': {
    'instance*': created,
    'network-interface*': created,
    'image*': used,
    'security-group*': used,
    'subnet*': used,
    volume: created,
    'launch-template': used,
  },
  'ec2:AttachNetworkInterface': { 'instance*': tagged, 'network-interface*': tagged },
  'ec2:DetachNetworkInterface': { 'instance*': tagged, 'network-interface*': tagged },
  'ec2:ModifyNetworkInterfaceAttribute': {
    'network-interface*': tagged,
    instance: tagged,
    'security-group': tagged,
  },
  'ec2:TerminateInstances': { 'instance*': tagged },
  'ec2:CreateTags': { instance: tagging, volume: tagging, 'network-interface': tagging },
  'ec2:CreateNetworkInterface': {
    'network-interface*': created,
    'subnet*': tagged,
    'security-group': tagged,
  },
  'ec2:DeleteNetworkInterface': { 'network-interface*': tagged },
  'ec2:AssignPrivateIpAddresses': { 'network-interface*': tagged },
  'ec2:UnassignPrivateIpAddresses': { 'network-interface*': tagged },
  'ec2:DescribeInstances': { any: [] },
  'ec2:DescribeInstanceStatus': { any: [] },
  'ec2:DescribeNetworkInterfaces': { any: [] },
  'ec2:DescribeSubnets': { any: [] },
  'cloudwatch:GetMetricData': { any: [] },
  'cloudwatch:PutMetricData': { any: ['cloudwatch:namespace'] },
  // Without a name it is asked about all alarms.
  'cloudwatch:DescribeAlarms': { 'alarm*': tagged, any: [] },
  'cloudwatch:SetAlarmState': { 'alarm*': tagged },
};

interface Statement {
  readonly role: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly types: readonly string[];
  readonly keys: readonly string[];
}

/** What the template's roles may do in EC2 and CloudWatch. */
async function templateStatements(): Promise<Statement[]> {
  const directory = await mkdtemp(join(tmpdir(), 'fidelity-permissions-'));
  const { template } = await synthesize(directory);
  await rm(directory, { recursive: true, force: true });
  return resourcesOf(template as CloudFormationTemplate, 'AWS::IAM::Policy').flatMap(
    ([, { Properties }]) => {
      const { PolicyDocument, Roles } = Properties as {
        PolicyDocument: { Statement: Record<string, unknown>[] };
        Roles: { Ref: string }[];
      };
      return PolicyDocument.Statement.map((statement) => ({
        role: Roles.map(({ Ref }) => Ref).join(),
        effect: String(statement.Effect),
        actions: [statement.Action]
          .flat()
          .map(String)
          .filter((action) => /^(ec2|cloudwatch):/.test(action)),
        types: [statement.Resource].flat().map(typeOf),
        keys: Object.values((statement.Condition ?? {}) as Record<string, object>)
          .flatMap((test) => Object.keys(test))
          .map((key) => key.split('/')[0] ?? key),
      })).filter(({ actions }) => actions.length > 0);
    },
  );
}

/** `instance` of an instance's ARN; `alarm` of an alarm's attribute; `any` of `*`. */
function typeOf(resource: unknown): string {
  const text = textOf(resource);
  if (text === '*') return 'any';
  const [, ec2Type] = /:ec2:.*:([a-z-]+)\//.exec(text) ?? [];
  return ec2Type ?? (/^<\w+\.Arn>$/.test(text) ? 'alarm' : text);
}

function problemsOf({ actions, types, keys }: Statement): string[] {
  return actions.flatMap((action) => {
    const known = reference[action];
    if (known === undefined) return [`${action} is not in the table above: look it up.`];
    return types.flatMap((type) => {
      const itsKeys = known[type] ?? known[`${type}*`];
      if (itsKeys === undefined) return [`${action} knows no resource of the type ${type}.`];
      const unknown = keys.filter((key) => !itsKeys.includes(key));
      return unknown.map((key) => `${action} on ${type} knows no condition key ${key}.`);
    });
  });
}

function missingTypesOf(role: string, statements: readonly Statement[]): string[] {
  const allowing = statements.filter(({ effect }) => effect === 'Allow');
  return [...new Set(allowing.flatMap(({ actions }) => actions))].flatMap((action) => {
    const types = allowing.flatMap((one) => (one.actions.includes(action) ? one.types : []));
    const required = Object.keys(reference[action] ?? {}).filter((type) => type.endsWith('*'));
    return required
      .map((type) => type.slice(0, -1))
      .filter((type) => !types.includes(type) && !types.includes('any'))
      .map((type) => `${role}: ${action} is not allowed on any ${type}.`);
  });
}
