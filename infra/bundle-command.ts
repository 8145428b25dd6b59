/**
 * `node infra/bundle-command.ts DIRECTORY` bundles every function, and the probe, into the directory. Run by
 * bundles.ts, for constructs that cannot wait. Any problem goes to stderr with a non-zero exit code.
 */
import { bundleBox, bundleFunctions } from './bundling.ts';

const [outputDirectory] = process.argv.slice(2);
if (outputDirectory === undefined) {
  throw new Error('No directory given. Usage: node infra/bundle-command.ts DIRECTORY');
}
await Promise.all([bundleFunctions(outputDirectory), bundleBox(outputDirectory)]);
