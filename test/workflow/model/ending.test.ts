import { expect, it } from 'vitest';
import asl from '../../../workflow/failover.asl.json' with { type: 'json' };
import { endingOfState, endStates } from '../../../workflow/model/ending.ts';

it('ending: every end state of the state machine has one ending, and every ending one end state', () => {
  const ends = Object.entries(asl.States as Record<string, { readonly Type: string }>)
    .filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail')
    .map(([name]) => name);
  expect(Object.values(endStates).toSorted()).toEqual(ends.toSorted());
  for (const [ending, state] of Object.entries(endStates)) {
    expect(endingOfState(state)).toBe(ending);
  }
});

it.each(['Confirm failure', '', 'constructor', null, undefined])(
  'ending: the state %j is no end',
  (state) => {
    expect(endingOfState(state)).toBeNull();
  },
);
