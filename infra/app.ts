/** What `cdk` runs: see "app" in cdk.json. */
import { createApp, synthesizeCleanly } from './stack/clean-app.ts';

try {
  synthesizeCleanly(createApp());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
