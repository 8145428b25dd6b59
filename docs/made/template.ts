/** The synthesized template, once for all documents. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../infra/stack/synthesize.ts';
import type { CloudFormationTemplate } from '../../test/infra/template-reading.ts';

let synthesized: Promise<CloudFormationTemplate> | undefined;

export function synthesizedTemplate(): Promise<CloudFormationTemplate> {
  synthesized ??= synthesizeNow();
  return synthesized;
}

async function synthesizeNow(): Promise<CloudFormationTemplate> {
  const directory = await mkdtemp(join(tmpdir(), 'documents-'));
  try {
    return (await synthesize(directory)).template as CloudFormationTemplate;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
