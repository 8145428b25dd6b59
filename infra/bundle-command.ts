/**
 * `node infra/bundle-command.ts DIRECTORY` bundles every function into the directory. Run by
 * bundles.ts, for constructs that cannot wait. Any problem goes to stderr with a non-zero exit code.
 */
import { bundleFunctions } from './bundling.ts';

const [outputDirectory] = process.argv.slice(2);
if (outputDirectory === undefined) {
  throw new Error('No directory given. Usage: node infra/bundle-command.ts DIRECTORY');
}
await bundleFunctions(outputDirectory);
