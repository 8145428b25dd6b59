import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bundledFunctionsDirectory,
  functionNames,
  stackOperationFunctionNames,
} from '../../../infra/bundle/bundles.ts';
import { bundleFunctions } from '../../../infra/bundle/bundling.ts';
import { type Synthesized, synthesize } from '../../../infra/stack/synthesize.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Nothing of the caller's: no credentials, no region, no home. */
const environment = { PATH: `${root}/node_modules/.bin:${process.env.PATH}`, HOME: '/nowhere' };

let directory: string;
let synthesized: Synthesized;
let text: string;
let bundles: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'infra-synthesize-'));
  synthesized = await synthesize(join(directory, 'synthesized'));
  text = await readFile(synthesized.templateFile, 'utf8');
  bundles = join(directory, 'bundles');
  await bundleFunctions(bundles);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

// `synthesize` works in a folder of its own, `cdk` here.
test('synthesize: cdk synth gives the same template from another folder, without credentials and without a warning', async () => {
  const outputDirectory = join(directory, 'cli');
  const { stderr } = await promisify(execFile)(
    'cdk',
    ['synth', '--quiet', '--no-notices', '--output', outputDirectory],
    { cwd: root, env: environment, timeout: 500_000 },
  );
  expect(stderr).not.toMatch(/warning|error/i);
  expect(await templateIn(outputDirectory)).toBe(text);
});

test('synthesize: nothing of this machine is in the template', () => {
  expect(text).not.toContain(root);
  expect(text).not.toContain(tmpdir());
});

test('synthesize: every function is one file that exports its handler', async () => {
  const assets = (await readdir(synthesized.assetsDirectory)).filter((name) =>
    /^asset\.[0-9a-f]+$/.test(name),
  );
  expect(assets).toHaveLength(functionNames.length + stackOperationFunctionNames.length);
  for (const asset of assets) {
    const folder = join(synthesized.assetsDirectory, asset);
    expect(await readdir(folder)).toEqual(['index.cjs']);
    const bundle = (await import(join(folder, 'index.cjs'))) as { handler: unknown };
    expect(bundle.handler).toBeTypeOf('function');
  }
});

test('synthesize: bundles that are made again are the same, byte by byte', async () => {
  for (const name of [...functionNames, ...stackOperationFunctionNames]) {
    const [again, before] = await Promise.all(
      [bundles, bundledFunctionsDirectory()].map((made) => readFile(join(made, name, 'index.cjs'))),
    );
    expect(again?.equals(before ?? Buffer.of()), name).toBe(true);
  }
});

test('synthesize: the functions that call no AWS API carry no SDK, the others only what they call', async () => {
  for (const name of functionNames) {
    const bundle = await readFile(join(bundles, name, 'index.cjs'), 'utf8');
    const callsAws = !['check-info', 'confirm-failure', 'pick-standby'].includes(name);
    expect(bundle.includes('EC2Client'), name).toBe(callsAws);
    expect(bundle, name).not.toContain('CreateVpc');
    expect(bundle.length, name).toBeLessThan(callsAws ? 500_000 : 100_000);
    expect(bundle.includes('SFNClient'), name).toBe(false);
  }
  const clients = { 'receive-stack-event': ['SFNClient'], 'answer-cloudformation': [] };
  for (const [name, expected] of Object.entries(clients)) {
    const bundle = await readFile(join(bundles, name, 'index.cjs'), 'utf8');
    const found = ['SFNClient', 'EC2Client'].filter((client) => bundle.includes(client));
    expect(found, name).toEqual(expected);
  }
});

test('synthesize: the probe that a host gets is the one that a drill runs', async () => {
  const assets = await readdir(synthesized.assetsDirectory);
  const [probe, ...more] = assets.filter((name) => /^asset\..*\.mjs$/.test(name));
  expect(more).toEqual([]);
  const deployed = await readFile(join(synthesized.assetsDirectory, probe ?? ''));
  expect(deployed.equals(await readFile(synthesized.probeFile))).toBe(true);
});

test('synthesize: the probe is one file that runs by itself', async () => {
  const run = promisify(execFile)('node', [synthesized.probeFile, '--config', '/nowhere.json'], {
    cwd: directory,
    env: environment,
    timeout: 200_000,
  });
  // It is complete: it gets as far as missing its configuration, not an import.
  await expect(run).rejects.toMatchObject({ stderr: expect.stringContaining('/nowhere.json') });
  await expect(run).rejects.not.toMatchObject({ stderr: expect.stringContaining('ERR_MODULE') });
});

async function templateIn(outputDirectory: string): Promise<string> {
  return readFile(join(outputDirectory, 'CoordinatorFailover.template.json'), 'utf8');
}
