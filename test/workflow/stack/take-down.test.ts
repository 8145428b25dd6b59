import { describe, expect, it } from 'vitest';
import type { StackOperationView, StackRequest } from '../../../workflow/stack/request.ts';
import { decideTakingDown, isEmpty } from '../../../workflow/stack/take-down.ts';
import {
  address,
  at,
  host,
  nothing,
  request,
  stackOperation,
} from '../../support/stack-operation-scene.ts';

describe('taking coordinators down', () => {
  const remove: StackRequest = { ...request, requestType: 'Delete' };
  const decideDown = (
    view: Partial<StackOperationView>,
    seconds: number,
    more: { emptySince?: string; problems?: string[] } = {},
  ) =>
    decideTakingDown({
      stackOperation: stackOperation(),
      request: remove,
      view: { ...nothing, ...view },
      now: at(seconds),
      emptySince: more.emptySince ?? null,
      problems: more.problems ?? [],
    });

  it('goes on while one is there', () => {
    const view = { coordinators: [host('i-a', { state: 'shutting-down' })] };
    expect(decideDown(view, 30)).toEqual({
      kind: 'wait',
      rule: 'clearing',
      sentence: 'i-a is shutting-down.',
    });
  });

  it('does not believe the first observation without any', () => {
    expect(decideDown({}, 40, { emptySince: at(11) })).toMatchObject({ kind: 'wait' });
    expect(decideDown({}, 41, { emptySince: at(11) })).toEqual({
      kind: 'done',
      rule: 'empty',
      sentence: `Since ${at(11)} there has been no coordinator of presto, and nobody has held the address.`,
    });
  });

  it('fails when EC2 refuses for a minute, and when it takes too long', () => {
    const view = { coordinators: [host('i-a')] };
    const problems = ['i-a could not be terminated: OperationNotPermitted: protected'];
    expect(decideDown(view, 59, { problems })).toMatchObject({ kind: 'wait' });
    expect(decideDown(view, 60, { problems })).toMatchObject({ kind: 'failed', rule: 'refused' });
    expect(decideDown(view, 1800)).toEqual({
      kind: 'failed',
      rule: 'too-late',
      sentence: 'Not within 30 minutes: i-a is running.',
    });
  });

  it('is not empty while somebody holds the address', () => {
    expect(isEmpty({ ...nothing, address: address('i-foreign') })).toBe(false);
    expect(isEmpty({ ...nothing, coordinators: [host('i-a', { state: 'terminated' })] })).toBe(
      true,
    );
    expect(isEmpty({ ...nothing, address: null })).toBe(true);
  });
});
