/**
 * Holds the linter's rules to the tree: a rule about a folder that is gone protects nothing, and nobody
 * notices.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const { overrides } = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8')) as BiomeConfig;

test('layering rules: every rule is about a folder that is there', () => {
  const folders = overrides.flatMap(({ includes }) => includes.map((path) => foldersIn(path)));
  expect(folders.length).toBeGreaterThan(20);
  const paths = folders.map((names) => names.join('/'));
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('layering rules: every folder that may or may not be imported is there', async () => {
  const there = await Promise.all(
    ['', 'trials', 'report'].map((folder) => readdir(join(root, folder))),
  );
  const named = overrides.flatMap(({ linter }) => {
    const { patterns = [] } = linter?.rules?.style?.noRestrictedImports?.options ?? {};
    return patterns.flatMap(({ group }) => group).flatMap(foldersIn);
  });
  expect(new Set(named).size).toBeGreaterThan(15);
  expect(named.filter((folder) => !there.flat().includes(folder))).toEqual([]);
});

/** `trials` and `drill` of `!trials/drill/**`; nothing of a package. */
function foldersIn(pattern: string): string[] {
  if (/^!?(?:@|aws-cdk-lib)/.test(pattern)) return [];
  return pattern
    .replace(/^!/, '')
    .split('/')
    .slice(0, -1)
    .filter((part) => /^[\w-]+$/.test(part));
}

interface BiomeConfig {
  readonly overrides: readonly {
    readonly includes: readonly string[];
    readonly linter?: {
      readonly rules: {
        readonly style?: {
          readonly noRestrictedImports?: {
            readonly options: { readonly patterns: readonly { readonly group: string[] }[] };
          };
        };
      };
    };
  }[];
}
