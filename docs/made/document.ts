/**
 * What a made document is: a file of this project, whole or in parts, whose text follows from the code.
 * What can go wrong: a part without its marks in the file. Then the document is not written, and the
 * error names the mark.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MadeDocument {
  /** From the root of the project. */
  readonly file: string;
  /** The whole text, as it is to be. */
  make(): string | Promise<string>;
}

export const root = join(import.meta.dirname, '../..');

export const madeNotice = 'Made by `npm run docs`; do not edit.';

export function readDocument(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The file as it is, with other text between `<!-- made: NAME -->` and `<!-- /made -->`. */
export function withParts(file: string, parts: Readonly<Record<string, string>>): string {
  for (const [, name = ''] of readDocument(file).matchAll(/<!-- made: (.+?) -->/g)) {
    if (!(name in parts)) throw new Error(`${file}: nothing makes "${name}" any more.`);
  }
  return Object.entries(parts).reduce((text, [name, part]) => {
    const begin = `<!-- made: ${name} -->\n`;
    const end = '<!-- /made -->';
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${file} has no "${begin.trim()}" with its "${end}".`);
    return `${text.slice(0, from + begin.length)}${part}\n${text.slice(to)}`;
  }, readDocument(file));
}

/** A row of a table. A bar within a cell would end it. */
export function row(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}

export function headOf(names: readonly string[]): string[] {
  return [row(names), `|${'---|'.repeat(names.length)}`];
}
