import { expect, test } from 'vitest';
import {
  isLiving,
  isOursNotTerminated,
  isPendingOrRunning,
  isRunning,
  isShuttingDownOrTerminated,
  isStoppingOrStopped,
  isTerminated,
} from '../../workflow/model/instance-state.ts';

const states = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'];

test.each([
  [isRunning, ['running']],
  [isPendingOrRunning, ['pending', 'running']],
  [isStoppingOrStopped, ['stopping', 'stopped']],
  [isShuttingDownOrTerminated, ['shutting-down', 'terminated']],
  [isTerminated, ['terminated']],
])('instance state: %o is true of what it is named after', (predicate, expected) => {
  expect(states.filter((state) => predicate({ state }))).toEqual(expected);
  expect(predicate({ state: 'unknown' })).toBe(false);
});

test('instance state: living is who is ours, not retired, and pending or running', () => {
  const one = { ours: true, retired: null, state: 'running' };
  expect(isLiving(one)).toBe(true);
  expect(isLiving({ ...one, ours: false })).toBe(false);
  expect(isLiving({ ...one, retired: 'gone' })).toBe(false);
  expect(isLiving({ ...one, state: 'stopped' })).toBe(false);
});

test('instance state: ours counts until it is terminated, retired or not', () => {
  const left = (ours: boolean) => states.filter((state) => isOursNotTerminated({ ours, state }));
  expect(left(true)).toEqual(states.filter((state) => state !== 'terminated'));
  expect(left(false)).toEqual([]);
});
