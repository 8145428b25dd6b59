/**
 * Every checker is seen to bite: a bug is planted, and the checker that is there for it says so. The
 * same run without the bug has no violation, so that it is the bug that is seen.
 */
import { describe, expect, it } from 'vitest';
import { checkers } from '../../simulation/checkers/all.ts';
import { noFaults } from '../../simulation/faults.ts';
import { judge } from '../../simulation/judge.ts';
import { invariantBugs } from './bugs.ts';
import { moveBugs } from './bugs-in-moves.ts';
import { planted } from './planted.ts';
import { useTemplate } from './template.ts';

const template = useTemplate();
const bugs = { ...invariantBugs, ...moveBugs };

/** Many bugs are planted into the same incident: it is run once without any. */
const withoutBug = [
  ...new Map(
    Object.values(bugs)
      .flat()
      .map(({ bug, faults }) => [JSON.stringify(faults ?? {}), { bug, faults }] as const),
  ).values(),
];

describe('the checkers', () => {
  it('checkers: each of them is seen to bite', () => {
    expect(Object.keys(bugs).sort()).toEqual(checkers.map(({ name }) => name).sort());
  });

  for (const [checker, cases] of Object.entries(bugs)) {
    for (const one of cases) {
      it(`checkers: ${checker} sees that ${one.bug}`, async () => {
        const faults = { ...noFaults, ...one.faults };
        const given = { template: one.template?.(template()) ?? template(), faults };
        const broken = { handlers: planted(one.handlers ?? {}), ...one.options };
        const { violations } = await judge({ ...given, ...broken });
        const said = violations.filter((violation) => violation.checker === checker);
        expect(said.map(({ sentence }) => sentence).join('\n')).toMatch(one.says);
      });
    }
  }

  it.each(withoutBug)(
    'checkers: nothing has anything to say where nothing is broken ($bug)',
    async ({ faults }) => {
      const given = { template: template(), faults: { ...noFaults, ...faults } };
      expect((await judge(given)).violations).toEqual([]);
    },
  );
});
