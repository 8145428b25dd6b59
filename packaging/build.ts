/**
 * `npm run build`: makes dist/, which `npm pack` ships. The construct as JavaScript with its types, the
 * bundles of the functions and the probe, and the command line as one file.
 * What can go wrong: something that only a checkout has gets into the package. The test of the
 * package installs it where nothing else is.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCommandLine, bundleFunctions, bundleHost } from '../infra/bundle/bundling.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const compiler = join(root, 'node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [compiler, '-p', join(root, 'packaging/tsconfig.json')], {
  stdio: 'inherit',
});
withJavaScriptNames(dist);
copyDefinitions();
await Promise.all([bundleFunctions(join(dist, 'bundles')), bundleHost(join(dist, 'bundles'))]);
await bundleCommandLine(join(dist, 'cli/main.mjs'));

/** The compiler leaves `.ts` in the imports of declarations, but the package ships no such files. */
function withJavaScriptNames(directory: string): void {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => one.endsWith('.d.ts'))) {
    const file = join(directory, name);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/(from '\.{1,2}\/[^']+)\.ts'/g, "$1.js'"));
  }
}

/** The state machines are read as files when an app is synthesized. */
function copyDefinitions(): void {
  const workflow = join(root, 'workflow');
  mkdirSync(join(dist, 'workflow'), { recursive: true });
  for (const name of readdirSync(workflow).filter((one) => one.endsWith('.asl.json'))) {
    cpSync(join(workflow, name), join(dist, 'workflow', name));
  }
}
