/**
 * Faults as the parts of a run ask for them: does it hit me, now? Whatever is left to chance is drawn
 * from a stream per fault, so that leaving one fault out leaves the others as they were.
 */
import {
  type CloudEvent,
  type Latencies,
  type Random,
  randomFrom,
} from '@coordinator-failover/local-cloud';
import {
  type CallTroubleKind,
  type ClockDifference,
  type FaultSpan,
  type Faults,
  type FunctionTrouble,
  isWithin,
  type LaunchTrouble,
  latenciesOf,
} from './faults.ts';
import type { InvocationTrouble } from './functions.ts';

export interface Chance {
  /** The latencies with what is on top of them. */
  delayed(latencies: Latencies): Latencies;
  callTrouble(operation: string): CallTroubleKind | undefined;
  functionTrouble(name: string): InvocationTrouble | undefined;
  /** The outside check reaches nobody. */
  isCheckBlind(): boolean;
  /** What goes wrong with an instance that is launched now. */
  launchTrouble(): LaunchTrouble['kind'] | undefined;
  /** As the event bus asks: how late each delivery is, milliseconds. */
  deliveries(event: CloudEvent): readonly number[];
  /** The host with that number, from 0. */
  hostAheadMs(hostNumber: number): number;
  readonly functionsAheadMs: number;
}

/** What each kind of trouble can hit, where it does not hit all. */
const operationsOf: Partial<Record<CallTroubleKind, string>> = {
  'no capacity': 'RunInstances',
  'termination refused': 'TerminateInstances',
};

/** `seconds`: since the beginning of the run. */
export function createChance(faults: Faults, seconds: () => number): Chance {
  const calls = faults.calls.map((trouble, index) => drawn(trouble, faults.seed, index));
  const functions = faults.functions.map((trouble, index) => drawn(trouble, faults.seed, index));
  const launches = faults.launches.map((trouble, index) => drawn(trouble, faults.seed, index));
  const delays = faults.delays.map((delay, index) => drawn(delay, faults.seed, index));
  const events = faults.events.map((trouble, index) => drawn(trouble, faults.seed, index));
  const now = <Fault extends FaultSpan>(list: readonly Fault[]) =>
    list.filter((fault) => isWithin(fault, seconds()));
  const aheadMs = (whose: ClockDifference['whose']) =>
    1000 * (faults.clocks.find((clock) => clock.whose === whose)?.aheadSeconds ?? 0);

  return {
    delayed: (latencies) => (name) =>
      now(delays)
        .filter((delay) => latenciesOf(delay).includes(name))
        .reduce(
          (milliseconds, { bySeconds, varies, random }) =>
            milliseconds + bySeconds * 1000 * (varies ? random.next() : 1),
          latencies(name),
        ),
    callTrouble: (operation) =>
      now(calls).find(({ kind, ...trouble }) => {
        const hit = operationsOf[kind] ?? trouble.operation;
        return (hit === 'any' || hit === operation) && trouble.random.next() < trouble.share;
      })?.kind,
    functionTrouble(name) {
      const hit = now(functions).find(
        (trouble) =>
          trouble.kind !== 'reaches nobody' &&
          (trouble.name === 'any' || trouble.name === name) &&
          trouble.random.next() < trouble.share,
      );
      return invocationTrouble(hit?.kind);
    },
    isCheckBlind: () =>
      now(functions).some(
        ({ kind, random, share }) => kind === 'reaches nobody' && random.next() < share,
      ),
    launchTrouble: () => now(launches).find(({ random, share }) => random.next() < share)?.kind,
    deliveries: (event) => deliveriesOf(event, now(events)),
    hostAheadMs: (number) =>
      aheadMs((['first host', 'second host'] as const)[number] ?? 'later hosts'),
    functionsAheadMs: aheadMs('functions'),
  };
}

function invocationTrouble(kind: FunctionTrouble['kind'] | undefined) {
  return kind === 'reaches nobody' ? undefined : kind;
}

function drawn<Fault>(fault: Fault, seed: number, index: number): Fault & { random: Random } {
  return { ...fault, random: randomFrom(seed * 31 + index) };
}

type DrawnTrouble = Faults['events'][number] & { readonly random: Random };

function deliveriesOf(event: CloudEvent, troubles: readonly DrawnTrouble[]): readonly number[] {
  // CloudWatch's alarm events are delivered at least once, EC2's as best they can (facts/aws).
  const isBestEffort = event.source === 'aws.ec2';
  if (isBestEffort && troubles.some(({ kind }) => kind === 'lost')) return [];
  const lateMs = troubles
    .filter(({ kind }) => kind === 'late' || kind === 'out of order')
    .reduce((sum, { kind, bySeconds, random }) => {
      const part = kind === 'late' ? 1 : random.next();
      return sum + bySeconds * 1000 * part;
    }, 0);
  const again = troubles.filter(({ kind }) => kind === 'twice');
  return [lateMs, ...again.map(({ bySeconds }) => lateMs + bySeconds * 1000)];
}
