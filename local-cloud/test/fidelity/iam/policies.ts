/** IAM: how policies are evaluated. */
import { expect } from 'vitest';
import { readPolicy } from '../../../iam/policy-document.ts';
import { subnetId } from '../../ec2/fixture.ts';
import { policyOf, type StatementJson, withIam } from '../../iam/iam-fixture.ts';
import { type Area, refused } from '../row.ts';

const logic = 'IAM user guide, policy evaluation logic';
const ec2Arn = 'arn:aws:ec2:us-east-1:123456789012';
const topicArn = 'arn:aws:sns:us-east-1:123456789012:incidents';

export const policies: Area = {
  title: 'IAM, policies',
  file: 'test/fidelity/iam/policies.ts',
  rows: [
    {
      behaviour: 'an explicit deny wins over any allow, and the refusal says so',
      source: `${logic}; message: doug-macleod/Pipe-1Dev issue 13`,
      localCloud: 'The same.',
      check: withIam(async ({ role, call }) => {
        const caller = role(
          'both',
          { Action: 'ec2:*' },
          { Effect: 'Deny', Action: 'ec2:DescribeInstances' },
        );
        const denied = call(caller, 'ec2', 'DescribeInstances', {});
        await refused(denied, 'UnauthorizedOperation', /explicit deny in an identity-based policy/);
        await call(caller, 'ec2', 'DescribeNetworkInterfaces', {});
      }),
    },
    {
      behaviour:
        'in one account it is enough that the role or the resource allows; the account’s root may do everything',
      source: logic,
      localCloud: 'The same; policies of organizations, boundaries and sessions do not exist here.',
      check: withIam(async ({ role, call, authorizer, resourcePolicies }) => {
        const nobody = role('nobody');
        const request = { action: 'sns:Publish', resource: topicArn };
        expect(authorizer.refusalOf(nobody, request)).toMatch(/no identity-based policy allows/);
        const allowing = { Action: 'sns:Publish', Principal: { AWS: nobody.principalArn } };
        resourcePolicies.set('topic', topicArn, policyOf({ ...allowing, Resource: topicArn }));
        expect(authorizer.refusalOf(nobody, request)).toBeUndefined();
        const root = { accessKeyId: 'ROOT', principalArn: 'arn:aws:iam::123456789012:root' };
        await call(root, 'ec2', 'DescribeInstances', {});
      }),
    },
    {
      behaviour: 'an action that knows no resources is allowed by "*" alone',
      source: 'Service Authorization Reference, "Resource types"',
      localCloud: 'The same.',
      check: withIam(async ({ role, call }) => {
        const narrow = role('narrow', {
          Action: 'ec2:DescribeInstances',
          Resource: `${ec2Arn}:instance/*`,
        });
        await refused(call(narrow, 'ec2', 'DescribeInstances', {}), 'UnauthorizedOperation');
        const wide = role('wide', { Action: 'ec2:DescribeInstances' });
        await call(wide, 'ec2', 'DescribeInstances', {});
      }),
    },
    {
      behaviour: 'of several resources that a call names, each must be allowed',
      source: 'Service Authorization Reference, "required resources"; EC2 user guide, IAM policies',
      localCloud: 'The same. An id that EC2 does not know is asked about without tags (Estimate).',
      check: withIam(async ({ role, call, seed }) => {
        const ours = [{ Key: 'cluster', Value: 'one' }];
        const [mine, other] = [await seed({ tags: ours }), await seed()];
        const condition = { StringEquals: { 'aws:ResourceTag/owner': 'me' } };
        const caller = role('owner', { Action: 'ec2:TerminateInstances', Condition: condition });
        const tagger = role('tagger', { Action: 'ec2:CreateTags' });
        const tags = [{ Key: 'owner', Value: 'me' }];
        await call(tagger, 'ec2', 'CreateTags', { Resources: [mine], Tags: tags });
        const terminate = (...ids: string[]) =>
          call(caller, 'ec2', 'TerminateInstances', { InstanceIds: ids });
        await refused(
          terminate(mine, other),
          'UnauthorizedOperation',
          new RegExp(`${other} because`),
        );
        await refused(terminate('i-00000000000000009'), 'UnauthorizedOperation');
        await terminate(mine);
      }),
    },
    {
      behaviour:
        'a launch is asked about for instance, network interface, volume, image, subnet, security groups, key pair and launch template; tags at creation ask for ec2:CreateTags with `ec2:CreateAction`, a role for iam:PassRole',
      source:
        'Service Authorization Reference, RunInstances; EC2 user guide, grant permission to tag during creation; IAM user guide, pass a role',
      localCloud: 'The same, as far as the template can use them.',
      check: withIam(async ({ role, call, launchTemplateId }) => {
        const launch = {
          LaunchTemplate: { LaunchTemplateId: launchTemplateId, Version: '1' },
          SubnetId: subnetId,
          KeyName: 'operators',
          MinCount: 1,
          MaxCount: 1,
        };
        const all = launchStatements(launchTemplateId);
        expect(all).toHaveLength(10);
        for (const missing of all) {
          const caller = role('launcher', ...all.filter((one) => one !== missing));
          const action = String(missing.Action);
          const words = new RegExp(`is not authorized to perform: ${action} on resource: `);
          await refused(
            call(caller, 'ec2', 'RunInstances', launch),
            'UnauthorizedOperation',
            words,
          );
        }
        await call(role('launcher', ...all), 'ec2', 'RunInstances', launch);
      }),
    },
    {
      behaviour:
        'a dry run tells whether the call would be allowed: `UnauthorizedOperation` or `DryRunOperation`',
      source: 'EC2 API reference, DryRun',
      localCloud: 'The same.',
      check: withIam(async ({ role, call, seed }) => {
        const input = { InstanceIds: [await seed()], DryRun: true };
        const allowed = role('allowed', { Action: 'ec2:TerminateInstances' });
        await refused(call(allowed, 'ec2', 'TerminateInstances', input), 'DryRunOperation');
        const nobody = role('nobody');
        await refused(call(nobody, 'ec2', 'TerminateInstances', input), 'UnauthorizedOperation');
      }),
    },
    {
      behaviour:
        'a condition on a key that the request does not have does not hold, but for negated operators, `...IfExists`, `Null` and `ForAllValues:`, which is true of nothing',
      source: 'IAM user guide, condition operators; multivalued context keys',
      localCloud:
        'The same, for strings, ARNs, booleans and Null; dates, numbers and IP addresses are not there.',
      check: () => {
        for (const [operator, key, value, context, holds] of conditionCases) {
          const [statement] = readPolicy(
            'policy',
            policyOf({ Action: 'ec2:*', Condition: { [operator]: { [key]: value } } }),
            'identity',
          );
          const found = statement?.condition((name) => context[name.toLowerCase()]);
          expect([operator, value, context, found]).toEqual([operator, value, context, holds]);
        }
      },
    },
    {
      behaviour: 'in an ARN a wildcard stays between two colons, but for the last part',
      source: 'IAM user guide, JSON policy elements: Resource',
      localCloud: 'The same.',
      check: () => {
        const cases = [
          [`${ec2Arn}:instance/*`, `${ec2Arn}:instance/i-1`, true],
          [`${ec2Arn}:instance/i-?`, `${ec2Arn}:instance/i-12`, false],
          ['arn:aws:ec2:*:instance/*', `${ec2Arn}:instance/i-1`, false],
          [
            'arn:aws:logs:us-east-1:1:log-group:a:*',
            'arn:aws:logs:us-east-1:1:log-group:a:log-stream:b',
            true,
          ],
        ] as const;
        for (const [pattern, arn, matches] of cases) {
          const [statement] = readPolicy(
            'policy',
            policyOf({ Action: 'ec2:*', Resource: pattern }),
            'identity',
          );
          expect([pattern, arn, statement?.resource(arn)]).toEqual([pattern, arn, matches]);
        }
      },
    },
    {
      behaviour: 'a policy may name any condition key, and a wildcard that nothing matches',
      source: 'IAM user guide, JSON policy reference',
      localCloud:
        'DIFFERS: an action, an operator, a key or an element that nothing here evaluates is an error when the template is loaded. A grant that cannot be enforced cannot be proven.',
      check: () => {
        const read = (statement: object) => () =>
          readPolicy('policy', policyOf(statement as StatementJson), 'identity');
        expect(read({ Action: 'ec2:RebootInstances' })).toThrow('ec2:RebootInstances');
        expect(read({ Action: 'rds:*' })).toThrow('rds:*');
        expect(read({ Action: 'ec2:*', NotResource: '*' })).toThrow('NotResource');
        const condition = (test: object) => read({ Action: 'ec2:*', Condition: test });
        expect(condition({ DateLessThan: { 'aws:TagKeys': 'a' } })).toThrow('DateLessThan');
        expect(condition({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } })).toThrow(
          'MultiFactor',
        );
        expect(condition({ StringEquals: { 'aws:TagKeys': `\${aws:username}` } })).toThrow(
          'variable',
        );
      },
    },
    {
      behaviour:
        'a role is used only by whom its trust policy names, under the conditions that it names',
      source: 'IAM user guide, roles: terms and concepts; the confused deputy problem',
      localCloud: 'The same, for service principals: Lambda, Step Functions, EventBridge, EC2.',
      check: withIam(({ trusting, authorizer }) => {
        const arn = trusting('machine', {
          Principal: { Service: 'states.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
        });
        const by = (name: string) =>
          authorizer.refusalToAssume({ name, sourceArn: 'arn:aws:states:us-east-1:1:x' }, arn);
        expect(by('states.amazonaws.com')).toBeUndefined();
        expect(by('lambda.amazonaws.com')).toMatch(/is not authorized to perform: sts:AssumeRole/);
      }),
    },
  ],
};

function launchStatements(launchTemplateId: string): StatementJson[] {
  const resources = [
    `${ec2Arn}:instance/*`,
    `${ec2Arn}:network-interface/*`,
    `${ec2Arn}:volume/*`,
    'arn:aws:ec2:us-east-1::image/ami-00000000000000001',
    `${ec2Arn}:subnet/${subnetId}`,
    `${ec2Arn}:security-group/sg-2`,
    `${ec2Arn}:key-pair/operators`,
    `${ec2Arn}:launch-template/${launchTemplateId}`,
  ];
  return [
    ...resources.map((Resource) => ({ Action: 'ec2:RunInstances', Resource })),
    {
      Action: 'ec2:CreateTags',
      Resource: `${ec2Arn}:instance/*`,
      Condition: {
        StringEquals: { 'ec2:CreateAction': 'RunInstances', 'aws:RequestTag/cluster': 'one' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['cluster'] },
      },
    },
    {
      Action: 'iam:PassRole',
      Resource: 'arn:aws:iam::123456789012:role/host',
      Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    },
  ];
}

type Context = Readonly<Record<string, readonly string[]>>;

const key = 'aws:TagKeys';
const some: Context = { 'aws:tagkeys': ['a', 'b'] };
const one: Context = { 'aws:tagkeys': ['a'] };

const conditionCases: readonly (readonly [string, string, string | string[], Context, boolean])[] =
  [
    ['StringEquals', key, 'a', one, true],
    ['StringEquals', key, ['b', 'a'], one, true],
    ['StringEquals', key, 'A', one, false],
    ['StringEquals', key, 'a', {}, false],
    ['StringEqualsIfExists', key, 'a', {}, true],
    ['StringNotEquals', key, 'a', one, false],
    ['StringNotEquals', key, 'a', {}, true],
    ['StringLike', key, 'a*', { 'aws:tagkeys': ['abc'] }, true],
    ['StringEqualsIgnoreCase', key, 'A', one, true],
    [
      'ArnEquals',
      'aws:SourceArn',
      'arn:aws:a:b:c:d-*',
      { 'aws:sourcearn': ['arn:aws:a:b:c:d-1'] },
      true,
    ],
    [
      'ArnNotLike',
      'aws:SourceArn',
      'arn:aws:a:b:c:*',
      { 'aws:sourcearn': ['arn:aws:a:b:c:d'] },
      false,
    ],
    ['Bool', 'aws:SecureTransport', 'false', { 'aws:securetransport': ['true'] }, false],
    ['Null', key, 'false', one, true],
    ['Null', key, 'false', {}, false],
    ['Null', key, 'true', {}, true],
    ['ForAllValues:StringEquals', key, 'a', one, true],
    ['ForAllValues:StringEquals', key, 'a', some, false],
    ['ForAllValues:StringEquals', key, 'a', {}, true],
    ['ForAnyValue:StringEquals', key, 'a', some, true],
    ['ForAnyValue:StringEquals', key, 'a', {}, false],
  ];
