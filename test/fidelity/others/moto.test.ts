import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Account, localAccount } from './account.ts';
import { outcomeOf } from './comparison.ts';
import { comparisons } from './comparisons.ts';
import { moto, motoAccount } from './moto-account.ts';
import { isPresent } from './tools.ts';

describe.runIf(isPresent(moto))('checked by moto', () => {
  let local: Account;
  let theirs: Account;
  beforeAll(async () => {
    [local, theirs] = await Promise.all([localAccount(), motoAccount()]);
  });
  afterAll(() => Promise.all([local?.stop(), theirs?.stop()]));

  for (const comparison of comparisons) {
    const { what, motoIsWrong } = comparison;
    test(`${what}${motoIsWrong === undefined ? '' : ` (moto is wrong)`}`, async () => {
      const [ours, others] = await Promise.all([
        outcomeOf(comparison, local),
        outcomeOf(comparison, theirs),
      ]);
      if (motoIsWrong === undefined) expect(others).toMatchObject(ours);
      else expect(others).not.toMatchObject(ours);
    });
  }
});
