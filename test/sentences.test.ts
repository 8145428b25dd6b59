/**
 * A sentence is for people: nothing of ours decides by one. What decides stands beside it, as a kind, a
 * rule, a code or an id. Where AWS, its SDK or the system give nothing but a text, the code says so in a
 * comment with the words of `mark`.
 * What can go wrong: a text under another name. So the names that this project gives to texts are listed.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const folders =
  'workflow aws history handlers info-client probe infra packaging cli report trials docs'.split(
    ' ',
  );

const names = '(?:sentence|message|headline|cause|subject|happened|quiet|note)';
const readers = '(?:includes|startsWith|endsWith|match|matchAll|search|indexOf)';
const readings = [
  new RegExp(`\\b${names}\\)?(?:\\?\\.|\\.)${readers}\\(`),
  new RegExp(`\\.(?:test|exec)\\([^()]*\\b${names}\\b`),
  new RegExp(`(?<!typeof )\\b${names} [!=]== (?!null|undefined|'')`),
];
const mark = 'here a message is read';

/** The lines that read a text to decide by it, and do not say why they must. */
function readingsIn(source: string): string[] {
  const lines = source.split('\n');
  return lines.filter((line, index) => {
    const isMarked = lines.slice(Math.max(0, index - 3), index).some((one) => one.includes(mark));
    return !isMarked && readings.some((reading) => reading.test(line));
  });
}

test('sentences: no code of ours decides by one', async () => {
  const found: string[] = [];
  let files = 0;
  for (const folder of folders) {
    const names = await readdir(join(root, folder), { recursive: true });
    for (const name of names.filter(
      (one) => one.endsWith('.ts') && !one.includes('node_modules'),
    )) {
      files += 1;
      const source = await readFile(join(root, folder, name), 'utf8');
      found.push(...readingsIn(source).map((line) => `${folder}/${name}: ${line.trim()}`));
    }
  }
  expect(files).toBeGreaterThan(200);
  expect(found).toEqual([]);
});

test.each([
  "if (fact.sentence.includes('pause')) return;",
  'const isLaunch = problem.sentence?.startsWith(words);',
  'if (/^Region is missing/.test(error.message)) return;',
  "return fact.kind === 'fault' && fact.sentence === wanted;",
  'return records.some(({ subject }) => subject === last.subject);',
])('sentences: %s is found', (line) => {
  expect(readingsIn(line)).toEqual([line]);
  expect(readingsIn(`// EC2 gives no code: ${mark}.\n${line}`)).toEqual([]);
});
