/** What a build is found by again, and what is never taken for a build. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BuildCache, buildKey, openBuildCache } from '../../../infra/bundle/build-cache.ts';
import { functionNames, stackOperationFunctionNames } from '../../../infra/bundle/bundles.ts';
import { synthesisKey } from '../../../infra/stack/synthesize.ts';

const root = join(import.meta.dirname, '../../..');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'build-cache-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('build cache: the key', () => {
  const key = () => buildKey('bundles', [], directory);
  const write = (name: string, text: string) => {
    const path = join(directory, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  };

  it('build cache: is the same for the same tree, wherever that is', () => {
    write('handlers/survey-coordinators.ts', 'one');
    const copy = join(directory, 'copy');
    cpSync(join(directory, 'handlers'), join(copy, 'handlers'), { recursive: true });
    expect(buildKey('bundles', [], copy)).toBe(key());
  });

  it.each([
    'workflow/failover.asl.json',
    'info-client/ask.ts',
    'handlers/survey-coordinators.ts',
    'probe/host/install.sh',
    'infra/stack/stack.ts',
    'aws/address.ts',
    'history/ends.ts',
    'cdk.json',
    'tsconfig.json',
    'package.json',
    'package-lock.json',
    'node_modules/.package-lock.json',
  ])('build cache: is another one when %s appears, changes, or goes', (name) => {
    const without = key();
    write(name, 'one');
    const before = key();
    write(name, 'two');
    const after = key();
    expect(new Set([without, before, after]).size).toBe(3);
    rmSync(join(directory, name));
    expect(key()).toBe(without);
  });

  it('build cache: is the same whatever changes in the documents or the tests', () => {
    const before = key();
    write('docs/drills.md', 'one');
    write('test/docs.test.ts', 'one');
    expect(key()).toBe(before);
  });

  it('build cache: is another one for other numbers, in whatever order they are given', () => {
    const keys = [{}, { graceSeconds: 3 }, { graceSeconds: 4 }, { settleSeconds: 3 }].map(
      (numbers) => synthesisKey(numbers, directory),
    );
    expect(new Set(keys).size).toBe(4);
    expect(synthesisKey({ settleSeconds: 60, graceSeconds: 3 }, directory)).toBe(
      synthesisKey({ graceSeconds: 3, settleSeconds: 60 }, directory),
    );
  });

  it('build cache: covers every source that bundles and template are made of', async () => {
    const handlers = [...functionNames, ...stackOperationFunctionNames].map(
      (name) => `handlers/${name}.ts`,
    );
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [
        ...handlers,
        'probe/main.ts',
        'infra/bundle/bundle-command.ts',
        'infra/stack/synthesize-command.ts',
        'infra/app.ts',
      ],
      outdir: directory,
      write: false,
      metafile: true,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
    });
    const sources = Object.keys(metafile.inputs);
    expect(sources.length).toBeGreaterThan(80);
    for (const name of sources) {
      write(name, 'one');
      const before = key();
      write(name, 'two');
      expect(key(), name).not.toBe(before);
    }
  });
});

describe('build cache: the entries', () => {
  let cache: BuildCache;
  beforeEach(() => {
    cache = openBuildCache(join(directory, 'cache'));
  });

  function made(text: string): string {
    const folder = cache.newFolder();
    mkdirSync(join(folder, 'survey-coordinators'));
    writeFileSync(join(folder, 'survey-coordinators/index.cjs'), text);
    return folder;
  }
  const read = (folder = '') => readFileSync(join(folder, 'survey-coordinators/index.cjs'), 'utf8');

  it('build cache: what is kept is found, by another process too', () => {
    expect(cache.find('bundles-1')).toBeUndefined();
    const kept = cache.keep('bundles-1', made('code'));
    expect(read(kept)).toBe('code');
    expect(openBuildCache(join(directory, 'cache')).find('bundles-1')).toBe(kept);
    expect(cache.find('bundles-2')).toBeUndefined();
  });

  it.each([
    [
      'cut short',
      (kept: string) => writeFileSync(join(kept, 'survey-coordinators/index.cjs'), 'co'),
    ],
    [
      'changed',
      (kept: string) => writeFileSync(join(kept, 'survey-coordinators/index.cjs'), 'coda'),
    ],
    [
      'longer',
      (kept: string) => appendFileSync(join(kept, 'survey-coordinators/index.cjs'), 'code'),
    ],
    ['without a file', (kept: string) => rmSync(join(kept, 'survey-coordinators/index.cjs'))],
    ['without files', (kept: string) => rmSync(kept, { recursive: true })],
    ['with a file more', (kept: string) => writeFileSync(join(kept, 'more.cjs'), '')],
    ['without its digest', (kept: string) => rmSync(join(kept, '../digest'))],
  ])(
    'build cache: an entry that is %s is not used, and the next build takes its place',
    (_how, harm) => {
      harm(cache.keep('bundles-1', made('code')));
      expect(cache.find('bundles-1')).toBeUndefined();
      const kept = cache.keep('bundles-1', made('code'));
      expect(read(kept)).toBe('code');
      expect(cache.find('bundles-1')).toBe(kept);
    },
  );

  it('build cache: of two processes that build at the same moment both get a whole entry', () => {
    const [first, second] = [made('code'), made('code')];
    const kept = cache.keep('bundles-1', first);
    expect(cache.keep('bundles-1', second)).toBe(kept);
    expect(read(kept)).toBe('code');
    expect(readdirSync(join(directory, 'cache'))).toEqual(['bundles-1']);
  });

  it('build cache: a build that was not finished is never found', () => {
    made('code');
    expect(cache.find('bundles-1')).toBeUndefined();
    for (const name of readdirSync(join(directory, 'cache'))) {
      expect(cache.find(name)).toBeUndefined();
    }
  });

  it('build cache: the entries that were used last stay, twelve of them', () => {
    for (let number = 1; number <= 12; number += 1) {
      const kept = cache.keep(`bundles-${number}`, made(`code ${number}`));
      // The first is the oldest.
      const seconds = 1_000_000 + number;
      utimesSync(join(kept, '..'), seconds, seconds);
    }
    expect(cache.find('bundles-1')).toBeDefined();
    cache.keep('bundles-13', made('code 13'));
    expect(readdirSync(join(directory, 'cache'))).toHaveLength(12);
    expect(read(cache.find('bundles-1'))).toBe('code 1');
    expect(cache.find('bundles-2')).toBeUndefined();
  });

  it('build cache: what a process left behind that was ended is removed after an hour', () => {
    const [old, young] = [made('code'), made('code')];
    utimesSync(join(old, '..'), 1_000_000, 1_000_000);
    cache.keep('bundles-1', made('code'));
    expect([old, young].map((folder) => existsSync(folder))).toEqual([false, true]);
  });

  it('build cache: where nobody may write, a build serves its own process', () => {
    writeFileSync(join(directory, 'file'), '');
    cache = openBuildCache(join(directory, 'file'));
    const kept = cache.keep('bundles-1', made('code'));
    expect(read(kept)).toBe('code');
    expect(cache.find('bundles-1')).toBeUndefined();
    rmSync(join(kept, '..'), { recursive: true });
  });
});
