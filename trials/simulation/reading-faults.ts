/**
 * Faults that somebody typed or kept in a file. A name with a typing error in it would be a fault
 * that never happens, and a replay that proves nothing: so whatever is not known is refused, with
 * where it stands, what it is, and what is allowed.
 */
import { latencyNames } from '@coordinator-failover/local-cloud';
import type { FailoverCalls } from '../../aws/calls.ts';
import {
  callTroubleKinds,
  clockNames,
  eventTroubleKinds,
  type Faults,
  functionTroubleKinds,
  hostFaultKinds,
  hostNames,
  lastingStates,
  launchTroubleKinds,
  midways,
  noFaults,
  operatorActionKinds,
} from './faults.ts';
import { handlers } from './functions.ts';

/** Throws when what stands at that place is not what it must be. */
type Check = (value: unknown, place: string) => void;
interface Field {
  readonly check: Check;
  readonly mayBeLeftOut?: true;
}
type FieldsOf<Thing> = { readonly [Name in keyof Required<Thing>]: Check | Field };

/** The operations of the functions: what a call trouble can be about. */
const operations: Readonly<Record<Capitalize<keyof FailoverCalls>, true>> = {
  DescribeInstances: true,
  DescribeInstanceStatus: true,
  DescribeNetworkInterfaces: true,
  CreateTags: true,
  ModifyNetworkInterfaceAttribute: true,
  AttachNetworkInterface: true,
  DetachNetworkInterface: true,
  TerminateInstances: true,
  RunInstances: true,
  GetMetricData: true,
  PutMetricData: true,
  DescribeAlarms: true,
  SetAlarmState: true,
};

/** A day: what begins later than that is a typing error, and would take long to simulate. */
const seconds = numberFrom(0, 86_400);
const share = numberFrom(0, 1);
const count = wholeFrom(0, 10_000);
const yesOrNo = oneOf([true, false]);
const span = { fromSeconds: seconds, forSeconds: seconds };

const fields: FieldsOf<Faults> = {
  seed: wholeFrom(0, 2 ** 31 - 1),
  coordinators: wholeFrom(1, 4),
  hosts: listOf<Faults['hosts'][number]>({
    who: oneOf(hostNames),
    does: oneOf(hostFaultKinds),
    atSeconds: seconds,
    after: { check: oneOf(midways), mayBeLeftOut: true },
    forSeconds: orNull(seconds),
  }),
  calls: listOf<Faults['calls'][number]>({
    kind: oneOf(callTroubleKinds),
    operation: oneOf(['any', ...Object.keys(operations)]),
    share,
    ...span,
  }),
  delays: listOf<Faults['delays'][number]>({
    what: oneOf(['eniRelease', ...latencyNames]),
    bySeconds: seconds,
    varies: yesOrNo,
    ...span,
  }),
  events: listOf<Faults['events'][number]>({
    kind: oneOf(eventTroubleKinds),
    bySeconds: seconds,
    ...span,
  }),
  functions: listOf<Faults['functions'][number]>({
    kind: oneOf(functionTroubleKinds),
    name: oneOf(['any', ...Object.keys(handlers)]),
    share,
    ...span,
  }),
  launches: listOf<Faults['launches'][number]>({ kind: oneOf(launchTroubleKinds), share, ...span }),
  executions: listOf<Faults['executions'][number]>({
    number: count,
    atCall: count,
    effect: yesOrNo,
    inState: { check: oneOf(lastingStates), mayBeLeftOut: true },
    redrivenAfterSeconds: orNull(seconds),
  }),
  people: listOf<Faults['people'][number]>({ does: oneOf(operatorActionKinds), ...span }),
  clocks: listOf<Faults['clocks'][number]>({
    whose: oneOf(clockNames),
    aheadSeconds: numberFrom(-3600, 3600),
  }),
};

/**
 * What is left out is as in `noFaults`.
 *
 * @throws Error with one sentence: where it stands, what stands there, what is allowed
 */
export function readFaults(given: unknown): Faults {
  const leftOut = Object.entries(fields).map(([name, check]) => [
    name,
    { check: fieldOf(check).check, mayBeLeftOut: true },
  ]);
  checkFields(given, '', Object.fromEntries(leftOut) as Readonly<Record<string, Field>>);
  return { ...noFaults, ...(given as Partial<Faults>) };
}

function fieldOf(given: Check | Field): Field {
  return typeof given === 'function' ? { check: given } : given;
}

function checkFields(
  value: unknown,
  place: string,
  known: Readonly<Record<string, Check | Field>>,
): void {
  const names = Object.keys(known);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(place, value, `an object with ${place === '' ? 'some of ' : ''}${names.join(', ')}`);
  }
  const given: Readonly<Record<string, unknown>> = { ...value };
  for (const [name, found] of Object.entries(given)) {
    const field = Object.hasOwn(known, name) ? known[name] : undefined;
    const path = place === '' ? name : `${place}.${name}`;
    if (field === undefined) {
      throw new Error(`--replay: ${path} is no field. There are: ${names.join(', ')}.`);
    }
    fieldOf(field).check(found, path);
  }
  const needed = names.filter(
    (name) => fieldOf(known[name] as Check | Field).mayBeLeftOut !== true,
  );
  const missing = needed.find((name) => !(name in given));
  if (missing === undefined) return;
  throw new Error(
    `--replay: ${place} is ${shortOf(value)}, but ${missing} is missing. It needs ${needed.join(', ')}.`,
  );
}

function listOf<Thing>(known: FieldsOf<Thing>): Check {
  const fieldsOfOne: Readonly<Record<string, Check | Field>> = { ...known };
  return (value, place) => {
    if (!Array.isArray(value)) refuse(place, value, 'a list, such as []');
    for (const [index, one] of value.entries()) {
      checkFields(one, `${place}[${index}]`, fieldsOfOne);
    }
  };
}

function oneOf(allowed: readonly (string | boolean)[]): Check {
  return (value, place) => {
    if ((allowed as readonly unknown[]).includes(value)) return;
    refuse(place, value, `one of ${allowed.map((one) => JSON.stringify(one)).join(', ')}`);
  };
}

function orNull(check: Check): Check {
  return (value, place) => {
    if (value !== null) check(value, place);
  };
}

function numberFrom(least: number, most: number): Check {
  return (value, place) => {
    if (typeof value === 'number' && value >= least && value <= most) return;
    refuse(place, value, `a number from ${least} to ${most}`);
  };
}

function wholeFrom(least: number, most: number): Check {
  return (value, place) => {
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return;
    refuse(place, value, `a whole number from ${least} to ${most}`);
  };
}

function refuse(place: string, value: unknown, allowed: string): never {
  const where = place === '' ? '--replay' : `--replay: ${place}`;
  throw new Error(`${where} is ${shortOf(value)}, but must be ${allowed}.`);
}

function shortOf(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}
