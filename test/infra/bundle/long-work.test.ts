/** Work that takes long says so, and a failure is a sentence. */
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sourceFolders } from '../../../infra/bundle/build-cache.ts';
import { runLongWork, runLongWorkNow, sayWhenLong } from '../../../infra/bundle/long-work.ts';

const root = join(import.meta.dirname, '../../..');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'long-work-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('long work: the line that says so', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('long work: says what is waited for, once, after three seconds', () => {
    const lines: string[] = [];
    sayWhenLong('Bundling', (text) => lines.push(text));
    vi.advanceTimersByTime(2999);
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(60_000);
    expect(lines).toEqual(['Bundling ...\n']);
  });

  it('long work: says nothing where the work is done before', () => {
    const lines: string[] = [];
    const stop = sayWhenLong('Bundling', (text) => lines.push(text));
    vi.advanceTimersByTime(2999);
    stop();
    vi.advanceTimersByTime(60_000);
    expect(lines).toEqual([]);
  });
});

describe('long work: a failure', () => {
  const module = (work: string): string => {
    const path = join(directory, 'work.mjs');
    const helper = join(root, 'infra/bundle/long-work.ts');
    writeFileSync(
      path,
      `import { workOrSay } from '${helper}';\nawait workOrSay(async () => { ${work} });\n`,
    );
    return path;
  };
  const now = (path: string) => Promise.resolve().then(() => runLongWorkNow(path, [], 'Bundling'));
  const later = (path: string) => runLongWork(path, [], 'Bundling');

  describe.each([
    ['at once', now],
    ['later', later],
  ])('%s', (_when, run) => {
    it('long work: is told in one sentence', async () => {
      const failed = run(module(`throw new Error('The template is not clean.');`));
      await expect(failed).rejects.toThrow(/^Bundling failed: The template is not clean\.$/);
    });

    it('long work: a bug shows its place', async () => {
      const failed = run(module('undefined.x;'));
      await expect(failed).rejects.toThrow(/^Bundling failed: TypeError: .*\n.*work\.mjs:2/);
    });

    it('long work: nothing is told of work that is done', async () => {
      await expect(run(module(''))).resolves.toBeUndefined();
    });
  });
});

it('long work: a source that does not bundle is told by its place, through the synthesis', async () => {
  for (const name of sourceFolders.filter((one) => existsSync(join(root, one)))) {
    cpSync(join(root, name), join(directory, name), { recursive: true });
  }
  for (const name of ['cdk.json', 'package.json']) cpSync(join(root, name), join(directory, name));
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(join(directory, 'handlers/survey-coordinators.ts'), `import './nothing.ts';\n`);
  const command = join(directory, 'infra/stack/synthesize-command.ts');
  await expect(runLongWork(command, [directory], 'Synthesizing')).rejects.toThrow(
    'Synthesizing failed: Bundling the functions and the probe failed: ' +
      'handlers/survey-coordinators.ts:1:7: Could not resolve "./nothing.ts"',
  );
});
