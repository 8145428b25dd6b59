import { describe, expect, test } from 'vitest';
import { eventTestFrom } from '../../event-bus/event-pattern.ts';

const event = {
  source: 'aws.ec2',
  resources: ['arn:aws:ec2:eu-central-1:123456789012:instance/i-1'],
  detail: { 'instance-id': 'i-1', state: 'terminated', count: 3, gone: true, tag: null },
};

describe('event pattern', () => {
  test.each([
    ['an exact value', { source: ['aws.ec2'] }, true],
    ['another value', { source: ['aws.s3'] }, false],
    ['one of several', { detail: { state: ['stopped', 'terminated'] } }, true],
    ['all fields', { source: ['aws.ec2'], detail: { state: ['running'] } }, false],
    ['a number', { detail: { count: [3] } }, true],
    ['a number as text', { detail: { count: ['3'] } }, false],
    ['a boolean', { detail: { gone: [true] } }, true],
    ['null', { detail: { tag: [null] } }, true],
    ['a prefix', { detail: { state: [{ prefix: 'term' }] } }, true],
    ['another prefix', { detail: { state: [{ prefix: 'run' }] } }, false],
    ['a suffix of a list item', { resources: [{ suffix: '/i-1' }] }, true],
    ['anything but others', { detail: { state: [{ 'anything-but': ['running'] }] } }, true],
    ['anything but this', { detail: { state: [{ 'anything-but': 'terminated' }] } }, false],
    ['anything but a prefix', { detail: { state: [{ 'anything-but': { prefix: 't' } }] } }, false],
    ['anything but, absent', { detail: { none: [{ 'anything-but': 'x' }] } }, false],
    ['a field that exists', { detail: { state: [{ exists: true }] } }, true],
    ['a field that must not', { detail: { state: [{ exists: false }] } }, false],
    ['no such field', { detail: { none: [{ exists: false }] } }, true],
    ['fields below nothing', { other: { none: ['x'] } }, false],
  ])('matches: %s', (_what, pattern, expected) => {
    expect(eventTestFrom(pattern)(event)).toBe(expected);
  });

  test.each([
    [
      'an unknown operator',
      { source: [{ cidr: '10.0.0.0/8' }] },
      /source, has the operator .*cidr/,
    ],
    ['$or', { $or: [{ source: ['x'] }] }, /\$or, is an operator/],
    ['a value without a list', { source: 'aws.ec2' }, /source, must be an object/],
    ['an empty list', { source: [] }, /must be a list with at least one item/],
    ['nothing', {}, /must be an object with at least one field/],
    ['two operators in one', { source: [{ prefix: 'a', suffix: 'b' }] }, /is not one operator/],
  ])('is refused: %s', (_what, pattern, message) => {
    expect(() => eventTestFrom(pattern)).toThrow(message);
  });
});
