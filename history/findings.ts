/**
 * What the states have found, in the document's own types, read leniently: a history may be cut off, or
 * written by another version. So every part may be null, and every word is any text.
 */
import * as v from 'valibot';
import type {
  AddressView,
  AlarmReset,
  Answer,
  Answers,
  AttachmentFinding,
  Coordinator,
  Decision,
  IncidentRecord,
  Notification,
  StandbyLaunch,
  StandbyPick,
  Survey,
  Termination,
  Verification,
} from '../workflow/model/incident.ts';
import { type Fields, isFields, isoOf, textsOf } from './values.ts';
import type { ExecutionHistory, StateVisit } from './visits.ts';

/** A type of the document as a history holds it: whatever is not there is null, a list without items. */
export type Read<Type> = {
  readonly [key in keyof Type]-?: key extends 'kind' ? string : ReadValue<Type[key]>;
};

type ReadValue<Value> = Value extends undefined | null
  ? null
  : Value extends string
    ? string | null
    : Value extends number
      ? number | null
      : Value extends boolean
        ? boolean | null
        : Value extends readonly (infer Item)[]
          ? readonly (Item extends string ? string : Read<Item>)[]
          : Read<Value> | null;

/** By the path under which it stands in the document. */
export interface Findings {
  readonly survey: Read<Survey>;
  readonly answers: Read<Answers>;
  readonly decision: Read<Decision>;
  readonly termination: Read<Termination>;
  readonly standbyPick: Read<StandbyPick>;
  readonly attachment: Read<AttachmentFinding>;
  readonly verification: Read<Verification>;
  readonly standbyLaunch: Read<StandbyLaunch>;
  readonly alarmReset: Read<AlarmReset>;
  readonly record: Read<IncidentRecord>;
  readonly notification: Read<Notification>;
}

export interface Found<Path extends keyof Findings> {
  readonly finding: Findings[Path];
  readonly visit: StateVisit;
  /** By the clock of Step Functions: when the state was left, or the function had answered. */
  readonly foundAt: string | null;
  /** The event that holds it. */
  readonly eventId: number | null;
}

/** All findings of one kind, in the order in which they were made. */
export function findingsOf<Path extends keyof Findings>(
  { visits }: Pick<ExecutionHistory, 'visits'>,
  path: Path,
): readonly Found<Path>[] {
  return visits.flatMap((visit) => {
    const finding = visit.path === path ? readFinding(path, visit.finding) : null;
    if (finding === null) return [];
    const answered = visit.tries.at(-1);
    return [
      {
        finding,
        visit,
        foundAt: visit.leftAt ?? answered?.endedAt ?? null,
        eventId: visit.exitedId ?? answered?.endedId ?? null,
      },
    ];
  });
}

/** Null for whatever has no `kind`, which every finding has. */
export function readFinding<Path extends keyof Findings>(
  path: Path,
  value: unknown,
): Findings[Path] | null {
  const read = v.safeParse(schemas[path], value);
  return read.success ? read.output : null;
}

type Schema<Output> = v.GenericSchema<unknown, Output>;
/** Holds each schema to the document's own type: one that lacks a field does not compile. */
type SchemasOf<Type> = { readonly [key in keyof Type]-?: Schema<Read<Type>[key]> };

const text = lenient(v.pipe(v.string(), v.nonEmpty()));
const number = lenient(v.pipe(v.number(), v.finite()));
const flag = lenient(v.boolean());
/** ISO 8601 as a report writes it. */
const time = v.fallback(v.pipe(v.unknown(), v.transform(isoOf)), null);
const texts = v.fallback(v.pipe(v.unknown(), v.transform(textsOf)), []);
const kind = v.pipe(v.string(), v.nonEmpty());

function lenient<Input, Output>(schema: v.GenericSchema<Input, Output>) {
  return v.fallback(v.nullable(schema), null);
}

function object<Entries extends v.ObjectEntries>(entries: Entries) {
  return lenient(v.pipe(v.custom<Fields>(isFields), v.object(entries)));
}

/** An item that is no such object is left out. */
function itemsOf<Entries extends v.ObjectEntries>(entries: Entries) {
  const item = v.pipe(v.custom<Fields>(isFields), v.object(entries));
  const read = v.transform((items: unknown[]) =>
    items.flatMap((one) => {
      const { success, output } = v.safeParse(item, one);
      return success ? [output] : [];
    }),
  );
  return v.pipe(v.array(v.unknown()), read);
}

function listOf<Entries extends v.ObjectEntries>(entries: Entries) {
  return v.fallback(itemsOf(entries), []);
}

const sample = object({ value: number, at: time });
const pin = object({ attachmentId: text, instanceId: text });
const answer = {
  name: text,
  host: text,
  outcome: text,
  ready: flag,
  reached: flag,
  sentence: text,
  milliseconds: number,
  identity: text,
  uptimeSeconds: number,
  kept: text,
} satisfies SchemasOf<Answer>;

const address = {
  networkInterfaceId: text,
  privateIpAddress: text,
  availabilityZone: text,
  attachment: object({ attachmentId: text, instanceId: text, attachedAt: time, status: text }),
  paused: text,
  acknowledged: text,
  stackDeleting: text,
  failovers: texts,
} satisfies SchemasOf<AddressView>;

const coordinator = {
  instanceId: text,
  state: text,
  ours: flag,
  privateIpAddress: text,
  availabilityZone: text,
  launchedAt: time,
  slot: number,
  generation: number,
  templateVersion: text,
  retired: text,
  statusChecks: text,
  health: sample,
  reachable: sample,
  lastHealthyAt: time,
  lastReachingAt: time,
} satisfies SchemasOf<Coordinator>;

/** Of every kind: the kinds differ in their fields. */
const problem = {
  kind,
  sentence: text,
  instanceId: text,
  slot: number,
  refusals: listOf({ instanceType: text, code: text, message: text }),
};

const evidence = object({
  startedBy: text,
  operatorTags: texts,
  active: text,
  address: text,
  selfReport: text,
  standbys: text,
  statusChecks: text,
  versions: text,
  readyStandbys: texts,
});

const schemas: { readonly [path in keyof Findings]: Schema<Findings[path]> } = {
  survey: v.object({
    kind,
    at: time,
    address: object(address),
    coordinators: lenient(itemsOf(coordinator)),
    samplesRead: flag,
    alarmsRinging: flag,
    targets: listOf({ name: text, host: text }),
    unread: texts,
  }),
  answers: v.object({ kind, at: time, answers: listOf(answer) }),
  decision: v.object({
    kind,
    at: time,
    rule: text,
    outcome: text,
    sentence: text,
    pin,
    evidence,
    requestNote: text,
    observation: number,
    asks: number,
    waits: number,
    rounds: number,
    waitSeconds: number,
    isolatedSince: time,
    dryRun: flag,
  }),
  termination: v.object({
    kind,
    at: time,
    sentence: text,
    instanceId: text,
    rule: text,
    fenced: texts,
    terminated: texts,
    problems: texts,
    steps: lenient(itemsOf({ step: text, result: text, at: time })),
  }),
  standbyPick: v.object({
    kind,
    at: time,
    instanceId: text,
    sentence: text,
    passedOver: listOf({ instanceId: text, why: text }),
    observation: number,
    tried: texts,
  }),
  attachment: v.object({
    kind,
    at: time,
    sentence: text,
    instanceId: text,
    attachmentId: text,
    found: flag,
    unfit: texts,
  }),
  verification: v.object({
    kind,
    at: time,
    sentence: text,
    attachmentId: text,
    instanceId: text,
    tries: number,
    answers: listOf(answer),
    rejected: texts,
  }),
  standbyLaunch: v.object({
    kind,
    observations: number,
    at: time,
    sentence: text,
    launched: texts,
    terminated: texts,
    surplus: texts,
    surplusSince: lenient(v.record(v.string(), time)),
    problems: listOf(problem),
  }),
  alarmReset: v.object({ kind, at: time, sentence: text, reset: texts }),
  record: v.object({
    kind,
    at: time,
    sentence: text,
    ending: text,
    topic: text,
    subject: text,
    message: text,
  }),
  notification: v.object({ kind, messageId: text }),
};
