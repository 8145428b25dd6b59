import { expect, test } from 'vitest';
import { failureFromAws } from '../../cli/aws-errors.ts';

const where = { region: 'eu-central-1', profile: 'ops', endpoint: undefined };

function named(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name }, more);
}

const fromAws = { $metadata: {} };

test.each([
  ['no region', new Error('Region is missing'), /No region is set, or it is none\. Give --region/],
  [
    'no credentials',
    named('CredentialsProviderError', 'Could not load credentials from any providers'),
    /No AWS credentials were found for the profile "ops"\. Give --profile/,
  ],
  [
    'expired credentials',
    named('ExpiredTokenException', 'The security token included in the request is expired'),
    /does not accept the credentials: they are wrong or have expired/,
  ],
  ['a wrong key', named('AuthFailure', 'not able to validate'), /does not accept the credentials/],
  [
    'a missing permission',
    named('UnauthorizedOperation', 'You are not authorized', fromAws),
    /a permission is missing\. UnauthorizedOperation: You are not authorized/,
  ],
  [
    'nobody at the endpoint',
    new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })]),
    /AWS does not answer at the endpoints of the region eu-central-1/,
  ],
  ['a timeout', named('TimeoutError', 'no answer'), /AWS does not answer/],
  [
    'another error of AWS',
    named('RequestLimitExceeded', 'Request limit exceeded.', fromAws),
    /AWS answered with an error\. RequestLimitExceeded/,
  ],
])('errors: %s is said with what to do, exit code 3', (_what, error, sentence) => {
  const failure = failureFromAws(error, where);
  expect(failure?.message).toMatch(sentence);
  expect(failure?.exitCode).toBe(3);
});

test('errors: a bug is no answer of AWS', () => {
  expect(failureFromAws(new TypeError('x is not a function'), where)).toBeUndefined();
  expect(failureFromAws('text', where)).toBeUndefined();
});
