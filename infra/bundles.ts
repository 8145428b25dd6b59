/**
 * Where the bundles are: in the published package they lie ready (packaging/build.ts), so that nobody
 * who uses it needs a bundler; in a checkout they are made from the sources, once per process.
 * What can go wrong: a package that was built wrongly. A missing bundle is an error at synth.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The functions, as their files in handlers/ and as the state machine's placeholders name them. */
export const functionNames = [
  'survey',
  'check-info',
  'confirm-failure',
  'pick-standby',
  'terminate-instance',
  'attach-eni',
  'launch-standby',
  'rearm-alarms',
  'record-incident',
] as const;

export type FunctionName = (typeof functionNames)[number];

/** Those that carry out what CloudFormation asks for (lifecycle.ts). */
export const lifecycleFunctionNames = [
  'receive-lifecycle-event',
  'advance-lifecycle',
  'answer-cloudformation',
] as const;

export type LifecycleFunctionName = (typeof lifecycleFunctionNames)[number];

const packageDirectory = fileURLToPath(new URL('..', import.meta.url));
const builtDirectory = join(packageDirectory, 'bundles');

/**
 * The folder with `<function>/index.cjs` for every function. A construct cannot wait and esbuild's
 * plugins are asynchronous, so in a checkout another process does the work (about a second). CDK
 * copies the bundles when a function is made: the folder is gone when this process ends.
 */
export function bundledFunctionsDirectory(): string {
  bundledFunctions ??= existsSync(builtDirectory) ? builtDirectory : bundleInAnotherProcess();
  return bundledFunctions;
}

/** The folder with what is installed on a box: the probe's bundle, and the texts of probe/box/. */
export function boxDirectory(): string {
  return join(bundledFunctionsDirectory(), 'box');
}

let bundledFunctions: string | undefined;

function bundleInAnotherProcess(): string {
  const directory = mkdtempSync(join(tmpdir(), 'coordinator-failover-functions-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const command = join(packageDirectory, 'infra/bundle-command.ts');
  execFileSync(process.execPath, [command, directory], {
    timeout: 60_000,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return directory;
}
