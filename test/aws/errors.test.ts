import { expect, test } from 'vitest';
import { describeError, errorName } from '../../aws/errors.ts';

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each([
  [
    'name and message',
    named('AuthFailure', 'not able to validate'),
    'AuthFailure: not able to validate',
  ],
  ['on one line', named('Many', 'one\n  two'), 'Many: one two'],
  [
    'an error that says nothing, by its code',
    Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
    'AggregateError: ECONNREFUSED',
  ],
  [
    'an error without anything, by its name',
    new AggregateError([]),
    'AggregateError: AggregateError',
  ],
  ['something that is no error', 'text', 'text'],
])('errors: %s', (_what, error, described) => {
  expect(describeError(error)).toBe(described);
});

test('errors: words are bounded', () => {
  expect(describeError(new Error('x'.repeat(1000)))).toHaveLength(500);
});

test('errors: the name tells one refusal from another', () => {
  expect(errorName(named('InvalidNetworkInterface.InUse', ''))).toBe(
    'InvalidNetworkInterface.InUse',
  );
  expect(errorName('text')).toBe('UnknownError');
});
