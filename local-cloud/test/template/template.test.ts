import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../chance/random.ts';
import type { ToBeMade } from '../../template/resource.ts';
import { createNow, createStack } from '../../template/stack.ts';

/** Deploys with two types: `Test::Thing`, which is made, and anything else, which is not. */
async function deploy(template: object, parameters: Record<string, string> = {}) {
  const made: ToBeMade[] = [];
  const stack = createStack({
    template,
    parameters,
    stackName: 'analytics',
    region: 'eu-central-1',
    accountId: '123456789012',
    random: randomFrom(1),
    makers: {
      'Test::Thing'(resource) {
        made.push(resource);
        const { logicalId } = resource;
        return { physicalId: `id-${logicalId}`, attributes: { Arn: `arn-${logicalId}` } };
      },
    },
  });
  await createNow(stack);
  return {
    outputs: stack.outputs(),
    resources: stack.resources(),
    unsupported: stack.unsupported(),
    made,
  };
}

const thing = (properties: object = {}, more: object = {}) => ({
  Type: 'Test::Thing',
  Properties: properties,
  ...more,
});

describe('template', () => {
  test('is made in the order of its references, with their values', async () => {
    const { made, outputs, resources } = await deploy({
      Resources: {
        Last: thing({ name: { 'Fn::GetAtt': ['First', 'Arn'] } }, { DependsOn: 'Middle' }),
        Middle: thing({ text: { 'Fn::Sub': `\${AWS::StackName} in \${AWS::Region}: \${First}` } }),
        First: thing(),
      },
      Outputs: { Url: { Value: { Ref: 'Last' } } },
    });
    expect(made.map(({ logicalId }) => logicalId)).toEqual(['First', 'Middle', 'Last']);
    expect(made[1]?.properties).toEqual({ text: 'analytics in eu-central-1: id-First' });
    expect(made[2]?.properties).toEqual({ name: 'arn-First' });
    expect(outputs).toEqual({ Url: 'id-Last' });
    expect(resources.get('Last')).toEqual({ type: 'Test::Thing', physicalId: 'id-Last' });
  });

  test('makes a list of a CommaDelimitedList, and holds each item against the pattern', async () => {
    const template = {
      Parameters: { Types: { Type: 'CommaDelimitedList', AllowedPattern: '^[a-z0-9]+\\.[a-z]+$' } },
      Resources: {
        Thing: thing({ all: { Ref: 'Types' }, first: { 'Fn::Select': [0, { Ref: 'Types' }] } }),
      },
    };
    const { made } = await deploy(template, { Types: 'm7i.large, m6i.large' });
    expect(made[0]?.properties).toEqual({ all: ['m7i.large', 'm6i.large'], first: 'm7i.large' });
    await expect(deploy(template, { Types: 'm7i.large,m6i' })).rejects.toThrow(
      'Parameter Types is "m7i.large,m6i", but must be of the form',
    );
  });

  test('leaves out what its conditions exclude', async () => {
    const template = {
      Parameters: { Cidr: { Type: 'String', Default: '' } },
      Conditions: { Asked: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Cidr' }, ''] }] } },
      Resources: {
        Always: thing({
          extra: { 'Fn::If': ['Asked', { Ref: 'Extra' }, { Ref: 'AWS::NoValue' }] },
        }),
        Extra: thing({}, { Condition: 'Asked' }),
      },
      Outputs: { Extra: { Condition: 'Asked', Value: { Ref: 'Extra' } } },
    };
    const without = await deploy(template);
    expect(without.made.map(({ properties }) => properties)).toEqual([{}]);
    expect(without.outputs).toEqual({});
    const withExtra = await deploy(template, { Cidr: '10.0.0.0/8' });
    expect(withExtra.outputs).toEqual({ Extra: 'id-Extra' });
  });

  test('lists the types that it passes over, once', async () => {
    const other = { Type: 'Test::Other' };
    const { unsupported, made } = await deploy({
      Resources: { A: other, B: other, C: thing() },
    });
    expect(unsupported).toEqual(['Test::Other']);
    expect(made).toHaveLength(1);
  });

  test('takes CDK’s bootstrap version as given', async () => {
    const { made } = await deploy({
      Parameters: {
        BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' },
      },
      Rules: {
        CheckBootstrapVersion: {
          Assertions: [
            {
              Assert: {
                'Fn::Not': [{ 'Fn::Contains': [['1', '2'], { Ref: 'BootstrapVersion' }] }],
              },
            },
          ],
        },
      },
      Resources: { A: thing() },
    });
    expect(made).toHaveLength(1);
  });

  test('makes names from the stack, the logical id and chance', async () => {
    const { made } = await deploy({ Resources: { Resource: thing() } });
    expect(made[0]?.nameOf(64)).toMatch(/^analytics-Resource-[A-Z0-9]{12}$/);
    expect(made[0]?.nameOf(30)).toMatch(/^analytics-Resourc-[A-Z0-9]{12}$/);
  });

  test.each([
    [
      'a resource that is not there',
      { Resources: { A: thing({ b: { Ref: 'B' } }) } },
      'Test::Thing A refers to B, which is neither a resource nor a parameter of the template.',
    ],
    [
      'DependsOn a resource that is not there',
      { Resources: { A: thing({}, { DependsOn: ['B'] }) } },
      'Test::Thing A refers to B, which is neither',
    ],
    [
      'an output of a resource that is not there',
      { Resources: { A: thing() }, Outputs: { Url: { Value: { Ref: 'B' } } } },
      'The output Url refers to B, which is neither',
    ],
    [
      'a resource that cannot be made',
      { Resources: { A: thing({ b: { Ref: 'B' } }), B: { Type: 'Test::Other' } } },
      'Test::Thing A: Test::Other B cannot be made by the local cloud.',
    ],
    [
      'an attribute that is not there',
      { Resources: { A: thing({ b: { 'Fn::GetAtt': ['B', 'Url'] } }), B: thing() } },
      'Test::Thing A: Test::Thing B has no attribute Url in the local cloud. It has: Arn.',
    ],
    [
      'a circle',
      { Resources: { A: thing({ b: { Ref: 'B' } }), B: thing({ a: { Ref: 'A' } }) } },
      'The template refers in a circle: A -> B -> A.',
    ],
    [
      'a condition that is not there',
      { Resources: { A: thing({}, { Condition: 'None' }) } },
      'The template has no condition None.',
    ],
    [
      'a rule that is not kept',
      {
        Rules: {
          R: { Assertions: [{ Assert: { 'Fn::Equals': [1, 2] }, AssertDescription: 'No.' }] },
        },
        Resources: {},
      },
      'The rule R is not kept: No.',
    ],
  ])('is refused with %s', async (_what, template, message) => {
    await expect(deploy(template)).rejects.toThrow(message);
  });
});

describe('template parameter', () => {
  const parameters = {
    Count: {
      Type: 'Number',
      Default: 2,
      MinValue: 1,
      MaxValue: 9,
      ConstraintDescription: 'must be a whole number from 1 to 9',
    },
    Port: { Type: 'Number', Default: 8080, MinValue: 1, MaxValue: 65535 },
    Cidr: { Type: 'String', Default: '10.0.0.0/8', AllowedPattern: '^[0-9./]+$' },
    Size: { Type: 'String', Default: 'small', AllowedValues: ['small', 'large'] },
    VpcId: { Type: 'AWS::EC2::VPC::Id' },
  };

  test('has its default, unless a value is given', async () => {
    const values = { count: { Ref: 'Count' }, port: { Ref: 'Port' }, vpc: { Ref: 'VpcId' } };
    const template = { Parameters: parameters, Resources: { A: thing(values) } };
    const { made } = await deploy(template, { VpcId: 'vpc-1', Count: '3' });
    expect(made[0]?.properties).toEqual({ count: '3', port: '8080', vpc: 'vpc-1' });
  });

  test.each([
    [
      { Count: '0' },
      'Parameter Count is "0", but must be a number from 1 to 9: it must be a whole',
    ],
    [{ Count: 'two' }, 'Parameter Count is "two", but must be a number from 1 to 9'],
    [{ Port: '' }, 'Parameter Port is "", but must be a number from 1 to 65535.'],
    [{ Cidr: 'all' }, 'Parameter Cidr is "all", but must be of the form ^[0-9./]+$.'],
    [{ Size: 'huge' }, 'Parameter Size is "huge", but must be one of small, large.'],
    [
      { Other: '1' },
      'The template has no parameter Other. It has: Count, Port, Cidr, Size, VpcId.',
    ],
    [{ VpcId: undefined }, 'Parameter VpcId needs a value: it has no default.'],
  ])('is refused: %j', async (given, message) => {
    const values = { VpcId: 'vpc-1', ...given } as Record<string, string>;
    await expect(deploy({ Parameters: parameters, Resources: {} }, values)).rejects.toThrow(
      message,
    );
  });
});
