/**
 * Holds the linter's rules to the tree: a rule about a folder that is gone protects nothing, and nobody
 * notices.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('layering rules: every pattern names folders that are there', async () => {
  const config = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8')) as BiomeConfig;
  const there = [
    ...(await readdir(root)),
    ...(await readdir(join(root, 'trials'))),
    ...(await readdir(join(root, 'report'))),
  ];
  const named = config.overrides.flatMap(({ includes, linter }) => {
    const { patterns = [] } = linter?.rules?.style?.noRestrictedImports?.options ?? {};
    return [...includes, ...patterns.flatMap(({ group }) => group)].flatMap(foldersIn);
  });
  expect(new Set(named).size).toBeGreaterThan(15);
  expect(named.filter((folder) => !there.includes(folder))).toEqual([]);
});

/** `trials` and `drill` of `!trials/drill/**`; nothing of a package. */
function foldersIn(pattern: string): string[] {
  if (pattern.startsWith('@') || /^!?(?:@|aws-cdk-lib)/.test(pattern)) return [];
  return pattern
    .split('/')
    .slice(0, -1)
    .map(withoutMark)
    .filter((part) => /^[\w-]+$/.test(part));
}

function withoutMark(part: string): string {
  return part.replace(/^!/, '');
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
