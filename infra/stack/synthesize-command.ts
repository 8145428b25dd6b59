/**
 * `node infra/stack/synthesize-command.ts DIRECTORY NUMBERS` writes the template with its assets, and the probe, into
 * the directory. Run by synthesize.ts.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostDirectory } from '../bundle/bundles.ts';
import { workOrSay } from '../bundle/long-work.ts';
import type { Numbers } from './stack.ts';

const [directory = '', numbers = '{}'] = process.argv.slice(2);

await workOrSay(async () => {
  const { createApp, synthesizeCleanly } = await import('./clean-app.ts');
  synthesizeCleanly(createApp(join(directory, 'cdk.out'), JSON.parse(numbers) as Numbers));
  copyFileSync(join(hostDirectory(), 'probe.mjs'), join(directory, 'probe.mjs'));
});
