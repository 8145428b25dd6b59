/**
 * The picture: for each kind of failure where the mean outage goes, and how far it spreads; beside it
 * the floor, and the starting document's minute. Legible on light and on dark pages: colours of text and
 * lines follow the reader's scheme, those of the phases are readable on both.
 */
import { groupName } from './alternatives.ts';
import type { MeasuredPhase } from './phases.ts';
import type { KindSummary } from './summary.ts';
import { seconds } from './text.ts';

export interface BenchPicture {
  readonly incidents: number;
  readonly seed: number;
  readonly kinds: readonly KindSummary[];
}

interface Group {
  readonly label: string;
  readonly colour: string;
  readonly phases: readonly MeasuredPhase[];
}

/** Ours first, AWS's own last. */
const groups: readonly Group[] = [
  { label: 'detect', colour: '#4e8fd0', phases: ['detection', 'event delivery'] },
  { label: 'grace', colour: '#8e7cc3', phases: ['grace'] },
  { label: 'look and decide', colour: '#c2659e', phases: ['first observation', 'asked again'] },
  { label: 'fence', colour: '#d9534f', phases: ['fence'] },
  { label: 'release', colour: '#e0913a', phases: ['release', 'taking over', 'another round'] },
  { label: 'attach', colour: '#5aa469', phases: ['attach'] },
  { label: 'usable in the guest', colour: '#3d9c9c', phases: ['usable in guest', 'first answer'] },
];

const width = 960;
const left = 190;
const right = 40;
const top = 104;
const rowHeight = 104;
const barHeight = 26;
/** The axis: the promised minute, and a little more. */
const mostSeconds = 70;
const x = (value: number) =>
  left + ((width - left - right) * Math.min(value, mostSeconds)) / mostSeconds;

export function pictureOf({ incidents, seed, kinds }: BenchPicture): string {
  const bottom = top + kinds.length * rowHeight;
  const height = bottom + 84;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">Seconds without a coordinator, by kind of failure: ${kinds.map(({ kind, outage }) => `${kind} p50 ${seconds(outage.p50)}, p95 ${seconds(outage.p95)}`).join('; ')}</title>
<style>
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
  .head { font-size: 19px; font-weight: 600; }
  .kind { font-size: 14px; font-weight: 600; }
  .soft { fill: #57606a; }
  .in { fill: #ffffff; font-size: 12px; font-weight: 600; }
  .grid { stroke: #d0d7de; }
  .line { stroke: #24292f; stroke-width: 1.5; }
  .dot { fill: #24292f; }
  .minute { stroke: #cf222e; stroke-width: 2; stroke-dasharray: 6 4; }
  .minuteText { fill: #cf222e; }
  .page { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .soft { fill: #9da7b3; } .in { fill: #ffffff; }
    .grid { stroke: #30363d; } .line { stroke: #e6edf3; } .dot { fill: #e6edf3; }
    .minute { stroke: #ff7b72; } .minuteText { fill: #ff7b72; } .page { fill: #0d1117; }
  }
</style>
<rect class="page" width="${width}" height="${height}" rx="6"/>
<text class="head" x="24" y="34">Seconds without a coordinator, from the failure to the first answer</text>
<text class="soft" x="24" y="56">${incidents} incidents of each kind, hot standby, default settings, AWS latencies drawn (seed ${seed})</text>
${legend()}
${axis(bottom)}
${kinds.map((kind, index) => row(kind, top + index * rowHeight)).join('\n')}
${footer(kinds, bottom + 44)}
</svg>
`;
}

function legend(): string {
  let at = 24;
  return groups
    .map(({ label, colour }) => {
      const item = `<rect x="${at}" y="70" width="12" height="12" rx="2" fill="${colour}"/><text class="soft" x="${at + 17}" y="81">${label}</text>`;
      at += 36 + label.length * 7.2;
      return item;
    })
    .join('');
}

function axis(bottom: number): string {
  const ticks = [0, 10, 20, 30, 40, 50, 60, 70];
  const lines = ticks.map(
    (tick) =>
      `<line class="${tick === 60 ? 'minute' : 'grid'}" x1="${x(tick)}" x2="${x(tick)}" y1="${top - 8}" y2="${bottom - 4}"/>` +
      `<text class="soft" x="${x(tick)}" y="${bottom + 14}" text-anchor="middle">${tick} s</text>`,
  );
  return `${lines.join('')}<text class="minuteText" x="${x(60) - 6}" y="${top + 2}" text-anchor="end">the promised minute</text>`;
}

/** A bar of the means, the floor marked on it; below it the spread from p50 to the worst. */
function row(summary: KindSummary, y: number): string {
  const { kind, outage, floor, timesTheFloor } = summary;
  const barY = y + 20;
  const lineY = barY + barHeight + 26;
  const marks = [
    { name: 'p50', value: outage.p50 },
    { name: 'p95', value: outage.p95 },
    { name: 'p99', value: outage.p99 },
    { name: 'worst', value: outage.worst },
  ];
  const floorX = x(floor.p50);
  return `<text class="kind" x="24" y="${barY + 17}">${kind}</text>
<text class="soft" x="24" y="${lineY + 5}">${timesTheFloor.toFixed(1)} × the floor</text>
${segments(summary, barY)}
<path class="dot" d="M ${floorX - 5} ${barY - 9} L ${floorX + 5} ${barY - 9} L ${floorX} ${barY - 1} Z"/>
<text class="soft" x="${floorX + 10}" y="${barY - 4}">floor ${seconds(floor.p50)}</text>
<line class="line" x1="${x(outage.p50)}" x2="${x(outage.worst)}" y1="${lineY}" y2="${lineY}"/>
${marks.map(({ name, value }, index) => mark(name, value, lineY, index)).join('')}`;
}

function segments({ phases }: KindSummary, y: number): string {
  let before = 0;
  return groups
    .map(({ colour, phases: names }) => {
      const length = phases
        .filter(({ name }) => names.includes(name))
        .reduce((sum, { mean }) => sum + mean, 0);
      const from = x(before);
      before += length;
      const wide = x(before) - from;
      const label =
        wide < 26
          ? ''
          : `<text class="in" x="${(from + wide / 2).toFixed(1)}" y="${y + 17}" text-anchor="middle">${seconds(length)}</text>`;
      return `<rect x="${from.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${barHeight}" fill="${colour}"/>${label}`;
    })
    .join('');
}

/** The worst may be beyond the axis: then an arrow says so. */
function mark(name: string, value: number, y: number, index: number): string {
  const beyond = value > mostSeconds;
  const at = x(value);
  const shape = beyond
    ? `<path class="dot" d="M ${at - 8} ${y - 5} L ${at + 2} ${y} L ${at - 8} ${y + 5} Z"/>`
    : `<circle class="dot" cx="${at.toFixed(1)}" cy="${y}" r="${index === 0 ? 5 : 3.5}"/>`;
  const anchor = beyond ? 'end' : 'middle';
  // Neighbours may come close to each other: every other one is written above.
  const textY = index % 2 === 0 ? y + 19 : y - 9;
  return `${shape}<text class="soft" x="${at.toFixed(1)}" y="${textY}" text-anchor="${anchor}">${name} ${seconds(value)}</text>`;
}

function footer(kinds: readonly KindSummary[], y: number): string {
  const instead = kinds.map(({ kind, alternatives }) => {
    const outage = alternatives.find(({ name }) => name === groupName)?.outage;
    return `${kind} ${outage ? `${seconds(outage.p50)} s` : 'never'}`;
  });
  return `<text class="soft" x="24" y="${y}">Bars: means by phase. Dots: the distribution. Floor: what AWS alone takes in the same incidents (median).</text>
<text class="soft" x="24" y="${y + 22}">With ${groupName} instead, at least: ${instead.join(', ')}.</text>`;
}
