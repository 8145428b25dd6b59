/**
 * Which faults a run gets: drawn by fast-check, so that a failing schedule is made as short as it
 * can be. Moments and spans are whole seconds, within the first minutes.
 * What can go wrong: schedules that only ever break one thing. Each kind is drawn on its own, and
 * most runs get two or three.
 */
import fc, { type Arbitrary } from 'fast-check';
import {
  type CallTrouble,
  type ClockDifference,
  callTroubleKinds,
  clockNames,
  type Delay,
  type EventTrouble,
  type ExecutionTrouble,
  eventTroubleKinds,
  type Faults,
  type FunctionTrouble,
  functionTroubleKinds,
  type HostFault,
  type HostFaultKind,
  hostFaultKinds,
  type LaunchTrouble,
  lastingStates,
  launchTroubleKinds,
  midways,
  type OperatorAction,
  operatorActionKinds,
} from './faults.ts';

/** Faults begin within so many seconds. */
const beginSeconds = 150;

const operations = [
  'any',
  'DescribeInstances',
  'DescribeNetworkInterfaces',
  'DescribeInstanceStatus',
  'GetMetricData',
  'CreateTags',
  'ModifyNetworkInterfaceAttribute',
  'DetachNetworkInterface',
  'AttachNetworkInterface',
  'TerminateInstances',
  'RunInstances',
  'DescribeAlarms',
  'SetAlarmState',
] as const;

const functionNames = [
  'any',
  'survey-coordinators',
  'check-info',
  'confirm-failure',
  'pick-standby',
  'terminate-instance',
  'attach-eni',
  'launch-standby',
  'reset-alarms',
  'record-incident',
] as const;

const latencies = [
  ['describeLag', 15],
  ['eniForceDetach', 240],
  // Three times as often: it takes a failover at the right moment to show.
  ['eniRelease', 240],
  ['eniRelease', 240],
  ['eniRelease', 240],
  ['eniAttach', 60],
  ['eniUsableInGuest', 3600],
  ['imdsAttachLag', 60],
  ['imdsDetachLag', 300],
  ['metricIngestion', 60],
  ['eventDelivery', 100],
  ['lambdaColdStart', 8],
  ['apiCall', 3],
  ['guestBoot', 120],
  ['runInstancesToRunning', 120],
  ['powerOff', 60],
] as const;

const moment = fc.integer({ min: 5, max: beginSeconds });
const span = (mostSeconds: number) => ({
  fromSeconds: fc.integer({ min: 0, max: beginSeconds }),
  forSeconds: fc.integer({ min: 1, max: mostSeconds }),
});
/** A long one makes a long run, and says little that a shorter one does not. */
const seldomUpTo = (usually: number, most: number) =>
  fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: usually }), weight: 5 },
    { arbitrary: fc.integer({ min: usually, max: most }), weight: 1 },
  );
const long = fc.integer({ min: 100, max: 400 });
const share = fc.constantFrom(0.1, 0.3, 0.6, 1);

const who = fc.oneof(
  { arbitrary: fc.constant('active' as const), weight: 3 },
  { arbitrary: fc.constantFrom('first standby' as const, 'last standby' as const), weight: 1 },
);

/** No failover repairs these: the coordinator works, only a witness is gone. So they pass. */
const witnessFaults: readonly HostFaultKind[] = [
  'loses its probe',
  'loses CloudWatch',
  'is cut off outside',
  'is cut off inside',
];

const hostFault: Arbitrary<HostFault> = fc.constantFrom(...hostFaultKinds).chain((does) => {
  const passing = fc.integer({ min: 1, max: 200 });
  const forSeconds = witnessFaults.includes(does) ? passing : fc.option(passing);
  const common = { who, does: fc.constant(does), forSeconds };
  // In the middle of a failover, or just after it: the seconds then count from that state on.
  const midway = fc.record({
    ...common,
    atSeconds: fc.nat({ max: 30 }),
    after: fc.constantFrom(...midways),
  });
  return fc.oneof(
    { arbitrary: fc.record({ ...common, atSeconds: moment }), weight: 2 },
    { arbitrary: midway, weight: 1 },
  );
});

const callTrouble: Arbitrary<CallTrouble> = fc.constantFrom(...callTroubleKinds).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    operation: fc.constantFrom(...operations),
    share,
    ...span(120),
    ...(kind === 'no capacity' ? { forSeconds: seldomUpTo(120, 900) } : {}),
  }),
);

const delay: Arbitrary<Delay> = fc.constantFrom(...latencies).chain(([what, mostSeconds]) =>
  fc.record({
    what: fc.constant(what),
    bySeconds: fc.integer({ min: 1, max: mostSeconds }),
    varies: fc.boolean(),
    ...span(200),
    // One failover has one detachment: a span that it seldom falls into shows nothing.
    ...(what === 'eniRelease' ? { fromSeconds: fc.nat({ max: 50 }), forSeconds: long } : {}),
  }),
);

const eventTrouble: Arbitrary<EventTrouble> = fc.record({
  kind: fc.constantFrom(...eventTroubleKinds),
  bySeconds: fc.integer({ min: 0, max: 100 }),
  ...span(200),
});

const functionTrouble: Arbitrary<FunctionTrouble> = fc.record({
  kind: fc.constantFrom(...functionTroubleKinds),
  name: fc.constantFrom(...functionNames),
  share,
  ...span(120),
});

const launchTrouble: Arbitrary<LaunchTrouble> = fc.record({
  kind: fc.constantFrom(...launchTroubleKinds),
  share,
  ...span(200),
});

const dying = {
  number: fc.nat({ max: 3 }),
  atCall: fc.nat({ max: 25 }),
  effect: fc.boolean(),
  redrivenAfterSeconds: fc.option(seldomUpTo(200, 900)),
};
const executionTrouble: Arbitrary<ExecutionTrouble> = fc.oneof(
  { arbitrary: fc.record(dying), weight: 3 },
  // Between two calls that are far apart: what it goes on with later is old.
  { arbitrary: fc.record({ ...dying, inState: fc.constantFrom(...lastingStates) }), weight: 1 },
);

const operatorAction: Arbitrary<OperatorAction> = fc.record({
  does: fc.constantFrom(...operatorActionKinds),
  ...span(180),
});

/** The next one takes minutes: an execution that is asked for an upgrade waits for no boot. */
const upgrade: Arbitrary<OperatorAction[]> = fc
  .record({
    fromSeconds: fc.integer({ min: 0, max: 100 }),
    askedAfter: fc.array(seldomUpTo(150, 400), { minLength: 1, maxLength: 3 }),
  })
  .map(({ fromSeconds, askedAfter }) => [
    { does: 'new version' as const, fromSeconds, forSeconds: 0 },
    ...askedAfter.map((seconds) => ({
      does: 'upgrade' as const,
      fromSeconds: fromSeconds + seconds,
      forSeconds: 0,
    })),
  ]);

const clockDifference: Arbitrary<ClockDifference> = fc.record({
  whose: fc.constantFrom(...clockNames),
  aheadSeconds: fc.integer({ min: -5, max: 5 }),
});

const upTo = <Fault>(fault: Arbitrary<Fault>, maxLength: number) => fc.array(fault, { maxLength });

/** Launches matter only where something is launched. */
const seldom = <Fault>(fault: Arbitrary<Fault>) =>
  fc.oneof(
    { arbitrary: fc.constant<Fault[]>([]), weight: 3 },
    { arbitrary: upTo(fault, 1), weight: 1 },
  );

/** The seed stays as it is while a schedule is made shorter: another one is another run. */
export const faults: Arbitrary<Faults> = fc.record({
  seed: fc.noShrink(fc.nat({ max: 2 ** 30 })),
  coordinators: fc.oneof(
    { arbitrary: fc.constant(2), weight: 4 },
    { arbitrary: fc.integer({ min: 1, max: 4 }), weight: 3 },
  ),
  hosts: fc.oneof(
    { arbitrary: fc.array(hostFault, { minLength: 1, maxLength: 1 }), weight: 3 },
    { arbitrary: upTo(hostFault, 3), weight: 2 },
  ),
  calls: upTo(callTrouble, 2),
  delays: upTo(delay, 2),
  events: upTo(eventTrouble, 1),
  functions: upTo(functionTrouble, 1),
  launches: seldom(launchTrouble),
  executions: upTo(executionTrouble, 2),
  people: fc.oneof(
    { arbitrary: upTo(operatorAction, 1), weight: 3 },
    { arbitrary: upTo(operatorAction, 3), weight: 1 },
    { arbitrary: upgrade, weight: 1 },
  ),
  clocks: upTo(clockDifference, 2),
});

/** The schedule of a run: the same seed and number, the same schedule. */
export function scheduleOf(seed: number, number: number): Faults {
  const [drawn] = fc.sample(faults, { seed: mixed(seed, number), numRuns: 1 });
  if (drawn === undefined) throw new Error('fast-check drew nothing.');
  return drawn;
}

export function mixed(seed: number, number: number): number {
  return (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) | 0;
}
