import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ComparedAccount, type LocalAccount, localAccount } from './account.ts';
import { leftOut, leftOutOf, outcomeOf } from './comparison.ts';
import { comparisons } from './comparisons.ts';
import { moto, motoAccount } from './moto-account.ts';
import { isPresent } from './tools.ts';

describe.runIf(isPresent(moto))('checked by moto', () => {
  let local: LocalAccount;
  let theirs: ComparedAccount;
  const missed = new Set<string>();
  beforeAll(async () => {
    [local, theirs] = await Promise.all([localAccount(), motoAccount()]);
  });
  afterAll(() => Promise.all([local?.stop(), theirs?.stop()]));

  for (const comparison of comparisons) {
    const { what, motoIsWrong, aside = {} } = comparison;
    test(`${what}${motoIsWrong === undefined ? '' : ` (moto is wrong)`}`, async () => {
      const [toldHere, toldThere] = await Promise.all([
        outcomeOf(comparison, local),
        outcomeOf(comparison, theirs),
      ]);
      const [ours, others] = [toldHere(), toldThere()];
      if (motoIsWrong === undefined) {
        expect(others).toMatchObject(ours);
        for (const name of leftOutOf(ours, others)) missed.add(name);
        // What is left aside does differ.
        for (const name of Object.keys(aside)) {
          expect(toldThere(name)).not.toMatchObject(toldHere(name));
        }
      } else {
        expect(ours).toMatchObject(motoIsWrong.here);
        expect(others).toMatchObject(motoIsWrong.inMoto);
        expect(others).not.toMatchObject(ours);
      }
    });
  }

  test('moto answers no member that the local cloud leaves out without a reason', () => {
    expect([...missed].toSorted()).toEqual(Object.keys(leftOut).toSorted());
  });

  test('every operation of the local cloud is compared', () => {
    const called = new Set(local.calls.map(({ operation }) => operation));
    expect(local.operations.filter((name) => !called.has(name))).toEqual([]);
  });
});
