/** The report as GitHub-flavoured Markdown. Whatever the history holds is shown as text. */

import { type Block, shortened, type Table } from '../page/blocks.ts';
import { pageOf } from '../page/page.ts';
import type { Report } from '../report.ts';
import { visible } from './markup.ts';
import { type Scale, type Span, scaleOf } from './scale.ts';

export function renderMarkdown(report: Report): string {
  const { title, lead, sections, footer } = pageOf(report);
  const scale = scaleOf(report);
  const drawing = scale === null ? 'There is nothing to draw.' : drawText(scale);
  const parts = [
    `# ${escapeMarkdown(title)}`,
    escapeMarkdown(lead),
    ...sections.flatMap((section) => [
      `## ${escapeMarkdown(section.title)}`,
      ...section.blocks.map((block) => blockMarkdown(block, drawing)),
    ]),
    '---',
    escapeMarkdown(footer),
  ];
  return `${parts.join('\n\n')}\n`;
}

function blockMarkdown(block: Block, drawing: string): string {
  switch (block.kind) {
    case 'paragraph':
      return escapeMarkdown(block.text);
    case 'notice':
      return `> **Note:** ${escapeMarkdown(block.text)}`;
    case 'subtitle':
      return `### ${escapeMarkdown(block.text)}`;
    case 'facts':
      return tableMarkdown(
        ['Fact', 'Value'],
        block.facts.map(({ name, value }) => [name, value]),
      );
    case 'list':
      return block.items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
    case 'links':
      return block.links
        .map(({ label, url }) => `- [${escapeMarkdown(label)}](<${url}>)`)
        .join('\n');
    case 'code':
      return fenced(block.text);
    case 'table':
      return titledTable(shortened(block.table));
    case 'drawing':
      return fenced(drawing);
  }
}

function titledTable({ caption, columns, rows }: Table): string {
  return `**${escapeMarkdown(caption)}**\n\n${tableMarkdown(columns, rows)}`;
}

function tableMarkdown(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** A fence longer than any run of backticks within. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${visible(text)}\n${fence}`;
}

/** In one line: no markup, no HTML, no link that the text makes by itself, no end of a table's cell. */
function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\`*_[\]<>|~@&]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\bwww\./gi, 'www\\.')
    .replace(/^(\s*)([#+-])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2');
}

const width = 60;

function drawText(scale: Scale): string {
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
