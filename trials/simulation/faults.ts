/**
 * Everything that can go wrong in one incident, as one options object. Seconds count from the
 * beginning of the run. It is plain JSON: a failing run prints it, and `--replay` takes it back.
 */
import type { LatencyName } from '@coordinator-failover/local-cloud';

export interface Faults {
  /** Of everything that is left to chance: latencies, phases, which of some calls fail. */
  readonly seed: number;
  /** HACoordinatorsCount, 1 to 4. */
  readonly coordinators: number;
  readonly hosts: readonly HostFault[];
  readonly calls: readonly CallTrouble[];
  readonly delays: readonly Delay[];
  readonly events: readonly EventTrouble[];
  readonly functions: readonly FunctionTrouble[];
  readonly launches: readonly LaunchTrouble[];
  readonly executions: readonly ExecutionTrouble[];
  readonly people: readonly OperatorAction[];
  readonly clocks: readonly ClockDifference[];
}

export interface FaultSpan {
  readonly fromSeconds: number;
  readonly forSeconds: number;
}

export const hostFaultKinds = [
  /** The server's process ends. After the span a new one is started in place. */
  'exits',
  /** The server's process ends, and a new one is started in place at once. */
  'restarts',
  /** The server hangs, the probe beside it runs on. After the span it goes on. */
  'hangs',
  /** The machine hangs with all that is on it, and goes on after the span. */
  'freezes',
  /** As freezes, and packets to it are dropped: EC2 still says running. */
  'vanishes',
  /** The outside check does not reach it. */
  'is cut off outside',
  /** The other hosts do not reach it, nor it them. */
  'is cut off inside',
  /** Nobody reaches it, though it is healthy. */
  'is cut off',
  /** Its probe is not running. */
  'loses its probe',
  /** Its probe reaches neither CloudWatch nor its alarms. */
  'loses CloudWatch',
  /** Somebody stops the instance through the EC2 API, and does not start it again. */
  'is stopped',
  /** Somebody terminates it through the EC2 API. */
  'is terminated',
] as const;
export type HostFaultKind = (typeof hostFaultKinds)[number];

/** States in the middle of a failover and at its end. */
export const midways = [
  'Confirm failure',
  'Terminate instance',
  'Attach ENI',
  'Verify coordinator',
  'Launch standby',
  'Record incident',
] as const;

export const hostNames = ['active', 'first standby', 'last standby'] as const;

export interface HostFault {
  /** Who it is, found when it happens: the holder of the address, or a standby, oldest first. */
  readonly who: (typeof hostNames)[number];
  readonly does: HostFaultKind;
  readonly atSeconds: number;
  /** Counted from when an execution first enters this state. @default from the beginning */
  readonly after?: (typeof midways)[number];
  /** `null`: for good. */
  readonly forSeconds: number | null;
}

export const callTroubleKinds = [
  'throttled',
  'server error before',
  'server error after',
  'request lost',
  'answer lost',
  'no capacity',
  'termination refused',
] as const;
export type CallTroubleKind = (typeof callTroubleKinds)[number];

/** Calls of the functions to AWS that fail. */
export interface CallTrouble extends FaultSpan {
  readonly kind: CallTroubleKind;
  /** `any`, or one operation by its name in the API. */
  readonly operation: string;
  /** Of the calls, 0 to 1. */
  readonly share: number;
}

/** One of AWS's latencies is so much longer. */
export interface Delay extends FaultSpan {
  /**
   * `eniRelease`: a detachment that really takes so long. Whether the end of its instance frees an
   * interface before its detachment does is not documented, and the local cloud says yes: so
   * both are longer then.
   */
  readonly what: LatencyName | 'eniRelease';
  readonly bySeconds: number;
  /** Each time by another part of it, so that what follows may overtake what came first. */
  readonly varies: boolean;
}

export const eventTroubleKinds = ['late', 'twice', 'out of order', 'lost'] as const;

export interface EventTrouble extends FaultSpan {
  /** Only best-effort events (those of EC2) can be lost. */
  readonly kind: (typeof eventTroubleKinds)[number];
  /** Of the late or second delivery; out of order, each is late by another part of it. */
  readonly bySeconds: number;
}

export const functionTroubleKinds = [
  'times out before',
  'times out after',
  'throttled',
  'reaches nobody',
] as const;

export interface FunctionTrouble extends FaultSpan {
  readonly kind: (typeof functionTroubleKinds)[number];
  /** `any`, or one function. "reaches nobody" is always about check-info. */
  readonly name: string;
  /** Of the invocations, 0 to 1. */
  readonly share: number;
}

export const launchTroubleKinds = ['ends at once', 'never gets ready'] as const;

/** Instances that are launched and never serve. */
export interface LaunchTrouble extends FaultSpan {
  /** EC2 ends it, as when its disk cannot be decrypted; or its server never gets ready. */
  readonly kind: (typeof launchTroubleKinds)[number];
  /** Of the launches, 0 to 1. */
  readonly share: number;
}

/** States that take time, so that an execution may die in them. */
export const lastingStates = [
  'Grace wait',
  'Survey coordinators',
  'Ask coordinators',
  'Confirm failure',
  'Wait before asking again',
  'Terminate instance',
  'Pick standby',
  'Attach ENI',
  'Verify coordinator',
  'Wait before verifying again',
  'Launch standby',
  'Wait before scaling in',
  'Wait before resetting alarms',
  'Reset alarms',
  'Record incident',
] as const;

/** An execution ends between two calls to AWS, with what runs of it at the moment. */
export interface ExecutionTrouble {
  /** Which one, in the order of their starts, from 0. */
  readonly number: number;
  /** It dies at this call to AWS of its functions, from 0. */
  readonly atCall: number;
  /** Has the call its effect? */
  readonly effect: boolean;
  /** It dies when it enters this state for the first time, before it does anything there. @default at the call */
  readonly inState?: (typeof lastingStates)[number];
  /** Somebody redrives it so long after its death; `null`: nobody does. */
  readonly redrivenAfterSeconds: number | null;
}

export const operatorActionKinds = [
  'start',
  'start with garbage',
  /** As "start", but only to be told what would be done. */
  'dry run',
  'force',
  /** As "force", and names the standby that booted last. */
  'force to a standby',
  'pause',
  'acknowledge',
  /** A stack update: another version of the launch template. */
  'new version',
  /** Asks for the move to the newest version. */
  'upgrade',
  /** Says that the cluster is being taken down, and takes that back. */
  'close',
] as const;

/** What people do. Only a pause and a closing have a length. */
export interface OperatorAction extends FaultSpan {
  readonly does: (typeof operatorActionKinds)[number];
}

export const clockNames = ['functions', 'first host', 'second host', 'later hosts'] as const;

/** A host's clock, or the functions', is ahead (or behind, below 0). */
export interface ClockDifference {
  readonly whose: (typeof clockNames)[number];
  readonly aheadSeconds: number;
}

/** The latencies that a delay makes longer. */
export function latenciesOf({ what }: Delay): readonly LatencyName[] {
  return what === 'eniRelease' ? ['eniForceDetach', 'eniReleaseAfterTermination'] : [what];
}

export const noFaults: Faults = {
  seed: 1,
  coordinators: 2,
  hosts: [],
  calls: [],
  delays: [],
  events: [],
  functions: [],
  launches: [],
  executions: [],
  people: [],
  clocks: [],
};

/** As it is printed: without what is as in `noFaults`, and `--replay` puts that back. */
export function printed(faults: Faults): string {
  const usual: Readonly<Record<string, unknown>> = { ...noFaults };
  const differing = Object.entries(faults).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name]),
  );
  return JSON.stringify(Object.fromEntries(differing));
}

export function isWithin(span: FaultSpan, seconds: number): boolean {
  return seconds >= span.fromSeconds && seconds < span.fromSeconds + span.forSeconds;
}

/**
 * When the last of them is over, of those whose time is known beforehand. What lasts for good is over
 * when it has begun.
 */
export function lastFaultSeconds(faults: Faults): number {
  const { calls, delays, events, functions, launches, people } = faults;
  const spans = [calls, delays, events, functions, launches, people];
  return Math.max(
    0,
    ...spans.flat().map(({ fromSeconds, forSeconds }) => fromSeconds + forSeconds),
    ...faults.hosts
      .filter(({ after }) => after === undefined)
      .map(({ atSeconds, forSeconds }) => atSeconds + (forSeconds ?? 0)),
  );
}
