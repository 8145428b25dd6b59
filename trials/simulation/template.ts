/** The synthesized template, as every command of the simulation begins. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Numbers } from '../../infra/stack/stack.ts';
import { type Synthesized, synthesize } from '../../infra/stack/synthesize.ts';

/** Nothing of it stays on the disk: the simulation runs the handlers' sources, not their bundles. */
export async function templateInHand(
  numbers: Numbers = {},
): Promise<Pick<Synthesized, 'template' | 'templateHash'>> {
  const directory = await mkdtemp(join(tmpdir(), 'simulation-'));
  try {
    return await synthesize(directory, numbers);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
