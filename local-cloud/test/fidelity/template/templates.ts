/** What a template may have: types of resources, intrinsic functions, parameters. */
import { expect } from 'vitest';
import { noLatencies } from '../../../chance/latency.ts';
import { randomFrom } from '../../../chance/random.ts';
import { createEventBus } from '../../../event-bus/event-bus.ts';
import { createIdentities } from '../../../template/identities.ts';
import { resolveIntrinsics, type Scope } from '../../../template/intrinsics.ts';
import { parameterValues } from '../../../template/parameters.ts';
import { resourceMakers } from '../../../template/resource-makers.ts';
import { manualClock } from '../../../time/manual-clock.ts';
import { cloudWatchFixture } from '../../cloudwatch/cloudwatch-fixture.ts';
import { stackOf, thing } from '../../template/stack-fixture.ts';
import type { Area } from '../row.ts';

/** What makes alarms and rules reads their properties itself; the others have nothing to make with. */
const makers = resourceMakers({
  random: randomFrom(1),
  cloudWatch: cloudWatchFixture().cloudWatch,
  eventBus: createEventBus({
    clock: manualClock(),
    random: randomFrom(1),
    latencies: noLatencies,
    region: 'eu-central-1',
    accountId: '123456789012',
    startExecution: async () => {},
  }),
  identities: createIdentities({
    accountId: '123456789012',
    addInstanceProfile: () => 'arn',
    removeInstanceProfile: () => {},
  }),
} as never);

export const cloudFormationTemplates: Area = {
  title: 'CloudFormation, templates',
  file: 'test/fidelity/template/templates.ts',
  rows: [
    {
      behaviour:
        'a resource becomes what its type says; `Ref` and `Fn::GetAtt` of it give what the type’s page says',
      source: 'CloudFormation template reference, the types’ pages: Properties, Return values',
      localCloud:
        'The same, as far as the failover needs it, for `AWS::EC2::NetworkInterface`, `AWS::EC2::LaunchTemplate`, `AWS::Lambda::Function`, `AWS::Lambda::Permission`, `AWS::StepFunctions::StateMachine`, `AWS::CloudWatch::Alarm`, `AWS::Events::Rule`, `AWS::SNS::Topic`, `AWS::SNS::TopicPolicy`, `AWS::SQS::Queue`, `AWS::SQS::QueuePolicy`, `AWS::IAM::Role`, `AWS::IAM::Policy`, `AWS::IAM::ManagedPolicy`, `AWS::IAM::InstanceProfile` and `AWS::CloudFormation::CustomResource`. A property that a type does not take here is an error by its name.',
      check: async () => {
        const outcomes = await Promise.all(
          Object.entries(makers).map(async ([type, make]) => {
            const from = { logicalId: 'A', type, stackTags: {}, nameOf: () => 'a' };
            const made = (async () => make({ ...from, properties: { ShoeSize: 9 } }))();
            return [type, await made.then(() => 'made', String)] as const;
          }),
        );
        expect(
          outcomes.filter(([, outcome]) => !outcome.includes('ShoeSize')).map(([type]) => type),
        ).toEqual(['AWS::CloudFormation::CustomResource', 'AWS::CDK::Metadata']);
      },
    },
    {
      behaviour: 'some resources are looked at, or keep something, and do nothing else',
      source: 'CloudFormation template reference, the types’ pages',
      localCloud:
        'There to be referred to, their properties checked, without effect: `AWS::CloudWatch::Dashboard`, `AWS::Logs::LogGroup` (nothing expires), `AWS::SNS::Subscription` (nobody is sent anything), `AWS::EC2::SecurityGroup`, `AWS::EC2::SecurityGroupIngress`, `AWS::EC2::SecurityGroupEgress` (no packet is waiting for an operator), `AWS::CDK::Metadata`.',
      check: async () => {
        const log = { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 1 } };
        const { stack } = stackOf({ Resources: { Log: log } }, {}, {}, makers);
        expect(await stack.create()).toBe('CREATE_COMPLETE');
        expect(stack.resources().get('Log')?.type).toBe(log.Type);
      },
    },
    {
      behaviour: 'CloudFormation knows some thousand types of resources',
      source: 'CloudFormation template reference, AWS resource and property types',
      localCloud:
        'DIFFERS: a type that is not made here is passed over and listed (`unsupported`); what refers to it fails. A test holds that list of our template to be empty.',
      check: async () => {
        const bucket = { Type: 'AWS::S3::Bucket' };
        const one = stackOf({ Resources: { Bucket: bucket } });
        expect(await one.stack.create()).toBe('CREATE_COMPLETE');
        expect(one.stack.unsupported()).toEqual(['AWS::S3::Bucket']);
        const other = stackOf({
          Resources: { Bucket: bucket, A: thing({ bucket: { Ref: 'Bucket' } }) },
        });
        expect(await other.stack.create()).toBe('ROLLBACK_COMPLETE');
      },
    },
    {
      behaviour:
        'intrinsic functions: `Ref`, `Condition`, `Fn::And`, `Fn::Base64`, `Fn::Contains`, `Fn::Equals`, `Fn::FindInMap`, `Fn::GetAtt`, `Fn::If`, `Fn::Join`, `Fn::Not`, `Fn::Or`, `Fn::Select`, `Fn::Split`, `Fn::Sub`; `AWS::NoValue` leaves a property out',
      source: 'CloudFormation template reference, intrinsic functions, pseudo parameters',
      localCloud:
        'The same for these; any other is an error by its name. `Fn::Contains` is taken everywhere, on AWS in rules only.',
      check: () => {
        for (const [value, expected] of intrinsics) {
          expect(resolveIntrinsics(value, scope)).toEqual(expected);
        }
        const refusal = (() => {
          try {
            return resolveIntrinsics({ 'Fn::Nonsense': 1 }, scope);
          } catch (error) {
            return String(error);
          }
        })();
        const known = /implements: (.*)\.$/.exec(String(refusal))?.[1]?.split(', ') ?? [];
        const tried = JSON.stringify(intrinsics);
        expect(known.length).toBeGreaterThan(10);
        expect(known.filter((name) => !tried.includes(`"${name}"`))).toEqual([]);
      },
    },
    {
      behaviour:
        'a parameter has a type and limits: `AllowedValues`, `AllowedPattern`, `MinLength`, `MaxLength`, `MinValue`, `MaxValue`; one without a default must be given',
      source: 'CloudFormation user guide, parameters',
      localCloud:
        'The same for `String`, `Number`, `CommaDelimitedList` and ids of EC2, which are not looked up. A value from the parameter store is always 99: CDK asks so for the version of its bootstrap stack.',
      check: () => {
        const value = (declared: object, given?: string) => () =>
          parameterValues({ P: declared }, given === undefined ? {} : { P: given }).get('P')?.value;
        const text = { Type: 'String', AllowedPattern: '[a-z]+', MinLength: 2, MaxLength: 3 };
        expect(value(text, 'abc')()).toBe('abc');
        for (const wrong of ['a', 'abcd', 'AB']) expect(value(text, wrong)).toThrow(/P is "/);
        const number = { Type: 'Number', MinValue: 1, MaxValue: 9, Default: 2 };
        expect(value(number)()).toBe('2');
        for (const wrong of ['0', '10', 'x']) expect(value(number, wrong)).toThrow('from 1 to 9');
        expect(value({ Type: 'String', AllowedValues: ['a'] }, 'b')).toThrow('one of a');
        expect(value({ Type: 'String' })).toThrow('needs a value');
        expect(value({ Type: 'List<Number>' }, '1')).toThrow('List<Number>');
        expect(value({ Type: 'AWS::SSM::Parameter::Value<String>', Default: '/a' })()).toBe('99');
        expect(() => parameterValues({}, { Q: '1' })).toThrow('no parameter Q');
      },
    },
    {
      behaviour:
        'a rule of the template that is not kept fails the stack before anything is made; so do references to nothing and in a circle',
      source: 'CloudFormation template reference, Rules; user guide, stack creation',
      localCloud: 'The same, with what the rule says of itself.',
      check: async () => {
        const Assertions = [{ Assert: { 'Fn::Equals': ['a', 'b'] }, AssertDescription: 'Never.' }];
        for (const [template, message] of [
          [{ Rules: { R: { Assertions } }, Resources: { A: thing() } }, 'Never.'],
          [{ Resources: { A: thing({ b: { Ref: 'B' } }) } }, 'refers to B'],
          [{ Resources: { A: thing({ a: { Ref: 'A' } }) } }, 'A -> A'],
        ] as const) {
          const { stack, done } = stackOf(template);
          await expect(stack.create()).rejects.toThrow(message);
          expect(done).toEqual([]);
        }
      },
    },
  ],
};

const scope: Scope = {
  ref: (name) => `<${name}>`,
  attribute: (logicalId, attribute) => `<${logicalId}.${attribute}>`,
  condition: (name) => name === 'Yes',
  mapping: (...names) => names.join('/'),
};

const intrinsics: readonly (readonly [unknown, unknown])[] = [
  [{ Ref: 'A' }, '<A>'],
  [{ 'Fn::GetAtt': ['A', 'Arn'] }, '<A.Arn>'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, 'a-<B>'],
  [{ 'Fn::Sub': `\${A}/\${B.Arn}/\${!C}` }, `<A>/<B.Arn>/\${C}`],
  [{ 'Fn::Select': ['1', { 'Fn::Split': ['.', 'a.b.c'] }] }, 'b'],
  [{ 'Fn::Base64': 'ü' }, 'w7w='],
  [{ 'Fn::FindInMap': ['M', 'a', 'b'] }, 'M/a/b'],
  [{ 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
  [{ 'Fn::If': ['No', 'a', 'b'] }, 'b'],
  [{ 'Fn::Not': [{ 'Fn::Equals': ['a', 'a'] }] }, false],
  [{ 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
  [{ 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] }, true],
  [{ 'Fn::Contains': [['a', 'b'], 'c'] }, false],
];
