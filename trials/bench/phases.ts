/**
 * Where the seconds of one outage went, phase by phase. The moments come from what happened (facts)
 * and from the latencies as they were drawn; the phases between them add up to the outage.
 * What can go wrong: two executions of one incident share the work. The one that fenced is followed up
 * to the fence; from then on it is the address itself.
 */
import type { CallFact, Fact } from '../simulation/recording.ts';
import type { Draws } from './draws.ts';

/** In their order. */
export const phaseNames = [
  'detection',
  'event delivery',
  'grace',
  'first observation',
  'asked again',
  'fence',
  'release',
  'taking over',
  'another round',
  'attach',
  'usable in guest',
  'first answer',
] as const;
export type MeasuredPhase = (typeof phaseNames)[number];

/** What each phase is, for a reader who does not know the code. */
export const phaseMeaning: Readonly<Record<MeasuredPhase, string>> = {
  detection: 'from the failure until an alarm (or EC2) puts the event that leads to the failover',
  'event delivery': 'EventBridge, until the execution has begun',
  grace: 'the wait before the first observation (graceSeconds)',
  'first observation': 'surveying AWS, asking /v1/info everywhere, the decision',
  'asked again': 'further observations, where the witnesses did not agree yet',
  fence: 'retiring the old coordinator, until EC2 has the forced detachment',
  release: 'until EC2 has let go of the network interface',
  'taking over': 'picking the standby, and the next try to attach',
  'another round': 'a standby that did not get the address in time, until the next one has it',
  attach: 'AttachNetworkInterface until the attachment reads "attached"',
  'usable in guest': 'until packets reach the guest through it',
  'first answer': 'until the client has asked again and was answered',
};

/** Seconds of each. */
export type Phases = Readonly<Record<MeasuredPhase, number>>;

/** Milliseconds since the epoch: when each phase was over. */
export interface Moments {
  readonly failedAtMs: number;
  readonly ends: Readonly<Record<MeasuredPhase, number>>;
}

export function phasesOf({ failedAtMs, ends }: Moments): Phases {
  let before = failedAtMs;
  const seconds = phaseNames.map((name) => {
    const end = Math.max(before, ends[name]);
    const length = (end - before) / 1000;
    before = end;
    return [name, length] as const;
  });
  return Object.fromEntries(seconds) as Phases;
}

export function momentsOf(
  facts: readonly Fact[],
  draws: Draws,
  failedAtMs: number,
  servedAtMs: number | undefined,
): Moments {
  const calls = facts.filter(
    (fact): fact is CallFact => fact.kind === 'call' && fact.error === undefined,
  );
  const attachments = calls.filter(({ operation }) => operation === 'AttachNetworkInterface');
  const attachment = attachments.at(-1);
  const detachment = calls.find(({ operation }) => operation === 'DetachNetworkInterface');
  const entered = statesOf(facts, (detachment ?? attachment)?.executionArn);
  const startedMs = entered('Receive request') ?? failedAtMs;
  const lookedMs = entered('Survey coordinators') ?? startedMs;
  const decidedMs = entered('Terminate instance') ?? entered('Begin move') ?? lookedMs;
  const firstObservationMs = Math.min(decidedMs, entered('Wait before asking again') ?? decidedMs);
  const fencedMs = detachment?.atMs ?? decidedMs;
  const attachingMs = attachment?.atMs ?? fencedMs;
  const firstMs = attachments[0]?.atMs ?? attachingMs;
  const attachedMs = attachingMs + (draws.from('eniAttach', attachingMs)?.ms ?? 0);
  const usableMs = attachedMs + (draws.from('eniUsableInGuest', attachingMs)?.ms ?? 0);
  const delivery = draws.endingAt('eventDelivery', startedMs);
  return {
    failedAtMs,
    ends: {
      detection: delivery?.atMs ?? startedMs,
      'event delivery': startedMs,
      grace: lookedMs,
      'first observation': firstObservationMs,
      'asked again': decidedMs,
      fence: fencedMs,
      release: releasedMs(draws, fencedMs, firstMs),
      'taking over': firstMs,
      'another round': attachingMs,
      attach: attachedMs,
      'usable in guest': usableMs,
      'first answer': servedAtMs ?? usableMs,
    },
  };
}

/** By whatever let it go first: a detachment (there may be several), or the end of the instance. */
function releasedMs(draws: Draws, fencedMs: number, attachingMs: number): number {
  const ends = [...draws.all('eniForceDetach'), ...draws.all('eniReleaseAfterTermination')]
    .map(({ atMs, ms }) => atMs + ms)
    .filter((ms) => ms >= fencedMs && ms <= attachingMs);
  return ends.length === 0 ? fencedMs : Math.min(...ends);
}

/** When the execution entered a state for the first time. */
function statesOf(facts: readonly Fact[], executionArn: string | undefined) {
  return (name: string): number | undefined =>
    facts.find(
      (fact) => fact.kind === 'state' && fact.executionArn === executionArn && fact.name === name,
    )?.atMs;
}
