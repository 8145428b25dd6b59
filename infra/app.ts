/** What `cdk` runs: see "app" in cdk.json. */
import { createApp } from './synthesize.ts';

createApp().synth();
