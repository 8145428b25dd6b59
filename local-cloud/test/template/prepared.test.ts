import { expect, test } from 'vitest';
import { createPreparedReading } from '../../template/prepared.ts';
import { readTemplate } from '../../template/template.ts';

const place = { stackName: 'one', stackId: 'arn:one', region: 'eu-central-1', accountId: '1' };
const template = {
  Parameters: { Size: { Type: 'String', Default: 'small' } },
  Resources: {
    First: { Type: 'Test::Thing' },
    Second: {
      Type: 'Test::Thing',
      Properties: { size: { Ref: 'Size' }, first: { Ref: 'First' }, list: [{ Ref: 'First' }] },
    },
  },
};

test('prepared template: is read once for the same values of its parameters', () => {
  const read = createPreparedReading();
  const reading = read(template, { Size: 'large' }, place);
  expect(read(template, { Size: 'large' }, { ...place })).toBe(reading);
  expect(read(template, {}, place)).not.toBe(reading);
  expect(read(template, { Size: 'large' }, { ...place, stackName: 'two' })).not.toBe(reading);
  expect(read({ ...template }, { Size: 'large' }, place)).not.toBe(reading);
});

test('prepared template: says what the template itself says', () => {
  const reading = createPreparedReading()(template, {}, place);
  const [first, second] = reading.resources;
  expect([first?.logicalId, second?.logicalId]).toEqual(['First', 'Second']);
  const made = () => ({ physicalId: 'id-1' });
  const plain = readTemplate(template, {}, place);
  expect(plain.resources).toEqual(reading.resources);
  for (const resource of reading.resources) {
    expect(reading.propertiesOf(resource, made)).toEqual(plain.propertiesOf(resource, made));
  }
});

test('prepared template: resolves anew once a reference has become another', () => {
  const reading = createPreparedReading()(template, {}, place);
  const second = reading.resources[1];
  if (second === undefined) throw new Error('There is no second resource.');
  const withId = (physicalId: string, attributes = {}) =>
    reading.propertiesOf(second, () => ({ physicalId, attributes }));
  const before = withId('id-1');
  expect(before).toEqual({ size: 'small', first: 'id-1', list: ['id-1'] });
  expect(withId('id-1')).toBe(before);
  expect(withId('id-2')).toEqual({ size: 'small', first: 'id-2', list: ['id-2'] });
  expect(withId('id-1', { Arn: 'arn' })).not.toBe(before);
  expect(withId('id-1')).toEqual(before);
});

test('prepared template: nobody can change what the next one gets', () => {
  const reading = createPreparedReading()(template, {}, place);
  const second = reading.resources[1];
  if (second === undefined) throw new Error('There is no second resource.');
  const { list } = reading.propertiesOf(second, () => ({ physicalId: 'id-1' }));
  expect(() => (list as string[]).push('more')).toThrow(TypeError);
});
