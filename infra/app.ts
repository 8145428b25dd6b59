/** What `cdk` runs: see "app" in cdk.json. */
import { createApp, synthesizeCleanly } from './synthesize.ts';

synthesizeCleanly(createApp());
