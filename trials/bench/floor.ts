/**
 * The floor: what AWS's own latencies alone would have cost in the same incident, with the very
 * latencies that were drawn in it. A failover that knows at once, decides in no time and makes the
 * fewest calls: the alarm is set, the event delivered, one function invoked, which detaches by force and
 * attaches the moment the interface is free.
 */
import type { LatencyName } from '@coordinator-failover/local-cloud';
import type { Draws } from './draws.ts';
import type { Moments } from './phases.ts';

const floorParts = [
  'alarm call',
  'event delivery',
  'state and function',
  'detach call',
  'release',
  'attach call',
  'attach',
  'usable in guest',
] as const;
type FloorPart = (typeof floorParts)[number];

/** Seconds of each. */
export type Floor = Readonly<Record<FloorPart, number>>;

export function floorSeconds(floor: Floor): number {
  return floorParts.reduce((sum, part) => sum + floor[part], 0);
}

export function floorOf({ failedAtMs, ends }: Moments, draws: Draws): Floor {
  const seconds = (...found: ({ readonly ms: number } | undefined)[]) =>
    found.reduce((sum, draw) => sum + (draw?.ms ?? 0), 0) / 1000;
  const call = (atMs: number) => draws.endingAt('apiCall', atMs);
  const after = (name: LatencyName, atMs: number) => draws.from(name, atMs);
  const startedMs = ends['event delivery'];
  const attach = after('eniAttach', ends['taking over']);
  const attachedMs = ends['taking over'] + (attach?.ms ?? 0);
  const usable = after('eniUsableInGuest', ends['taking over']);
  const eventMs = Math.max(failedAtMs, ends.detection);
  return {
    'alarm call': seconds(call(eventMs)),
    'event delivery': (startedMs - eventMs) / 1000,
    'state and function': seconds(
      after('stateTransition', startedMs),
      after('lambdaInvoke', startedMs),
    ),
    'detach call': seconds(call(ends.fence)),
    release: Math.max(0, ends.release - ends.fence) / 1000,
    'attach call': seconds(call(ends['taking over'])),
    attach: seconds(attach),
    // Whoever goes another round may be faster than one that waits.
    'usable in guest': Math.min(seconds(usable), (ends['usable in guest'] - attachedMs) / 1000),
  };
}
