/**
 * How an execution ends: the end states of failover.asl.json, each by the word that stands in the
 * record, and which of them a document leads to.
 */
import type { Ending, Incident } from './incident.ts';

/** The end states' names. Held against failover.asl.json by test/workflow/model/ending.test.ts. */
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

/** `null` for a state that is no end: the execution still runs, or it broke off there. */
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
  // It has fenced, but others have moved the address since, and nothing more is done.
  if (outcome === 'paused') return 'paused';
  const hasMoved = attachment?.kind === 'attached' || termination?.kind === 'fenced';
  return hasMoved ? 'failed-over' : 'nothing-to-do';
}
