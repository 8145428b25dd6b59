/**
 * The rules of a deletion: done when for a while there has been no coordinator and nobody has held the address.
 * What can go wrong: an observation lags behind a launch. So one empty observation is not enough.
 */
import { isOursNotTerminated } from '../model/instance-state.ts';
import { tagKeys } from '../model/names.ts';
import { emptyForSeconds, longestTakeDownMinutes, refusedForSeconds } from '../model/timing.ts';
import { firstOf, type Rule, type Situation, type StepDecision, secondsSince } from './bring-up.ts';
import type { StackOperationView } from './request.ts';

interface Deletion extends Situation {
  /** Since when every observation has been empty; null where the last one was not. */
  readonly emptySince: string | null;
  /** What was refused in this step. */
  readonly problems: readonly string[];
}

/** Why an execution does nothing. The tag is read at the moment of acting: the execution may be older than the tag. */
export function stackDeletingSentence(what: 'attached' | 'launched', value: string): string {
  return `The cluster is being taken down (tag ${tagKeys.stackDeleting}: ${value}), so nothing is ${what}.`;
}

export function decideTakingDown(deletion: Deletion): StepDecision {
  return firstOf(takingDown(deletion), deletion);
}

export function isEmpty({ coordinators, address }: StackOperationView): boolean {
  return !coordinators.some(isOursNotTerminated) && !address?.attachment;
}

/** No later request supersedes a deletion: only another deletion and late events can follow. */
function takingDown({ emptySince, problems }: Deletion): readonly Rule[] {
  return [
    {
      name: 'empty',
      kind: 'done',
      applies: (situation) =>
        emptySince !== null && secondsSince(situation, emptySince) >= emptyForSeconds
          ? `Since ${emptySince} there has been no coordinator of ${situation.request.clusterName}, and nobody has held the address.`
          : undefined,
    },
    {
      name: 'refused',
      kind: 'failed',
      applies: (situation) =>
        problems.length > 0 &&
        secondsSince(situation, situation.stackOperation.execution.startedAt) >= refusedForSeconds
          ? whatIsLeft(situation.view)
          : undefined,
    },
    {
      name: 'too-late',
      kind: 'failed',
      applies: (situation) =>
        secondsSince(situation, situation.stackOperation.execution.startedAt) >=
        longestTakeDownMinutes * 60
          ? `Not within ${longestTakeDownMinutes} minutes: ${whatIsLeft(situation.view)}`
          : undefined,
    },
    { name: 'clearing', kind: 'wait', applies: ({ view }) => whatIsLeft(view) },
  ];
}

function whatIsLeft({ coordinators, address }: StackOperationView): string {
  const left = coordinators
    .filter(isOursNotTerminated)
    .map((one) => `${one.instanceId} is ${one.state}`);
  const holder = address?.attachment;
  if (left.length === 0 && holder) {
    return `The address is still ${holder.status} to ${holder.instanceId}.`;
  }
  return left.length === 0 ? 'There is no coordinator any more.' : `${left.join(', ')}.`;
}
