/** The timeline in characters, for Markdown: a line per state, to scale. */

import { visible } from './markup.ts';
import type { Scale, Span } from './scale.ts';

const width = 60;

export function drawText(scale: Scale): string {
  const names = ['(not served)', ...scale.lanes.map(({ name }) => visible(name))];
  const nameWidth = Math.max(...names.map((name) => name.length));
  const line = (name: string, cells: string, about = '') =>
    `${name.padEnd(nameWidth)} |${cells}| ${about}`.trimEnd();
  return [
    line('', marksRow(scale)),
    ...(scale.outage ? [line('(not served)', cellsOf([scale.outage], '!'))] : []),
    ...scale.lanes.map(({ name, spans, about }) =>
      line(
        visible(name),
        cellsOf(
          spans.filter(({ kind }) => kind === 'visit'),
          '=',
        ),
        about,
      ),
    ),
    line(
      '',
      `${seconds(scale.from)}${seconds(scale.to).padStart(width - seconds(scale.from).length)}`,
    ),
  ].join('\n');
}

/** A moment's number at its place; `*` where two fall together. */
function marksRow({ marks }: Scale): string {
  const cells = Array.from({ length: width }, () => ' ');
  for (const [index, { position }] of marks.entries()) {
    const cell = cellAt(position);
    cells[cell] = cells[cell] === ' ' && index < 9 ? String(index + 1) : '*';
  }
  return cells.join('');
}

function cellsOf(spans: readonly Span[], mark: string): string {
  const cells = Array.from({ length: width }, () => ' ');
  for (const { from, to } of spans) cells.fill(mark, cellAt(from), cellAt(to) + 1);
  return cells.join('');
}

function cellAt(fraction: number): number {
  return Math.min(width - 1, Math.floor(fraction * width));
}

function seconds(number: number): string {
  return `${Math.round(number * 10) / 10} s`;
}
