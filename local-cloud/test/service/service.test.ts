import { expect, test } from 'vitest';
import { refuseUnknownParameters } from '../../service/service.ts';

const takes = ['Name', 'Filters[].Name', 'Filters[].Values[]', 'Data.*', 'Items[].*'];

test.each([
  ['nothing', {}],
  ['what is left out', { Name: undefined, Other: null }],
  ['an item of a list', { Filters: [{ Name: 'a', Values: ['b'] }, {}] }],
  ['anything below what is taken whole', { Data: { One: { Two: ['c'] } }, Items: [{ One: 'd' }] }],
  ['a list or an object with nothing in it', { Other: [], Else: {} }],
])('parameters: %s is taken', (_what, input) => {
  expect(() => refuseUnknownParameters('Read', takes, input)).not.toThrow();
});

test.each([
  ['Other', { Name: 'a', Other: 0 }],
  ['Filters[].Word', { Filters: [{ Name: 'a' }, { Word: 'b' }] }],
  ['Filters[].Name.First', { Filters: [{ Name: { First: 'a' } }] }],
  ['Filters', { Filters: 'a' }],
  ['Name[]', { Name: ['a'] }],
  ['Data', { Data: 'a' }],
  ['Data[].One', { Data: [{ One: 'a' }] }],
  ['Other.At', { Other: { At: new Date(0) } }],
])('parameters: %s is refused by its path', (path, input) => {
  expect(() => refuseUnknownParameters('Read', takes, input)).toThrow(
    `Read: the local cloud does not implement the parameter ${path}. It implements: Name, `,
  );
});
