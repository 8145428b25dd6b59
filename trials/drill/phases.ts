/**
 * Where the seconds of an outage go. Pure, and derived from the execution history, the alarms'
 * history and the independent client only; the fault sets time zero and nothing else.
 */
import type { Timeline } from '../../history/timeline.ts';
import type { ClientAnswer, ClientOutage } from './client.ts';
import type { AlarmTransition } from './executions.ts';

export interface Phase {
  readonly name: string;
  /** Since the fault. */
  readonly seconds: number;
}

export interface Sources {
  readonly answers: readonly ClientAnswer[];
  readonly alarmChanges: readonly AlarmTransition[];
  readonly timelines: readonly Timeline[];
}

/** The phases of one failure, in the order in which they came. Those that did not come are left out. */
export function phasesOf(
  sources: Sources,
  window: { readonly from: number; readonly until: number },
  outage: ClientOutage,
): Phase[] {
  const earliest = (times: readonly (number | undefined)[]): number | undefined => {
    const inside = times.filter((time) => time !== undefined && isInside(time, window));
    return inside.length === 0
      ? undefined
      : Math.min(...inside.filter((time) => time !== undefined));
  };
  const bad = sources.answers.find((answer) => !answer.ready && isInside(answer.askedAt, window));
  const alarms = sources.alarmChanges.filter((change) => change.to === 'ALARM');
  const { timelines } = sources;
  const times: readonly (readonly [string, number | undefined])[] = [
    ['failure', window.from],
    ['first bad sample', bad?.answeredAt],
    ['alarm', earliest(alarms.map((change) => change.at))],
    ['execution start', earliest(timelines.map((timeline) => timeline.executionStartedAt))],
    ['confirmed', earliest(timelines.map((timeline) => timeline.confirmedAt))],
    ['fenced', earliest(timelines.map((timeline) => timeline.fencedAt))],
    ['attached', earliest(timelines.map((timeline) => timeline.attachedAt))],
    ['verified', earliest(timelines.map((timeline) => timeline.verifiedAt))],
    ['client served', outage.kind === 'over' ? outage.endedAt : undefined],
    ['standby restored', earliest(timelines.map((timeline) => timeline.standbyRestoredAt))],
  ];
  return times
    .flatMap(([name, at]) =>
      at === undefined ? [] : [{ name, seconds: (at - window.from) / 1000 }],
    )
    .sort((a, b) => a.seconds - b.seconds);
}

function isInside(
  time: number,
  window: { readonly from: number; readonly until: number },
): boolean {
  return time >= window.from && time < window.until;
}
