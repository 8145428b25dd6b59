/**
 * Where the bundles are: in the published package they lie ready (packaging/build.ts), so that nobody
 * who uses it needs a bundler; in a checkout they are made from the sources.
 * What can go wrong: a package that was built wrongly. A missing bundle is an error at synth.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKey, openBuildCache } from './build-cache.ts';
import { runLongWorkNow } from './long-work.ts';

/** The functions, as their files in handlers/ and as the state machine's placeholders name them. */
export const functionNames = [
  'survey-coordinators',
  'check-info',
  'confirm-failure',
  'pick-standby',
  'terminate-instance',
  'attach-eni',
  'launch-standby',
  'reset-alarms',
  'record-incident',
] as const;

export type FunctionName = (typeof functionNames)[number];

/** Those that carry out what CloudFormation asks for (functions/stack-operation.ts). */
export const stackOperationFunctionNames = [
  'receive-stack-event',
  'advance-stack-operation',
  'answer-cloudformation',
] as const;

export type StackOperationFunctionName = (typeof stackOperationFunctionNames)[number];

const packageDirectory = fileURLToPath(new URL('../..', import.meta.url));
const builtDirectory = join(packageDirectory, 'bundles');

/**
 * The folder with `<function>/index.cjs` for every function. A construct cannot wait and esbuild's
 * plugins are asynchronous, so in a checkout another process does the work, once for the same sources. CDK
 * copies the bundles when a function is made.
 */
export function bundledFunctionsDirectory(): string {
  bundledFunctions ??= existsSync(builtDirectory) ? builtDirectory : bundledOnce();
  return bundledFunctions;
}

/** The folder with what is installed on a host: the probe's bundle, and the texts of probe/host/. */
export function hostDirectory(): string {
  return join(bundledFunctionsDirectory(), 'host');
}

let bundledFunctions: string | undefined;

function bundledOnce(): string {
  const cache = openBuildCache();
  const key = buildKey('bundles', []);
  const found = cache.find(key);
  if (found !== undefined) return found;
  const folder = cache.newFolder();
  const command = join(packageDirectory, 'infra/bundle/bundle-command.ts');
  runLongWorkNow(command, [folder], 'Bundling the functions and the probe');
  return cache.keep(key, folder);
}
