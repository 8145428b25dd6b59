import { describe, expect, test } from 'vitest';
import { noValue, referencesIn, resolveIntrinsics, type Scope } from '../../template/intrinsics.ts';

const scope: Scope = {
  ref: (name) => (name === 'AWS::NoValue' ? noValue : `<${name}>`),
  attribute: (logicalId, attribute) => `<${logicalId}.${attribute}>`,
  condition: (name) => name === 'Yes',
  mapping: (name, first, second) => `${name}/${first}/${second}`,
};

describe('intrinsic function', () => {
  test.each([
    ['Ref', { Ref: 'A' }, '<A>'],
    ['GetAtt', { 'Fn::GetAtt': ['A', 'Arn'] }, '<A.Arn>'],
    ['GetAtt as text', { 'Fn::GetAtt': 'A.Outputs.Url' }, '<A.Outputs.Url>'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'B' }, 3]] }, 'a-<B>-3'],
    ['Sub', { 'Fn::Sub': `\${A}/\${B.Arn}/\${!C}` }, `<A>/<B.Arn>/\${C}`],
    ['Sub with variables', { 'Fn::Sub': [`\${x}-\${A}`, { x: { Ref: 'B' } }] }, '<B>-<A>'],
    ['Select of Split', { 'Fn::Select': ['1', { 'Fn::Split': ['.', 'a.b.c'] }] }, 'b'],
    ['Base64', { 'Fn::Base64': { 'Fn::Join': ['', ['a', 'ü']] } }, 'YcO8'],
    ['If, taken', { 'Fn::If': ['Yes', 'a', { Ref: 'B' }] }, 'a'],
    ['If, not taken', { 'Fn::If': ['No', 'a', { Ref: 'B' }] }, '<B>'],
    ['Equals', { 'Fn::Equals': ['8080', 8080] }, true],
    ['Not', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'a'] }] }, false],
    ['And', { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
    ['Or', { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] }, true],
    ['Contains', { 'Fn::Contains': [['a', 'b'], 'b'] }, true],
    ['FindInMap', { 'Fn::FindInMap': ['M', 'a', 'b'] }, 'M/a/b'],
    ['NoValue of a property', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['NoValue in a list', ['a', { 'Fn::If': ['No', 'b', { Ref: 'AWS::NoValue' }] }], ['a']],
    ['a policy’s Condition stays', { Condition: { Bool: {} } }, { Condition: { Bool: {} } }],
  ])('is resolved: %s', (_name, value, expected) => {
    expect(resolveIntrinsics(value, scope)).toEqual(expected);
  });

  test.each([
    [{ 'Fn::ImportValue': 'x' }, 'The local cloud does not implement Fn::ImportValue.'],
    [{ 'Fn::Join': ['a'] }, 'Fn::Join needs a list of 2'],
    [{ 'Fn::Join': ['', [{ a: 1, b: 2 }]] }, 'Fn::Join needs texts, not {"a":1,"b":2}'],
    [{ 'Fn::Select': [5, ['a']] }, 'Fn::Select asks for item 5 of 1'],
  ])('is refused: %j', (value, message) => {
    expect(() => resolveIntrinsics(value, scope)).toThrow(message);
  });

  test('references are found, of an If only in the branch that is taken', () => {
    const value = {
      a: { Ref: 'A' },
      b: [
        { 'Fn::GetAtt': ['B', 'Arn'] },
        { 'Fn::Sub': [`\${C.Arn} \${x} \${!D}`, { x: { Ref: 'E' } }] },
      ],
      c: { 'Fn::If': ['No', { Ref: 'F' }, { Ref: 'G' }] },
    };
    expect([...referencesIn(value, scope.condition)].sort()).toEqual(['A', 'B', 'C', 'E', 'G']);
  });
});
