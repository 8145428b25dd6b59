/**
 * The template of the ready-made stack, for callers that want it in hand: made once for the same sources and
 * numbers, and then taken from the cache of builds. CDK is not loaded here.
 */
import { createHash } from 'node:crypto';
import { cp, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKey, openBuildCache } from '../bundle/build-cache.ts';
import { runLongWork } from '../bundle/long-work.ts';
import type { Numbers } from './stack.ts';

export interface Synthesized {
  readonly template: object;
  readonly templateFile: string;
  /** Holds `asset.<hash>/index.cjs` of every function; the template names the hash. */
  readonly assetsDirectory: string;
  /** SHA-256 of the template file, in hexadecimal. */
  readonly templateHash: string;
  /** The probe, bundled to one file. */
  readonly probeFile: string;
}

/**
 * Writes the template, its assets and the probe below a folder.
 *
 * `numbers`: settings to try instead of the defaults.
 *
 * @throws Error when a source is missing, or something was found in the template
 */
export async function synthesize(
  outputDirectory: string,
  numbers: Numbers = {},
): Promise<Synthesized> {
  const directory = resolve(outputDirectory);
  await cp(await synthesizedFiles(numbers), directory, { recursive: true });
  const assetsDirectory = join(directory, 'cdk.out');
  const templateFile = join(assetsDirectory, 'CoordinatorFailover.template.json');
  const text = await readFile(templateFile, 'utf8');
  return {
    template: JSON.parse(text) as object,
    templateFile,
    assetsDirectory,
    templateHash: createHash('sha256').update(text).digest('hex'),
    probeFile: join(directory, 'probe.mjs'),
  };
}

/** Where they lie in the cache. */
async function synthesizedFiles(numbers: Numbers): Promise<string> {
  const cache = openBuildCache();
  const key = synthesisKey(numbers);
  const found = cache.find(key);
  if (found !== undefined) return found;
  const folder = cache.newFolder();
  await runLongWork(command, [folder, JSON.stringify(numbers)], 'Synthesizing the template');
  return cache.keep(key, folder);
}

/** In whatever order the numbers are given. What is in CDK_CONTEXT_JSON, CDK reads by itself. */
export function synthesisKey(numbers: Numbers, root?: string): string {
  const sorted = Object.entries(numbers).toSorted(([a], [b]) => a.localeCompare(b));
  return buildKey('template', [sorted, process.env.CDK_CONTEXT_JSON ?? ''], root);
}

const command = fileURLToPath(new URL('synthesize-command.ts', import.meta.url));
