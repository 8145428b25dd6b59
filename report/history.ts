/**
 * The events of an execution as visits of states, each with its tries. The state machine has neither
 * Parallel nor Map, so what happens between entering a state and leaving it belongs to that state.
 * What can go wrong: a history that was cut, or read while the execution runs. So a visit may have no
 * end, and a finding is looked for in more than one event.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { type Fields, fieldsOf, parseJson, textOf } from './reading.ts';

/** One visit with the texts of its events; `Visit` of the report is made from it. */
export interface StateVisit {
  readonly state: string;
  readonly type: string;
  readonly enteredAt: string;
  readonly firstEventId: number;
  lastEventId: number;
  leftAt: string | null;
  /** Id of the event that holds the output. */
  exitedId: number | null;
  input: string | undefined;
  output: string | undefined;
  readonly tries: Try[];
}

export interface Try {
  readonly startedAt: string;
  endedAt: string | null;
  endedId: number | null;
  /** What the function gave, as JSON. */
  result: string | undefined;
  error: string | null;
  cause: string | null;
}

export interface EventView {
  readonly id: number;
  readonly at: string;
  readonly type: string;
  readonly details: Fields;
}

/** Events without a time or an id are left out (there are none in AWS). */
export function eventsOf(events: readonly HistoryEvent[]): readonly EventView[] {
  return events.flatMap((event) => {
    const { id, timestamp, type } = event;
    if (id === undefined || timestamp === undefined || type === undefined) return [];
    if (Number.isNaN(timestamp.getTime())) return [];
    return [{ id, at: timestamp.toISOString(), type, details: detailsOf(event) }];
  });
}

export function visitsOf(events: readonly EventView[]): readonly StateVisit[] {
  const visits: StateVisit[] = [];
  for (const event of events) {
    const open = visits.findLast(({ leftAt }) => leftAt === null);
    if (event.type.endsWith('StateEntered')) {
      if (open) open.leftAt = event.at;
      visits.push(enter(event));
    } else if (open) {
      follow(open, event);
    }
  }
  return visits;
}

/** The finding that a state left under `path`; undefined where the history does not hold it. */
export function findingOf(visit: StateVisit, path: string): Fields | undefined {
  // After a failure that was caught, the path may hold what an earlier round found.
  if (visit.tries.at(-1)?.error) return undefined;
  const left = fieldsOf(parseJson(visit.output))[path];
  // The output may have been cut off, being the larger one: the function's own answer is the same.
  const found = left ?? parseJson(visit.tries.at(-1)?.result);
  const fields = fieldsOf(found);
  return textOf(fields.kind) === null ? undefined : fields;
}

/** The document as it came into a state; {} where the history does not hold it. */
export function documentBefore(visit: StateVisit | undefined): Fields {
  return fieldsOf(parseJson(visit?.input));
}

function enter({ id, at, type, details }: EventView): StateVisit {
  return {
    state: textOf(details.name) ?? 'a state without a name',
    type: type.replace('StateEntered', ''),
    enteredAt: at,
    firstEventId: id,
    lastEventId: id,
    leftAt: null,
    exitedId: null,
    input: textOf(details.input) ?? undefined,
    output: undefined,
    tries: [],
  };
}

function follow(visit: StateVisit, { id, at, type, details }: EventView): void {
  // The end of a redriven execution stands between the tries of one visit.
  if (type.startsWith('Execution')) return;
  visit.lastEventId = id;
  if (type.endsWith('StateExited') || type.endsWith('StateAborted')) {
    visit.leftAt = at;
    visit.exitedId = id;
    visit.output = textOf(details.output) ?? undefined;
    return;
  }
  if (type.endsWith('Scheduled')) {
    visit.tries.push({
      startedAt: at,
      endedAt: null,
      endedId: null,
      result: undefined,
      error: null,
      cause: null,
    });
    return;
  }
  const current = visit.tries.at(-1);
  if (current === undefined || current.endedAt !== null) return;
  if (type.endsWith('Succeeded')) {
    Object.assign(current, { endedAt: at, endedId: id, result: textOf(details.output) });
  } else if (type.endsWith('Failed') || type.endsWith('TimedOut')) {
    const error =
      textOf(details.error) ?? (type.endsWith('TimedOut') ? 'States.Timeout' : 'an error');
    Object.assign(current, { endedAt: at, endedId: id, error, cause: textOf(details.cause) });
  }
}

/** `TaskStateEntered` has its details in `stateEnteredEventDetails`, the others under their type. */
function detailsOf(event: HistoryEvent): Fields {
  const { type = '' } = event;
  const named = type.charAt(0).toLowerCase() + type.slice(1);
  const key = type.endsWith('StateEntered')
    ? 'stateEntered'
    : type.endsWith('StateExited')
      ? 'stateExited'
      : named;
  return fieldsOf(Reflect.get(event, `${key}EventDetails`));
}
