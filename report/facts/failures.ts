/**
 * Retries and errors: every try that failed, every end that was not a success, and what came of it.
 */
import { endStatusOf } from '../../history/ends.ts';
import { fieldsOf, parseJson, secondsBetween, textOf } from '../../history/values.ts';
import type { EventView, ExecutionHistory, StateVisit } from '../../history/visits.ts';
import type { Failing } from '../report.ts';

export function failuresOf({ events, visits }: ExecutionHistory): readonly Failing[] {
  const all = [...failedTries(visits), ...failedEnds(events, visits)];
  return all.sort((one, other) => one.eventId - other.eventId);
}

/** What a function threw, without its trace; any other cause as it is. */
export function messageOf(cause: string | null): string | null {
  const { errorMessage } = fieldsOf(parseJson(cause ?? undefined));
  return textOf(errorMessage) ?? cause;
}

function failedTries(visits: readonly StateVisit[]): Failing[] {
  return visits.flatMap((visit, index) =>
    visit.tries.flatMap((one, number) => {
      if (one.error === null || one.endedAt === null || one.endedId === null) return [];
      const after = visit.tries[number + 1];
      return [
        {
          at: one.endedAt,
          state: visit.state,
          attempt: number + 1,
          error: one.error,
          message: messageOf(one.cause),
          outcome: after
            ? `tried again ${secondsBetween(one.endedAt, after.startedAt)} s later`
            : afterTheLast(visits[index + 1]),
          eventId: one.endedId,
        },
      ];
    }),
  );
}

function afterTheLast(next: StateVisit | undefined): string {
  return next
    ? `caught: the execution went on with "${next.state}"`
    : 'nothing more is in the history of this state';
}

function failedEnds(events: readonly EventView[], visits: readonly StateVisit[]): Failing[] {
  return events.flatMap(({ type, id, at, details }) => {
    const outcome = endWords(type);
    if (outcome === null) return [];
    const state = visits.findLast(({ firstEventId }) => firstEventId < id)?.state ?? null;
    const error = textOf(details.error) ?? type;
    const message = messageOf(textOf(details.cause));
    return [{ at, state, attempt: null, error, message, outcome, eventId: id }];
  });
}

function endWords(type: string): string | null {
  if (type === 'ExecutionRedriven') return 'somebody continued the execution from here';
  const status = endStatusOf(type);
  if (status === undefined || status === 'SUCCEEDED') return null;
  return status === 'ABORTED' ? 'somebody stopped the execution' : 'the execution ended here';
}
