/** How an execution ends: the end states of failover.asl.json, and to which of them a document leads. */
import type { Ending, Incident } from './incident.ts';

/** The names of the end states. ending.test.ts compares them with failover.asl.json. */
export const endStates: Readonly<Record<Ending, string>> = {
  refused: 'Refused request',
  undecided: 'Not decided',
  'dry-run': 'Dry run',
  'waiting-for-operator': 'Waiting for operator',
  incomplete: 'Failover incomplete',
  'stack-deleting': 'Stack deleting',
  'failed-over': 'Failed over',
  paused: 'Paused',
  'nothing-to-do': 'Nothing to do',
};

/** Null for a state that is no end: the execution runs, or broke off there. */
export function endingOfState(state: string | null | undefined): Ending | null {
  return endingsByState.get(state ?? '') ?? null;
}

const endingsByState: ReadonlyMap<string, Ending> = new Map(
  Object.entries(endStates).map(([ending, state]) => [state, ending as Ending]),
);

/** The end that the state "How did it end" leads to, in the same order. */
export function endingOf(incident: Incident): Ending {
  const { decision, verification, attachment, termination } = incident;
  const outcome = decision && 'outcome' in decision ? decision.outcome : 'undecided';
  if (outcome === 'refused' || outcome === 'undecided') return outcome;
  if (decision?.kind === 'decision' && decision.dryRun) return 'dry-run';
  if (
    outcome === 'waiting-for-operator' ||
    outcome === 'incomplete' ||
    outcome === 'stack-deleting'
  )
    return outcome;
  if (verification?.kind === 'verified') return 'failed-over';
  // It has fenced, and others have moved the address since.
  if (outcome === 'paused') return 'paused';
  const hasMoved = attachment?.kind === 'attached' || termination?.kind === 'fenced';
  return hasMoved ? 'failed-over' : 'nothing-to-do';
}
