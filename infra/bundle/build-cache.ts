/**
 * What a build makes, kept until something that goes into the build changes. A bundling or a synthesis takes
 * seconds of CPU, and every test file, drill and simulation begins with one.
 * What can go wrong: an entry that is cut short or changed, or that another process puts in place at the same
 * moment. An entry appears under its name complete, by a rename, and is read through before each use.
 */
import { createHash, type Hash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BuildCache {
  /** The folder that a build has made, unless the cache has none, or none that is whole. */
  find(key: string): string | undefined;
  /** An empty folder for a build to write into. */
  newFolder(): string;
  /** Takes in a folder of `newFolder`. What is returned instead of the folder: where the files are from now on. */
  keep(key: string, folder: string): string;
}

/** Entries that stay: those that were used last. One takes up some 5 MB. */
const mostEntries = 12;
/** A process that is ended in the middle of a build leaves its folder behind. */
const unfinishedSeconds = 3600;

const packageDirectory = fileURLToPath(new URL('../..', import.meta.url));
const cacheDirectory = join(packageDirectory, 'node_modules/.cache/coordinator-failover');

/** Whose files are built, or decide how. A test holds the list against what bundles and template are made of. */
export const sourceFolders = [
  'workflow',
  'aws',
  'history',
  'info-client',
  'handlers',
  'probe',
  'infra',
];
const sourceFiles = [
  'package.json',
  'package-lock.json',
  'cdk.json',
  'tsconfig.json',
  // What is installed, which may differ from what is locked.
  'node_modules/.package-lock.json',
];

/**
 * The name of a build: the same one for the same sources, packages, Node.js and arguments.
 *
 * `given`: what is built, and the arguments, as data for JSON.
 */
export function buildKey(what: string, given: unknown, root = packageDirectory): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([process.version, given]));
  for (const name of sourceFolders) addFolder(hash, root, name);
  for (const name of sourceFiles) addFile(hash, root, name);
  return `${what}-${hash.digest('hex').slice(0, 32)}`;
}

export function openBuildCache(directory = cacheDirectory): BuildCache {
  return {
    find: (key) => find(directory, key),
    newFolder: () => newFolder(directory),
    keep: (key, folder) => keep(directory, key, folder),
  };
}

/** An entry holds `files/`, and `digest`, of all names and bytes of the files. */
function find(directory: string, key: string): string | undefined {
  const entry = join(directory, key);
  const files = join(entry, 'files');
  try {
    if (readFileSync(join(entry, 'digest'), 'utf8') !== digestOf(files)) return undefined;
    const now = new Date();
    utimesSync(entry, now, now);
    return files;
  } catch {
    // Not there, or not readable: built again.
    return undefined;
  }
}

/** Whatever is not kept is removed when this process ends. */
function newFolder(directory: string): string {
  const folder = unfinishedIn(directory);
  if (unfinishedFolders.length === 0) process.once('exit', removeUnfinished);
  unfinishedFolders.push(folder);
  const files = join(folder, 'files');
  mkdirSync(files);
  return files;
}

function removeUnfinished(): void {
  for (const folder of unfinishedFolders) rmSync(folder, { recursive: true, force: true });
}

const unfinishedFolders: string[] = [];
const unfinished = '.unfinished-';

function unfinishedIn(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true });
    return mkdtempSync(join(directory, unfinished));
  } catch {
    // A folder that nobody may write to: nothing is kept.
    return mkdtempSync(join(tmpdir(), 'coordinator-failover-build-'));
  }
}

function keep(directory: string, key: string, files: string): string {
  const folder = join(files, '..');
  if (join(folder, '..') !== join(directory)) return files;
  writeFileSync(join(folder, 'digest'), digestOf(files));
  const entry = join(directory, key);
  if (!putInPlace(folder, entry)) {
    const another = find(directory, key);
    if (another === undefined) {
      remove(directory, entry);
      // Once more another process is faster: the own folder serves as well.
      if (!putInPlace(folder, entry)) return files;
    } else {
      rmSync(folder, { recursive: true, force: true });
      return another;
    }
  }
  removeOld(directory);
  return join(entry, 'files');
}

/** False when there is an entry already. */
function putInPlace(folder: string, entry: string): boolean {
  try {
    renameSync(folder, entry);
    return true;
  } catch (error) {
    if (existsSync(entry)) return false;
    throw error;
  }
}

function removeOld(directory: string): void {
  const entries = readdirSync(directory).flatMap((name) => {
    const stats = statSync(join(directory, name), { throwIfNoEntry: false });
    return stats === undefined
      ? []
      : [{ path: join(directory, name), name, usedMs: stats.mtimeMs }];
  });
  const isUnfinished = ({ name }: { name: string }) => name.startsWith(unfinished);
  const whole = entries.filter((one) => !isUnfinished(one));
  const old = whole.toSorted((a, b) => b.usedMs - a.usedMs).slice(mostEntries);
  const left = entries.filter(
    (one) => isUnfinished(one) && one.usedMs < Date.now() - unfinishedSeconds * 1000,
  );
  for (const { path } of [...old, ...left]) remove(directory, path);
}

/** Out of the way first: what is found under its name is never half removed. */
function remove(directory: string, path: string): void {
  const aside = mkdtempSync(join(directory, unfinished));
  try {
    renameSync(path, join(aside, 'removed'));
  } catch {
    // Another process has removed it.
  }
  rmSync(aside, { recursive: true, force: true });
}

function digestOf(folder: string): string {
  const hash = createHash('sha256');
  addFolder(hash, folder, '');
  return hash.digest('hex');
}

function addFolder(hash: Hash, root: string, name: string): void {
  const folder = join(root, name);
  if (!existsSync(folder)) return;
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  const names = found
    .filter((one) => !one.isDirectory())
    .map((one) => join(one.parentPath, one.name).slice(root.length));
  for (const file of names.toSorted()) addFile(hash, root, file);
}

/** A file that is missing differs from an empty one. */
function addFile(hash: Hash, root: string, name: string): void {
  const path = join(root, name);
  const content = existsSync(path) ? readFileSync(path) : undefined;
  hash.update(`${name}\n${content?.length ?? 'missing'}\n`);
  if (content !== undefined) hash.update(content);
}
