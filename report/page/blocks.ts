/**
 * The report as a page: headings, sentences, tables. Both HTML and Markdown are made of these, so
 * they say the same. Texts are plain: escaping is the renderer's, in one place each.
 */
import { notInTheHistory } from '../words.ts';

export interface Page {
  readonly title: string;
  /** One sentence under the title. */
  readonly lead: string;
  readonly sections: readonly Section[];
  readonly footer: string;
}

export interface Section {
  /** For links within the page: letters and dashes. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'subtitle'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly NamedValue[] }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'links'; readonly links: readonly { label: string; url: string }[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'drawing' };

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export interface Table {
  readonly caption: string;
  /** The first column names the row. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function paragraph(text: string): Block {
  return { kind: 'paragraph', text };
}

export function notice(text: string): Block {
  return { kind: 'notice', text };
}

export function subtitle(text: string): Block {
  return { kind: 'subtitle', text };
}

export function facts(...pairs: readonly (readonly [string, string | null])[]): Block {
  return {
    kind: 'facts',
    facts: pairs.map(([name, value]) => ({ name, value: value ?? notInTheHistory })),
  };
}

export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): Block {
  return {
    kind: 'table',
    table: { caption, columns, rows: rows.map((row) => row.map((cell) => cell ?? '–')) },
  };
}

/**
 * Tables of thousands of rows help nobody who reads or prints: the middle is left out, with a row
 * that says so. The JSON form of the report has everything.
 */
export function shortened(whole: Table): Table {
  const { rows, columns } = whole;
  if (rows.length <= mostRows) return whole;
  const left = rows.length - 2 * keptRows;
  const words = `${left} rows left out here: the JSON form of this report has them`;
  const gap = [words, ...columns.slice(1).map(() => '…')];
  return { ...whole, rows: [...rows.slice(0, keptRows), gap, ...rows.slice(-keptRows)] };
}

const mostRows = 500;
const keptRows = 200;
