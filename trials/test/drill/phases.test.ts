import { expect, test } from 'vitest';
import type { Timeline } from '../../../history/timeline.ts';
import type { ClientAnswer } from '../../drill/client.ts';
import { phasesOf, type Sources } from '../../drill/phases.ts';

const fault = 100_000;

function timeline(startedAt: number, rest: Partial<Timeline> = {}): Timeline {
  return {
    executionStartedAt: fault + startedAt,
    status: 'SUCCEEDED',
    ...rest,
  };
}

const answer = (askedAt: number, ready: boolean): ClientAnswer => ({
  askedAt: fault + askedAt,
  answeredAt: fault + askedAt + 5,
  ready,
  what: ready ? 'ready' : 'ECONNREFUSED',
});

const sources: Sources = {
  answers: [answer(-100, true), answer(95, false), answer(195, false), answer(20_000, true)],
  alarmChanges: [
    { alarmName: 'health', at: fault - 3_600_000, to: 'ALARM' },
    { alarmName: 'health', at: fault + 4_000, to: 'ALARM' },
    { alarmName: 'reachable', at: fault + 3_000, to: 'ALARM' },
    { alarmName: 'health', at: fault + 30_000, to: 'OK' },
  ],
  timelines: [
    timeline(4_500, {
      confirmedAt: fault + 11_000,
      fencedAt: fault + 12_000,
      attachedAt: fault + 15_000,
      verifiedAt: fault + 19_000,
      standbyRestoredAt: fault + 21_000,
    }),
    timeline(4_900),
  ],
};

const over = { kind: 'over', endedAt: fault + 18_500, seconds: 18.5, identity: 'bbbbb' } as const;

test('phases: seconds since the fault, in the order in which they came', () => {
  const window = { from: fault, until: Number.POSITIVE_INFINITY };
  expect(phasesOf(sources, window, over)).toEqual([
    { name: 'failure', seconds: 0 },
    { name: 'first bad sample', seconds: 0.1 },
    { name: 'alarm', seconds: 3 },
    { name: 'execution start', seconds: 4.5 },
    { name: 'confirmed', seconds: 11 },
    { name: 'fenced', seconds: 12 },
    { name: 'attached', seconds: 15 },
    { name: 'client served', seconds: 18.5 },
    { name: 'verified', seconds: 19 },
    { name: 'standby restored', seconds: 21 },
  ]);
});

test('phases: what belongs to the next failure is left out', () => {
  const phases = phasesOf(sources, { from: fault, until: fault + 13_000 }, { kind: 'none' });
  expect(phases.at(-1)).toEqual({ name: 'fenced', seconds: 12 });
});

test('phases: what did not happen is left out', () => {
  const quiet: Sources = { answers: [answer(0, true)], alarmChanges: [], timelines: [] };
  const window = { from: fault, until: Number.POSITIVE_INFINITY };
  expect(phasesOf(quiet, window, { kind: 'none' })).toEqual([{ name: 'failure', seconds: 0 }]);
});
