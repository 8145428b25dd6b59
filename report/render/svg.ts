/**
 * The timeline as SVG. Positions are percentages and heights are pixels, so that bars are to scale at
 * any width while the text keeps its size: a phone shows the same drawing as a sheet of paper.
 * What can go wrong: marks that lie on each other. Their numbers are put into rows.
 */
import { type Html, html } from './markup.ts';
import type { Lane, Scale, Span } from './scale.ts';

const numberRowHeight = 22;
const laneHeight = 34;
const barHeight = 11;
const axisHeight = 22;
/** Of the width: two numbers nearer than this are put into different rows. */
const nearness = 0.075;
const mostNumberRows = 8;

export function drawSvg(scale: Scale): Html {
  const rows = numberRows(scale.marks.map(({ position }) => position));
  const top = (Math.max(0, ...rows) + 1) * numberRowHeight + 4;
  const bottom = top + scale.lanes.length * laneHeight;
  const height = bottom + axisHeight;
  return html`<svg role="img" aria-labelledby="drawing-title drawing-text" width="100%" height="${height}">
<title id="drawing-title">Timeline of the execution, drawn to scale</title>
<desc id="drawing-text">${description(scale)}</desc>
${outageBand(scale.outage, top, bottom)}
${scale.ticks.map((tick) => drawTick(tick, top, bottom))}
${scale.lanes.map((lane, index) => drawLane(lane, top + index * laneHeight))}
${scale.marks.map(({ position }, index) => drawMark(position, index, rows[index] ?? 0, bottom))}
</svg>`;
}

/** For whoever cannot see it; the tables hold every number. */
function description({ from, to, lanes, marks }: Scale): string {
  const span = `From ${seconds(from)} to ${seconds(to)}, counted from the start of the execution.`;
  const states = lanes.map(({ name, about }) => `${name}: ${about}`).join('; ');
  const moments = marks.map(({ name }, index) => `${index + 1} ${name}`).join(', ');
  return `${span} States: ${states}. Marks: ${moments}. The table of marked moments and the one of every state hold the same.`;
}

function outageBand(outage: Span | null, top: number, bottom: number): Html {
  if (outage === null) return html``;
  const { from, to } = outage;
  return html`<rect class="outage" x="${percent(from)}" width="${percent(to - from)}" y="${top}" height="${bottom - top}"/>`;
}

function drawTick({ at, label }: Scale['ticks'][number], top: number, bottom: number): Html {
  const anchor = at < 0.06 ? 'start' : at > 0.94 ? 'end' : 'middle';
  return html`<line class="grid" x1="${percent(at)}" x2="${percent(at)}" y1="${top}" y2="${bottom + 4}"/><text class="tick" x="${percent(at)}" y="${bottom + 17}" text-anchor="${anchor}">${label}</text>`;
}

function drawLane({ name, about, spans }: Lane, y: number): Html {
  const barY = y + laneHeight - barHeight - 4;
  return html`<text x="2" y="${barY - 5}">${name} <tspan class="about">${about}</tspan></text>
${spans.map(
  ({ from, to, kind }) =>
    html`<rect class="${kind}" x="${percent(from)}" width="${percent(to - from)}" y="${barY + inset(kind)}" height="${barHeight - 2 * inset(kind)}"/>`,
)}`;
}

function drawMark(position: number, index: number, row: number, bottom: number): Html {
  const y = row * numberRowHeight + 11;
  return html`<line class="mark" x1="${percent(position)}" x2="${percent(position)}" y1="${y + 9}" y2="${bottom}"/><circle class="knob" cx="${percent(position)}" cy="${y}" r="9"/><text class="number" x="${percent(position)}" y="${y + 4}">${index + 1}</text>`;
}

/** Tries stand inside of their visit. */
function inset(kind: Span['kind']): number {
  return kind === 'visit' ? 0 : 3;
}

/** The lowest row in which the number before it is not too near. */
function numberRows(positions: readonly number[]): readonly number[] {
  const lastInRow: number[] = [];
  return positions.map((position) => {
    const free = lastInRow.findIndex((last) => position - last >= nearness);
    const row = free >= 0 ? free : Math.min(lastInRow.length, mostNumberRows - 1);
    lastInRow[row] = position;
    return row;
  });
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100_000) / 1000}%`;
}

function seconds(number: number): string {
  return `${Math.round(number * 10) / 10} s`;
}
