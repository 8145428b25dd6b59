/**
 * Least privilege, proven: whatever the template grants is taken away in turn, and a named scenario
 * must fail with that action in its message. What can be taken away unnoticed must not be granted.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { synthesize } from '../../infra/stack/synthesize.ts';
import type { CloudFormationTemplate } from '../infra/template-reading.ts';
import { type Grant, grantsIn, without } from './grants.ts';
import { scenariosOf } from './needed-for.ts';
import { type ScenarioName, scenarios } from './scenarios.ts';
import { problemsOf } from './stage.ts';

const directory = await mkdtemp(join(tmpdir(), 'permissions-'));
const { template } = await synthesize(directory);
await rm(directory, { recursive: true, force: true });
const whole = template as CloudFormationTemplate;
const grants = grantsIn(whole);

/** A machine that does much else at the same time is slow. */
const patience = 60_000;

test.each(Object.keys(scenarios) as ScenarioName[])(
  'permissions: nobody is refused anything when %s',
  async (name) => {
    expect(await problemsOf(whole, scenarios[name])).toEqual([]);
  },
  patience,
);

test('permissions: all that is granted has a scenario that needs it (test/permissions/needed-for.ts)', () => {
  const unproven = grants.filter((grant) => scenariosOf(grant).length === 0);
  expect([...new Set(unproven.map(({ who, action }) => `${who}: ${action}`))]).toEqual([]);
});

test.each(grants.map((grant) => [titleOf(grant), grant] as const))(
  'permissions: %s',
  async (_title, grant) => {
    const taken = without(whole, grant);
    const seen: string[] = [];
    for (const name of scenariosOf(grant)) {
      const problems = await problemsOf(taken, scenarios[name]);
      if (problems.some((problem) => namesAction(problem, grant.action))) return;
      seen.push(...(problems.length === 0 ? [`${name}: went as ever`] : problems));
    }
    expect.fail(`Nobody missed it, so it must not be granted. ${seen.join('; ')}`);
  },
  patience,
);

function namesAction(problem: string, action: string): boolean {
  return ` ${problem} `.toLowerCase().includes(` ${action.toLowerCase()} `);
}

function titleOf({ who, action, statement, resource }: Grant): string {
  const verb = statement.Effect === 'Deny' ? 'is denied' : 'needs';
  return `${who} ${verb} ${action} on ${shortened(resource)}`;
}

/** The end of an ARN, tokens as their names. */
function shortened(resource: unknown): string {
  const text = JSON.stringify(resource);
  const words = text.match(/[\w*/-]{3,}/g) ?? [text];
  return words
    .filter(
      (word) => !['Join', 'GetAtt', 'Ref', 'arn', 'Partition', 'AWS', 'Region'].includes(word),
    )
    .slice(-2)
    .join(' ');
}
