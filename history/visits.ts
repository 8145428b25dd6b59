/**
 * The events of an execution as visits of states, each with its tries and its finding. The state machine
 * has neither Parallel nor Map, so what happens between entering a state and leaving it belongs to it.
 * What can go wrong: a history that was cut, or read while the execution runs. So a visit may have no
 * end, and a finding is looked for in more than one event.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import asl from '../workflow/failover.asl.json' with { type: 'json' };
import { type Fields, fieldsOf, parseJson, textOf } from './values.ts';

/** All that is read of an execution's history, read once. */
export interface ExecutionHistory {
  /** The events as AWS gave them, in the order of their ids. */
  readonly given: readonly HistoryEvent[];
  /** Without those that have no id, time or type (there are none in AWS). */
  readonly events: readonly EventView[];
  readonly visits: readonly StateVisit[];
}

export interface EventView {
  readonly id: number;
  /** ISO 8601, as all times here. */
  readonly at: string;
  readonly type: string;
  readonly details: Fields;
}

export interface StateVisit {
  readonly state: string;
  /** Task, Wait, Pass, Choice, Succeed, Fail. */
  readonly type: string;
  readonly enteredAt: string;
  readonly firstEventId: number;
  readonly lastEventId: number;
  readonly leftAt: string | null;
  /** Id of the event that holds the output. */
  readonly exitedId: number | null;
  readonly tries: readonly Try[];
  /** Under which path of the document the state lays its finding; null for one that finds nothing. */
  readonly path: string | null;
  /** What was laid there; null where the history does not hold it. */
  readonly finding: Fields | null;
  /** The whole document that came into the state, as JSON. */
  readonly input: string | null;
}

export interface Try {
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly endedId: number | null;
  /** null = the function answered, or is still at work. */
  readonly error: string | null;
  readonly cause: string | null;
}

/** Pages may come newest first (reverseOrder). Never throws, whatever the events hold. */
export function historyFrom(given: readonly HistoryEvent[]): ExecutionHistory {
  const ordered = given.toSorted((one, other) => idOf(one) - idOf(other));
  const events = ordered.flatMap((event) => viewOf(event) ?? []);
  const following = followVisits();
  for (const event of events) following.add(event);
  return { given: ordered, events, visits: following.visits };
}

export interface Following {
  /** So far, in the order in which they began. */
  readonly visits: readonly StateVisit[];
  add(event: EventView): void;
}

/** Takes events as they come, the oldest first. */
export function followVisits(): Following {
  const visits: OpenVisit[] = [];
  return {
    visits,
    add(event) {
      const last = visits.at(-1);
      const open = last?.leftAt === null ? last : undefined;
      if (isEntering(event)) {
        if (open) open.leftAt = event.at;
        visits.push(enter(event));
      } else if (open) {
        follow(open, event);
      }
    },
  };
}

/** By which events are put into order. 0 for one without a number: what stands there may be anything. */
export function idOf({ id }: HistoryEvent): number {
  return typeof id === 'number' ? id : 0;
}

/** Undefined for an event without an id, a time or a type. */
export function viewOf(event: HistoryEvent): EventView | undefined {
  const { id, timestamp, type } = event;
  if (typeof id !== 'number' || typeof type !== 'string') return undefined;
  if (!(timestamp instanceof Date) || Number.isNaN(timestamp.getTime())) return undefined;
  return { id, at: timestamp.toISOString(), type, details: detailsOf(event) };
}

/** The state an execution is in, or was in last. A few of the newest events suffice, in any order. */
export function currentState(
  events: readonly HistoryEvent[],
): { readonly name: string; readonly since: string } | undefined {
  const entered = events.flatMap((event) => viewOf(event) ?? []).filter(isEntering);
  const newest = entered.reduce<EventView | undefined>(
    (one, other) => (one === undefined || other.id > one.id ? other : one),
    undefined,
  );
  return newest && { name: nameIn(newest), since: newest.at };
}

function isEntering({ type }: EventView): boolean {
  return type.endsWith('StateEntered');
}

function nameIn({ details }: EventView): string {
  return textOf(details.name) ?? 'a state without a name';
}

/** The document as it came into a state; no fields where the history does not hold it. */
export function documentBefore(visit: StateVisit | undefined): Fields {
  return fieldsOf(parseJson(visit?.input ?? undefined));
}

/** Under which path of the document each state lays its finding: the ResultPath of its Task. */
const findingPaths: ReadonlyMap<string, string> = new Map(
  Object.entries(asl.States).flatMap(([name, state]) =>
    state.Type === 'Task' && 'ResultPath' in state
      ? [[name, state.ResultPath.replace('$.', '')] as const]
      : [],
  ),
);

type Changing<Type> = { -readonly [key in keyof Type]: Type[key] };
type OpenVisit = Changing<Omit<StateVisit, 'tries'>> & { tries: Changing<Try>[] };

function enter(event: EventView): OpenVisit {
  const { id, at, type, details } = event;
  const state = nameIn(event);
  return {
    state,
    type: type.replace('StateEntered', ''),
    enteredAt: at,
    firstEventId: id,
    lastEventId: id,
    leftAt: null,
    exitedId: null,
    tries: [],
    path: findingPaths.get(state) ?? null,
    finding: null,
    input: textOf(details.input),
  };
}

function follow(visit: OpenVisit, { id, at, type, details }: EventView): void {
  // The end of a redriven execution stands between the tries of one visit.
  if (type.startsWith('Execution')) return;
  visit.lastEventId = id;
  if (type.endsWith('StateExited') || type.endsWith('StateAborted')) {
    visit.leftAt = at;
    visit.exitedId = id;
    visit.finding = findingIn(visit, textOf(details.output)) ?? visit.finding;
  } else if (type.endsWith('Scheduled')) {
    const begun = { startedAt: at, endedAt: null, endedId: null };
    visit.tries.push({ ...begun, error: null, cause: null });
  } else if (type.endsWith('Succeeded')) {
    endTry(visit, { endedAt: at, endedId: id });
    // The document may come to be cut off, being the larger one: the function's own answer is the same.
    visit.finding = asFinding(parseJson(textOf(details.output) ?? undefined));
  } else if (type.endsWith('Failed') || type.endsWith('TimedOut')) {
    const unnamed = type.endsWith('TimedOut') ? 'States.Timeout' : 'an error';
    const error = textOf(details.error) ?? unnamed;
    endTry(visit, { endedAt: at, endedId: id, error, cause: textOf(details.cause) });
  }
}

function endTry(visit: OpenVisit, end: Partial<Try>): void {
  const current = visit.tries.at(-1);
  if (current !== undefined && current.endedAt === null) Object.assign(current, end);
}

/** The document that a state gives on holds its finding; after a failure, perhaps that of an earlier round. */
function findingIn({ path, tries }: OpenVisit, output: string | null): Fields | null {
  if (path === null || tries.at(-1)?.error) return null;
  return asFinding(fieldsOf(parseJson(output ?? undefined))[path]);
}

function asFinding(value: unknown): Fields | null {
  return textOf(fieldsOf(value).kind) === null ? null : fieldsOf(value);
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
