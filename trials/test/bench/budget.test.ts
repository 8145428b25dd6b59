/** The time budget (workflow/time-budget.ts) against failovers in virtual time, where no machine is busy. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesize } from '../../../infra/stack/synthesize.ts';
import { defaultProbeSettings, defaultSettings } from '../../../workflow/model/settings.ts';
import { budgetFor, type PhaseName } from '../../../workflow/time-budget.ts';
import { type BenchIncident, runBenchIncident } from '../../bench/incident.ts';
import { type MeasuredPhase, phaseNames } from '../../bench/phases.ts';
import { failureKinds, percentile } from '../../bench/summary.ts';

/** By which phase of the benchmark a phase of the budget is over. */
const lastPhase: readonly (readonly [PhaseName, MeasuredPhase])[] = [
  ['execution start', 'event delivery'],
  ['confirmed', 'asked again'],
  ['fenced', 'fence'],
  ['attached', 'another round'],
  ['verified', 'usable in guest'],
];
const incidents = 20;

let directory: string;
let template: object;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'budget-'));
  ({ template } = await synthesize(directory));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test.each(failureKinds)(
  'budget: the 90th percentile of each phase ends within it (%s)',
  async (kind) => {
    const runs: BenchIncident[] = [];
    for (let number = 0; number < incidents; number += 1) {
      runs.push(await runBenchIncident({ kind, number }, { template, seed: 5, coordinators: 2 }));
    }
    const budget = budgetFor(kind, defaultSettings, defaultProbeSettings);
    for (const [name, last] of lastPhase) {
      const counted = phaseNames.slice(0, phaseNames.indexOf(last) + 1);
      const ends = runs.map(({ phases }) => counted.reduce((sum, one) => sum + phases[one], 0));
      const allowed = budget.phases.find((phase) => phase.name === name)?.endSeconds;
      expect(percentile(ends, 0.9), `${kind}: ${name}`).toBeLessThan(allowed ?? 0);
    }
  },
);
