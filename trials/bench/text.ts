/** The benchmark's tables, as text and as Markdown: the same rows. */
import { type MeasuredPhase, phaseMeaning, phaseNames } from './phases.ts';
import type { Distribution, KindSummary } from './summary.ts';

export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function outageTable(kinds: readonly KindSummary[]): TextTable {
  return {
    head: [
      'failure',
      'p50',
      'p95',
      'p99',
      'worst',
      'floor p50',
      'floor p95',
      'times the floor',
      'own part p95',
      'over 60 s',
      'of these own doing',
    ],
    rows: kinds.map(({ kind, outage, floor, timesTheFloor, own, over }) => [
      kind,
      ...shown(outage),
      seconds(floor.p50),
      seconds(floor.p95),
      timesTheFloor.toFixed(1),
      seconds(own.p95),
      String(over.incidents),
      String(over.ownDoing),
    ]),
  };
}

/** Means, in seconds; they add up to the last row. */
export function phaseTable(kinds: readonly KindSummary[]): TextTable {
  const of = (name: MeasuredPhase, { phases }: KindSummary) =>
    phases.find((phase) => phase.name === name);
  return {
    head: ['phase', ...kinds.map(({ kind }) => kind), 'what it is'],
    rows: [
      ...phaseNames.map((name) => [
        name,
        ...kinds.map((kind) => {
          const phase = of(name, kind);
          return `${seconds(phase?.mean ?? 0)} (${seconds(phase?.p95 ?? 0)})`;
        }),
        phaseMeaning[name],
      ]),
      ['all', ...kinds.map(({ meanSeconds }) => seconds(meanSeconds)), 'the mean outage'],
    ],
  };
}

export function alternativeTable(kinds: readonly KindSummary[]): TextTable {
  const rowOf = (name: string, outages: readonly (Distribution | null | undefined)[]) => [
    name,
    ...outages.map((outage) =>
      outage ? `${seconds(outage.p50)} / ${seconds(outage.p95)}` : 'not noticed',
    ),
  ];
  const names = kinds[0]?.alternatives.map(({ name }) => name) ?? [];
  return {
    head: ['p50 / p95', ...kinds.map(({ kind }) => kind)],
    rows: [
      rowOf(
        'this failover',
        kinds.map(({ outage }) => outage),
      ),
      ...names.map((name) =>
        rowOf(
          name,
          kinds.map(({ alternatives }) => alternatives.find((one) => one.name === name)?.outage),
        ),
      ),
    ],
  };
}

/** In columns, for a terminal. */
export function asText({ head, rows }: TextTable): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function asMarkdown({ head, rows }: TextTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function seconds(value: number): string {
  return value.toFixed(1);
}

function shown({ p50, p95, p99, worst }: Distribution): string[] {
  return [p50, p95, p99, worst].map(seconds);
}
