import { describe, expect, it } from 'vitest';
import { decideBringingUp } from '../../../workflow/stack/bring-up.ts';
import {
  at,
  failover,
  nothing,
  request,
  stackOperation,
  update,
} from '../../support/stack-operation-scene.ts';

/** Ten minutes until a coordinator must be ready, and ten for all the rest. */
function decide(asked: typeof request, seconds: number) {
  const view = { ...nothing, failover: failover() };
  return decideBringingUp({
    stackOperation: stackOperation(),
    request: asked,
    view,
    now: at(seconds),
  });
}

describe('how long bringing up may take', () => {
  it('creation: one boot, since it waits for one coordinator', () => {
    const four = { ...request, coordinatorsWanted: 4 };
    expect(decide(four, 1199)).toMatchObject({ kind: 'wait' });
    expect(decide(four, 1200)).toMatchObject({ kind: 'failed', rule: 'too-late' });
  });

  it('update: as many boots as coordinators, since one is replaced after the other', () => {
    const four = { ...update, coordinatorsWanted: 4 };
    expect(decide(four, 2999)).toMatchObject({ kind: 'wait' });
    expect(decide(four, 3000)).toMatchObject({ kind: 'failed', rule: 'too-late' });
  });

  it('update: never beyond the hour that CloudFormation waits', () => {
    const nine = { ...update, coordinatorsWanted: 9 };
    expect(decide(nine, 3300)).toMatchObject({ kind: 'failed', rule: 'too-late' });
    expect(decide(nine, 3300).sentence).toMatch(/^Not within 55 minutes: /);
  });
});
