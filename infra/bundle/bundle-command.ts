/**
 * `node infra/bundle/bundle-command.ts DIRECTORY` bundles every function, and the probe, into the directory. Run by
 * bundles.ts, for constructs that cannot wait.
 */
import { sayWhenLong, workOrSay } from './long-work.ts';

const [directory = ''] = process.argv.slice(2);

await workOrSay(async () => {
  const stop = sayWhenLong('Bundling the functions and the probe');
  const { bundleHost, bundleFunctions } = await import('./bundling.ts');
  await Promise.all([bundleFunctions(directory), bundleHost(directory)]);
  stop();
});
