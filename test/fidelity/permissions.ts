/** IAM: who calls, and what the conditions in our policies can rest on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { synthesize } from '../../infra/synthesize.ts';
import { actionTable } from '../../local-cloud/iam/action-table.ts';
import { type CloudFormationTemplate, resourcesOf, textOf } from '../infra/template-reading.ts';
import { iamFixture } from '../local-cloud/iam/iam-fixture.ts';
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
      behaviour:
        'a call that no policy allows is refused, in words that name caller, action and resource: `UnauthorizedOperation` by EC2, `AccessDenied` by CloudWatch, `AccessDeniedException` by Step Functions and Lambda, `AuthorizationError` by SNS',
      source:
        'IAM user guide, troubleshooting access denied error messages; reports: aws/karpenter-provider-aws issue 7370, aws-samples/amazon-cloudwatch-auto-alarms issue 1, FormidableLabs/aws-lambda-serverless-reference issue 31',
      localCloud:
        'The same. The encoded message is there, and cannot be decoded by sts:DecodeAuthorizationMessage.',
      check: async () => {
        const fixture = await iamFixture();
        const nobody = fixture.role('nobody');
        const who = 'User: arn:aws:sts::123456789012:assumed-role/nobody/session';
        const describe = fixture.call(nobody, 'ec2', 'DescribeInstances', {});
        await expect(describe).rejects.toMatchObject({
          code: 'UnauthorizedOperation',
          status: 403,
          message: `You are not authorized to perform this operation. ${who} is not authorized to perform: ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action`,
        });
        const alarm = { AlarmName: 'health', StateValue: 'OK', StateReason: 'test' };
        await expect(
          fixture.call(nobody, 'cloudwatch', 'SetAlarmState', alarm),
        ).rejects.toMatchObject({
          code: 'AccessDenied',
          status: 403,
          message: `${who} is not authorized to perform: cloudwatch:SetAlarmState on resource: arn:aws:cloudwatch:us-east-1:123456789012:alarm:health because no identity-based policy allows the cloudwatch:SetAlarmState action`,
        });
        await fixture.stop();
      },
    },
    {
      behaviour:
        'an action knows certain resource types and, for each, certain condition keys; a statement with another matches nothing',
      source:
        'Service Authorization Reference, Amazon EC2 and Amazon CloudWatch (read in iann0036/iam-dataset, aws/iam_definition.json); CloudWatch user guide, iam-cw-condition-keys-namespace',
      localCloud:
        'The same: a request carries the keys of its action and type alone (local-cloud/iam/action-table.ts). The check holds the template’s statements against that table.',
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
      localCloud: 'The same. The check looks for each required type in the role’s statements.',
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
    const known = actionTable[action];
    if (known === undefined) return [`${action} is not in the table above: look it up.`];
    return types.flatMap((type) => {
      // "*" is every type.
      const itsKeys =
        type === 'any' ? Object.values(known).flat() : (known[type] ?? known[`${type}*`]);
      if (itsKeys === undefined) return [`${action} knows no resource of the type ${type}.`];
      // What tells of the caller goes with every action.
      const unknown = keys.filter((key) => !itsKeys.includes(key) && !key.startsWith('lambda:'));
      return unknown.map((key) => `${action} on ${type} knows no condition key ${key}.`);
    });
  });
}

function missingTypesOf(role: string, statements: readonly Statement[]): string[] {
  const allowing = statements.filter(({ effect }) => effect === 'Allow');
  return [...new Set(allowing.flatMap(({ actions }) => actions))].flatMap((action) => {
    const types = allowing.flatMap((one) => (one.actions.includes(action) ? one.types : []));
    const required = Object.keys(actionTable[action] ?? {}).filter((type) => type.endsWith('*'));
    return required
      .map((type) => type.slice(0, -1))
      .filter((type) => !types.includes(type) && !types.includes('any'))
      .map((type) => `${role}: ${action} is not allowed on any ${type}.`);
  });
}
