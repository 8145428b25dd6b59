/**
 * Faults that somebody typed or kept in a file.
 * What can go wrong: a name with a typing error would be a fault that never happens, and its replay would
 * prove nothing. So what is not known is refused.
 */
import { latencyNames } from '@coordinator-failover/local-cloud';
import * as v from 'valibot';
import type { FailoverCalls } from '../../aws/calls.ts';
import { isObject } from '../../workflow/model/fields.ts';
import { oneOf, problemsOf, value } from '../../workflow/model/schema.ts';
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

/** Held to the type: a fault that the schema does not know does not compile. */
const fields = {
  seed: wholeFrom(0, 2 ** 31 - 1),
  coordinators: wholeFrom(1, 4),
  hosts: listOf({
    who: oneOf(hostNames),
    does: oneOf(hostFaultKinds),
    atSeconds: seconds,
    after: v.optional(oneOf(midways)),
    forSeconds: v.nullable(seconds),
  }),
  calls: listOf({
    kind: oneOf(callTroubleKinds),
    operation: oneOf(['any', ...namesOf(operations)]),
    share,
    ...span,
  }),
  delays: listOf({
    what: oneOf(['eniRelease', ...latencyNames]),
    bySeconds: seconds,
    varies: yesOrNo,
    ...span,
  }),
  events: listOf({
    kind: oneOf(eventTroubleKinds),
    bySeconds: seconds,
    ...span,
  }),
  functions: listOf({
    kind: oneOf(functionTroubleKinds),
    name: oneOf(['any', ...namesOf(handlers)]),
    share,
    ...span,
  }),
  launches: listOf({ kind: oneOf(launchTroubleKinds), share, ...span }),
  executions: listOf({
    number: count,
    atCall: count,
    effect: yesOrNo,
    inState: v.optional(oneOf(lastingStates)),
    redrivenAfterSeconds: v.nullable(seconds),
  }),
  people: listOf({ does: oneOf(operatorActionKinds), ...span }),
  clocks: listOf({
    whose: oneOf(clockNames),
    aheadSeconds: numberFrom(-3600, 3600),
  }),
} satisfies { readonly [Name in keyof Faults]: v.GenericSchema<unknown, Faults[Name]> };

const names = Object.keys(fields).join(', ');
const schema = v.pipe(
  value<Partial<Faults>>(isObject, `an object with some of ${names}`),
  v.transform((given): unknown => ({ ...noFaults, ...given })),
  v.strictObject(fields, noField(names)),
);

/**
 * What is left out is as in `noFaults`.
 *
 * @throws Error with one sentence: where it stands, what stands there, what is allowed
 */
export function readFaults(given: unknown): Faults {
  const { issues, output } = v.safeParse(schema, given, { abortEarly: true });
  if (issues === undefined) return output;
  const [{ place, predicate } = { place: '', predicate: '' }] = problemsOf(issues);
  throw new Error(`${place === '' ? '--replay' : `--replay: ${place}`} ${predicate}`);
}

function namesOf<Name extends string>(known: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(known) as Name[];
}

function noField(known: string): string {
  return `there is no such field. There are: ${known}`;
}

function listOf<const Fields extends v.ObjectEntries>(known: Fields) {
  const all = Object.keys(known);
  const needed = all.filter((name) => known[name]?.type !== 'optional');
  const missing = (given: object) => needed.find((name) => !(name in given));
  return v.pipe(
    value<unknown[]>(Array.isArray, 'a list, such as []'),
    v.array(
      v.pipe(
        value<object>(isObject, `an object with ${all.join(', ')}`),
        v.check(
          (given) => missing(given) === undefined,
          ({ input }) => `${missing(input)} is missing. It needs ${needed.join(', ')}`,
        ),
        v.strictObject(known, noField(all.join(', '))),
      ),
    ),
  );
}

function numberFrom(least: number, most: number) {
  return value<number>(
    (given) => typeof given === 'number' && given >= least && given <= most,
    `a number from ${least} to ${most}`,
  );
}

function wholeFrom(least: number, most: number) {
  return value<number>(
    (given) => Number.isInteger(given) && Number(given) >= least && Number(given) <= most,
    `a whole number from ${least} to ${most}`,
  );
}
