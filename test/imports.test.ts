/**
 * Holds the modules to an order: no circle of imports anywhere, and inside of workflow/ each layer
 * imports only those below. `import type` counts: files that need each other's types can be read, and
 * moved, only together.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders that are no part of the product, and the ones that are made. */
const leftOut = ['node_modules', 'test', 'docs', 'examples', 'lint', 'dist', 'cdk.out', 'coverage'];

/** What each layer of workflow/ may import, beside itself. */
const layers: Readonly<Record<string, readonly string[]>> = {
  model: [],
  decide: ['model'],
  standbys: ['model', 'decide'],
  stack: ['model', 'decide', 'standbys'],
  notify: ['model'],
};

/** Each pair of layers, the imported one first, between which no import is allowed. */
const forbidden = Object.entries(layers).flatMap(([from, below]) =>
  Object.keys(layers)
    .filter((to) => to !== from && !below.includes(to))
    .map((to): [string, string] => [to, from]),
);

/** By file, relative to the root: the files that it imports. */
type Graph = ReadonlyMap<string, readonly string[]>;

describe('imports', () => {
  const graph = graphOf(sourcesIn(root));

  test('imports: product folders have files, and their imports are found', () => {
    expect(graph.size).toBeGreaterThan(300);
    expect([...graph.values()].flat().length).toBeGreaterThan(1000);
  });

  test('imports: every import of ours is a file that is there', () => {
    const missing = [...graph].flatMap(([file, imported]) =>
      imported.filter((one) => !existsSync(join(root, one))).map((one) => `${file} -> ${one}`),
    );
    expect(missing).toEqual([]);
  });

  test('imports: no circle, types included', () => {
    expect(circlesIn(graph)).toEqual([]);
  });

  test('imports: workflow/ has layers (model <- decide <- standbys <- stack, model <- notify)', () => {
    expect(layerProblems(graph)).toEqual([]);
  });

  test('imports: every folder of workflow/ is a layer', () => {
    const found = new Set([...graph.keys()].flatMap((file) => layerOf(file) ?? []));
    expect([...found].sort()).toEqual(Object.keys(layers).sort());
  });

  test.each(forbidden)('imports: an import of %s/ that is planted in %s/ is found', (to, from) => {
    const importer = firstOf(from);
    const planted = new Map([...graph, [importer, [...(graph.get(importer) ?? []), firstOf(to)]]]);
    expect(layerProblems(planted)).toContain(`${importer} needs ${firstOf(to)}`);
  });

  function firstOf(layer: string): string {
    return [...graph.keys()].find((file) => layerOf(file) === layer) ?? `no file of ${layer}`;
  }
});

describe('the checks themselves', () => {
  test('imports: every form of an import is found', () => {
    const source = [
      `import { a } from './a.ts';`,
      `import type { B } from '../b.ts';`,
      'import {\n  c,\n  type C,\n} from "./c.ts";',
      `import './d.ts';`,
      `export * from './e.ts';`,
      `export type { F } from './f.ts';`,
      `const g = await import('./g.ts');`,
      `type H = import('./h.ts').H;`,
      `import asl from './i.json' with { type: 'json' };`,
      `import { readFile } from 'node:fs';`,
      `// import { n } from './not.ts';`,
    ].join('\n');
    expect(importsIn(source).map((one) => one.replace(/\W|ts$|json$/g, ''))).toEqual([
      ...'abcdefghi',
    ]);
  });

  test('imports: a circle is found, and told as the files in it', () => {
    const circular = new Map([
      ['w/a.ts', ['w/b.ts']],
      ['w/b.ts', ['w/c.ts', 'w/d.ts']],
      ['w/c.ts', ['w/a.ts']],
      ['w/d.ts', []],
      ['w/e.ts', ['w/e.ts', 'w/a.ts']],
    ]);
    expect(circlesIn(circular)).toEqual(['w/a.ts, w/b.ts, w/c.ts', 'w/e.ts']);
  });

  test('imports: a way to a layer above or beside is found, however long', () => {
    const upward = new Map([
      ['workflow/model/a.ts', ['workflow/decide/b.ts', 'workflow/model/c.ts']],
      ['workflow/decide/b.ts', ['workflow/model/c.ts', 'workflow/apart.ts']],
      ['workflow/apart.ts', ['workflow/notify/d.ts']],
      ['workflow/stack/e.ts', ['workflow/decide/f.ts', 'workflow/apart.ts']],
    ]);
    expect(layerProblems(upward)).toEqual([
      'workflow/model/a.ts needs workflow/decide/b.ts',
      'workflow/model/a.ts needs workflow/notify/d.ts',
      'workflow/decide/b.ts needs workflow/notify/d.ts',
      'workflow/stack/e.ts needs workflow/notify/d.ts',
    ]);
  });
});

function sourcesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !leftOut.includes(name))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return sourcesIn(path);
      return entry.name.endsWith('.ts') && directory !== normalize(root) ? [path] : [];
    });
}

function graphOf(files: readonly string[]): Graph {
  return new Map(
    files.map((file) => [
      relative(root, file).split(sep).join('/'),
      importsIn(readFileSync(file, 'utf8')).map((imported) =>
        relative(root, join(dirname(file), imported))
          .split(sep)
          .join('/'),
      ),
    ]),
  );
}

/** Paths of our own files, as they are written. */
function importsIn(source: string): string[] {
  const code = source.replace(/^\s*(?:\/\/.*|\/\*[\s\S]*?\*\/)$/gm, '');
  const found = code.matchAll(
    /^(?:import|export)\b[^;'"]*?\bfrom\s*['"](\.[^'"]+)['"]|^import\s*['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]/gm,
  );
  return [...found].map(([, from, alone, called]) => from ?? alone ?? called ?? '');
}

/** Files that import each other, in however many steps: each circle as its files in alphabetical order. */
function circlesIn(graph: Graph): string[] {
  const reached = new Map([...graph.keys()].map((file) => [file, reachedFrom(file, graph)]));
  const circles = [...reached]
    .filter(([file, from]) => from.has(file))
    .map(([file, from]) => [...from].filter((other) => reached.get(other)?.has(file)).sort());
  return [...new Set(circles.map((files) => files.join(', ')))];
}

/** What a file needs, in however many steps. The file itself only where it is in a circle. */
function reachedFrom(file: string, graph: Graph): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [file];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const next of graph.get(one) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return reached;
}

/** A way from a layer to one that it may not import, be it by files that are in no layer. */
function layerProblems(graph: Graph): string[] {
  return [...graph.keys()].flatMap((file) => {
    const layer = layerOf(file);
    const below = layer === undefined ? undefined : layers[layer];
    if (layer === undefined || below === undefined) return [];
    const open = [layer, ...below];
    return [...reachedFrom(file, graph)]
      .filter((other) => !open.includes(layerOf(other) ?? layer))
      .map((other) => `${file} needs ${other}`);
  });
}

/** `model` of `workflow/model/incident.ts`. */
function layerOf(file: string): string | undefined {
  return /^workflow\/([^/]+)\/[^/]+$/.exec(file)?.[1];
}
