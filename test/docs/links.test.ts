/** That whatever a document or a comment refers to is there: files, headings, decisions, invariants. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../docs/made/document.ts';

const leftOut = new Set(['.git', 'node_modules', 'dist', 'cdk.out', 'coverage', 'test-results']);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (leftOut.has(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const files = filesBelow(root);
const documents = files.filter((path) => path.endsWith('.md'));
const sources = files.filter((path) => /\.(?:ts|mjs|sh|json|service|yml)$/.test(path));

const headingPattern = /^#+ (.+)$/gm;

/** As GitHub makes them: small letters, no punctuation, a dash for a space; repeated ones are counted. */
function anchorsOf(path: string): Set<string> {
  const seen = new Map<string, number>();
  const text = readFileSync(path, 'utf8').replace(/```[\s\S]*?```/g, '');
  return new Set(
    [...text.matchAll(headingPattern)].map(([, heading = '']) => {
      const slug = heading
        .trim()
        .toLowerCase()
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-');
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${count}`;
    }),
  );
}

/** Why a link leads nowhere, or null. */
function brokenness(document: string, target: string): string | null {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(file)) return 'there is no such file';
  if (anchor === undefined || statSync(file).isDirectory()) return null;
  return anchorsOf(file).has(anchor) ? null : 'there is no such heading';
}

test('documents: every relative link leads to a file, and to a heading of it', () => {
  const links = documents.flatMap((document) => {
    const text = readFileSync(document, 'utf8').replace(/```[\s\S]*?```/g, '');
    return [...text.matchAll(/\]\(([^()\s]+)\)/g)]
      .map(([, target = '']) => ({ document, target }))
      .filter(({ target }) => !/^[a-z]+:/.test(target));
  });
  expect(links.length).toBeGreaterThan(80);
  const broken = links.flatMap(({ document, target }) => {
    const why = brokenness(document, target);
    return why === null ? [] : [`${relative(root, document)}: ${target}: ${why}`];
  });
  expect(broken).toEqual([]);
});

test('comments: every document and decision that code refers to is there', () => {
  const decisions = readdirSync(join(root, 'docs/decisions'));
  const references = sources.flatMap((source) =>
    [
      ...readFileSync(source, 'utf8').matchAll(/docs\/(?:decisions\/\d{4}|[\w-]+\.(?:md|svg))/g),
    ].map(([reference]) => ({ source, reference })),
  );
  expect(references.length).toBeGreaterThan(10);
  const missing = references
    .filter(({ reference }) => {
      const number = /^docs\/decisions\/(\d{4})$/.exec(reference)?.[1];
      if (number === undefined) return !existsSync(join(root, reference));
      return !decisions.some((name) => name.startsWith(`${number}-`));
    })
    .map(({ source, reference }) => `${relative(root, source)}: ${reference}`);
  expect(missing).toEqual([]);
});

test('invariants: every one that is cited stands in docs/design.md, and none twice', () => {
  const design = readFileSync(join(root, 'docs/design.md'), 'utf8');
  const known = [...design.matchAll(/^### (I\d+)\. /gm)].map(([, number = '']) => number);
  expect(known).toEqual(known.map((_, index) => `I${index + 1}`));
  const citing = [...documents, ...sources.filter((path) => /\bcheckers\b/.test(path))];
  const cited = citing.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/\bI\d+\b/g)].map(([number]) => ({ path, number })),
  );
  expect(cited.length).toBeGreaterThan(40);
  const unknown = cited
    .filter(({ number }) => !known.includes(number))
    .map(({ path, number }) => `${relative(root, path)}: ${number}`);
  expect(unknown).toEqual([]);
});

test('decisions: the index lists every decision, by its own title and date', () => {
  const folder = join(root, 'docs/decisions');
  const index = readFileSync(join(folder, 'README.md'), 'utf8');
  const rows = readdirSync(folder)
    .filter((name) => /^\d{4}-/.test(name))
    .toSorted()
    .map((name, position) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const [, number = '', title = ''] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];
      const date = /^Date: (\d{4}-\d{2}-\d{2}).* · Status: /m.exec(text)?.[1];
      expect(Number(number), name).toBe(position + 1);
      return `| ${number} | [${title}](${name}) | ${date} |`;
    });
  expect(index.split('\n').filter((line) => /^\| \d+ \|/.test(line))).toEqual(rows);
});
