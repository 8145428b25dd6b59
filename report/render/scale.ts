/**
 * The drawing's geometry: a lane per state that took time, the outage, and the marked moments, all as
 * fractions of one axis. Drawn as SVG in HTML and as characters in Markdown, to the same scale.
 * What can go wrong: a first sign from long ago that squeezes everything else. It is then left out
 * of the drawing, and said so.
 */
import { secondsBetween } from '../../history/values.ts';
import type { Moment, Report, Visit } from '../report.ts';
import { count, duration } from '../words.ts';

export interface Scale {
  /** Of the axis, in seconds from the start of the execution. */
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  readonly lanes: readonly Lane[];
  readonly outage: Span | null;
  readonly marks: readonly (Moment & { readonly at: string; readonly position: number })[];
  /** What is not in the drawing, and why. */
  readonly note: string | null;
}

export interface Lane {
  readonly name: string;
  readonly about: string;
  readonly spans: readonly Span[];
}

/** Fractions of the axis, 0 to 1. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly kind: 'visit' | 'try' | 'failed';
}

/** Null when the history has no states: there is nothing to draw. */
export function scaleOf(report: Report): Scale | null {
  const { visits, moments, outage } = report;
  const zero = report.execution.startedAt ?? visits[0]?.enteredAt;
  const last = visits.at(-1);
  if (zero === undefined || last === undefined) return null;
  const seconds = (at: string) => secondsBetween(zero, at) ?? 0;
  const early = moments.filter(({ at }) => seconds(at) < -mostSecondsBefore);
  const drawn = moments.filter((one) => !early.includes(one));
  const times = [
    0,
    ...drawn.map(({ at }) => seconds(at)),
    ...visits.flatMap(({ enteredAt, leftAt }) => [
      seconds(enteredAt),
      seconds(leftAt ?? enteredAt),
    ]),
  ];
  const from = least(times);
  const to = Math.max(from + leastSeconds, greatest(times));
  const fraction = (at: string) => Math.min(1, Math.max(0, (seconds(at) - from) / (to - from)));
  const endsAt = last.leftAt ?? last.enteredAt;
  return {
    from,
    to,
    ticks: ticksBetween(from, to),
    lanes: lanesOf(visits, fraction, endsAt),
    outage: outage.firstBad && {
      from: fraction(outage.firstBad.at),
      // After the last bad sign nobody looked: not drawn as if somebody had.
      to: fraction((outage.firstGoodAfter ?? outage.lastBad ?? outage.firstBad).at),
      kind: 'visit',
    },
    marks: drawn.map((one) => ({ ...one, position: fraction(one.at) })),
    note:
      early.length === 0
        ? null
        : `Long before the drawing: ${early.map(({ name, at }) => `${name} (${at})`).join(', ')}.`,
  };
}

const mostSecondsBefore = 600;
const leastSeconds = 1;
/** A drawing with more is only black, and slow. */
const mostTriesDrawn = 2000;
const mostTicks = 5;

/** Choices and Passes take no time and have no lane; the table names them. */
function lanesOf(
  visits: readonly Visit[],
  fraction: (at: string) => number,
  endsAt: string,
): readonly Lane[] {
  const byState = new Map<string, Visit[]>();
  for (const visit of visits) {
    if (visit.type !== 'Task' && visit.type !== 'Wait') continue;
    byState.set(visit.state, [...(byState.get(visit.state) ?? []), visit]);
  }
  const tries = visits.reduce((sum, visit) => sum + visit.tries.length, 0);
  return [...byState].map(([name, all]) => ({
    name,
    about: aboutLane(all),
    spans: all.flatMap((visit): Span[] => [
      {
        from: fraction(visit.enteredAt),
        to: fraction(visit.leftAt ?? endsAt),
        kind: 'visit',
      },
      ...(tries > mostTriesDrawn ? [] : visit.tries).map(
        ({ startedAt, endedAt, error }): Span => ({
          from: fraction(startedAt),
          to: fraction(endedAt ?? endsAt),
          kind: error === null ? 'try' : 'failed',
        }),
      ),
    ]),
  }));
}

function aboutLane(visits: readonly Visit[]): string {
  const seconds = visits.reduce((sum, visit) => sum + (visit.seconds ?? 0), 0);
  const tries = visits.reduce((sum, visit) => sum + visit.tries.length, 0);
  const more = [
    ...(visits.length > 1 ? [count(visits.length, 'visit')] : []),
    ...(tries > visits.length ? [count(tries, 'try', 'tries')] : []),
  ];
  return [duration(seconds), ...more].join(', ');
}

/** Steps of 1, 2 or 5 times a power of ten. */
function ticksBetween(from: number, to: number): { at: number; label: string }[] {
  const rough = (to - from) / mostTicks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const ticks: { at: number; label: string }[] = [];
  const first = Math.ceil(from / step);
  for (let index = first; index * step <= to && ticks.length <= 2 * mostTicks; index += 1) {
    const seconds = Math.round(index * step * 1000) / 1000;
    ticks.push({ at: (seconds - from) / (to - from), label: `${seconds} s` });
  }
  return ticks;
}

/** Not Math.min(...): a history of 25,000 events has more numbers than a call takes arguments. */
function least(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => (other < one ? other : one), 0);
}

function greatest(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => (other > one ? other : one), 0);
}
