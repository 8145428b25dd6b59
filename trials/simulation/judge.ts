/** One run, judged; and for one that fails, the shortest schedule that still does. */
import fc from 'fast-check';
import { type Violation, violationsOf } from './checkers/all.ts';
import type { Faults } from './faults.ts';
import { type IncidentOptions, runIncident } from './incident.ts';
import type { Recording } from './recording.ts';
import { faults as anyFaults, mixed } from './schedules.ts';

export interface Judged {
  readonly recording: Recording;
  readonly violations: readonly Violation[];
}

export async function judge(options: IncidentOptions): Promise<Judged> {
  const recording = await runIncident(options);
  return { recording, violations: violationsOf(recording) };
}

/** How long the search for a shorter one may take, milliseconds of real time. */
export const shrinkingMs = 90_000;

/** The shortest schedule that fails as the run of that seed and number does, found within so long. */
export async function shortest(
  options: Omit<IncidentOptions, 'faults'>,
  seed: number,
  number: number,
  withinMs = shrinkingMs,
): Promise<Faults | undefined> {
  const untilMs = performance.now() + withinMs;
  // When the time is up, whatever is left to try counts as holding: what was found last remains.
  const holds = async (faults: Faults) =>
    performance.now() > untilMs || (await judge({ ...options, faults })).violations.length === 0;
  const { counterexample } = await fc.check(fc.asyncProperty(anyFaults, holds), {
    seed: mixed(seed, number),
    numRuns: 1,
  });
  return counterexample?.[0];
}
