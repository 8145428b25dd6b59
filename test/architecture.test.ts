/**
 * Proves that the linter enforces the layering: each forbidden line is put into a file of its folder
 * and must be refused, each allowed one must pass. A rule that no longer bites fails here.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Snippet {
  readonly folder: string;
  readonly code: string;
  /** Words of the message that refuses it; undefined when it is allowed. */
  readonly refusedWith?: string;
  /** Where the file's name matters. */
  readonly file?: string;
}

const onlyItself = 'workflow/ imports only itself';
const isPure = 'workflow/, history/ and report/ are pure';
const noSdk = 'Only aws/*-client.ts and probe/aws.ts load the AWS SDK';

const namesOfOurs =
  'workflow aws history info-client handlers probe infra packaging report cli trials test'.split(
    ' ',
  );

const refused: readonly Snippet[] = [
  ...[
    `import { x } from '../handlers/survey-coordinators.ts';`,
    `import type { X } from '../info-client/ask.ts';`,
    `import { readFile } from 'node:fs/promises';`,
    `import { EC2Client } from '@aws-sdk/client-ec2';`,
    `import type { Instance } from '@aws-sdk/client-ec2';`,
    `import { Stack } from 'aws-cdk-lib';`,
    `export * from '../infra/stack/stack.ts';`,
  ].map((code) => ({ folder: 'workflow', code, refusedWith: onlyItself })),
  ...[
    `import { x } from '../../handlers/survey.ts';`,
    `import type { X } from '../../info-client/ask.ts';`,
    `import { readFile } from 'node:fs/promises';`,
    `import type { Instance } from '@aws-sdk/client-ec2';`,
  ].map((code) => ({ folder: 'workflow/notify', code, refusedWith: onlyItself })),
  ...[
    'export const at = Date.now();',
    'export const at = new Date();',
    'export const chance = Math.random();',
  ].map((code) => ({ folder: 'workflow', code, refusedWith: isPure })),
  ...[
    'export const place = process.env.PLACE;',
    `console.log('here');`,
    'setTimeout(() => undefined, 1);',
    `export const answer = fetch('http://localhost');`,
    'export const at = performance.now();',
  ].map((code) => ({ folder: 'workflow', code, refusedWith: 'Do not use the global variable' })),
  ...[
    'aws',
    'history',
    'handlers',
    'probe',
    'infra',
    'cli',
    'trials/simulation',
    'info-client',
  ].flatMap((folder) =>
    [
      `import { EC2Client } from '@aws-sdk/client-ec2';`,
      `export const sdk = import('@aws-sdk/client-ec2');`,
      `export { EC2Client } from '@aws-sdk/client-ec2';`,
      `import { Client } from '@smithy/core';`,
    ].map((code) => ({ folder, code, refusedWith: noSdk })),
  ),
  ...crossings('aws', [
    'handlers',
    'history',
    'info-client',
    'cli',
    'report',
    'infra',
    'trials',
    'test',
  ]),
  { folder: 'aws', code: `import x from 'node:fs';`, refusedWith: 'aws/ imports' },
  { folder: 'workflow/model', code: `import * as v from 'valibot';`, refusedWith: onlyItself },
  {
    folder: 'workflow/model',
    file: 'schema.ts',
    code: `import x from 'node:fs';`,
    refusedWith: 'imports only valibot',
  },
  ...crossings('history', ['report', 'handlers', 'info-client', 'cli', 'trials', 'test']),
  { folder: 'history', code: `import x from 'node:fs';`, refusedWith: 'history/ imports' },
  { folder: 'history', code: 'export const at = Date.now();', refusedWith: isPure },
  ...crossings('info-client', [
    'aws',
    'handlers',
    'probe',
    'infra',
    'local-cloud',
    'trials',
    'test',
  ]),
  { folder: 'info-client', code: `import x from 'node:fs';`, refusedWith: 'info-client/ imports' },
  ...crossings('handlers', ['probe', 'infra', 'cli', 'local-cloud', 'trials', 'test']),
  ...crossings('probe', [
    'aws',
    'history',
    'handlers',
    'infra',
    'cli',
    'local-cloud',
    'trials',
    'test',
  ]),
  ...crossings('infra', [
    'history',
    'aws',
    'handlers',
    'probe',
    'info-client',
    'local-cloud',
    'trials',
    'test',
  ]),
  ...crossings('cli', ['handlers', 'probe', 'infra', 'local-cloud', 'trials']),
  ...crossings('packaging', ['workflow', 'aws', 'handlers', 'probe', 'cli', 'trials', 'test']),
  ...crossings('report', [
    'aws',
    'handlers',
    'probe',
    'info-client',
    'infra',
    'cli',
    'local-cloud',
    'trials',
  ]),
  { folder: 'report', code: `import x from 'node:fs';`, refusedWith: 'report/ imports' },
  { folder: 'report', code: 'export const at = Date.now();', refusedWith: isPure },
  ...namesOfOurs.flatMap((other) =>
    [
      { folder: 'local-cloud', code: `import { x } from '../${other}/file.ts';` },
      { folder: 'local-cloud/test/ec2', code: `import { x } from '../../../${other}/file.ts';` },
    ].map((snippet) => ({ ...snippet, refusedWith: 'local-cloud/ imports nothing of ours' })),
  ),
  ...['handlers', 'probe', 'infra', 'cli', 'packaging', 'workflow', 'info-client', 'report'].map(
    (folder) => ({
      folder,
      code: `import { x } from '@coordinator-failover/local-cloud';`,
      refusedWith: `${folder}/ imports`,
    }),
  ),
  ...[
    'trials/drill',
    'trials/simulation',
    'trials/interleavings',
    'trials/bench',
    'trials/test/drill',
    'test',
  ].flatMap((folder) =>
    ['../local-cloud/clock.ts', '@coordinator-failover/local-cloud/clock.ts'].map((module) => ({
      folder,
      code: `import { x } from '${module}';`,
      refusedWith: 'nobody but local-cloud/ imports what is below its index',
    })),
  ),
  ...trialsCrossings('trials/drill', ['simulation', 'interleavings', 'bench', 'test']),
  ...['simulation', 'interleavings', 'bench'].flatMap((folder) =>
    trialsCrossings(`trials/${folder}`, ['drill', 'test']),
  ),
  ...trialsCrossings('trials', ['drill', 'simulation', 'interleavings', 'bench']),
  ...['handlers', 'probe', 'infra', 'cli', 'packaging', 'report'].flatMap((folder) =>
    crossings(folder, ['trials']),
  ),
  ...['infra/hosts/host.ts', 'workflow/model/names.ts', 'probe/main.ts'].map((module) => ({
    folder: 'examples/some',
    code: `import { y } from '../../${module}';`,
    refusedWith: 'examples/ imports only infra/index.ts',
  })),
  ...[
    'handlers',
    'probe',
    'cli',
    'packaging',
    'local-cloud',
    'trials',
    'trials/drill',
    'trials/simulation',
    'trials/interleavings',
    'trials/bench',
    'docs',
  ].map((folder) => ({
    folder,
    code: `import { Stack } from 'aws-cdk-lib/core';`,
    refusedWith: 'import',
  })),
];

const allowed: readonly Snippet[] = [
  { folder: 'workflow', code: `import { y } from './names.ts';\nexport const x = y;` },
  {
    folder: 'workflow/notify',
    code: `import { y } from '../model/ending.ts';\nimport { z } from '../names.ts';\nexport const x = [y, z];`,
  },
  { folder: 'workflow', code: `import { y } from './model/ending.ts';\nexport const x = y;` },
  {
    folder: 'report',
    code: `import { y } from '../workflow/notify/advice.ts';\nexport const x = y;`,
  },
  { folder: 'workflow', code: 'export const x = (at: string) => Date.parse(at);' },
  { folder: 'workflow', code: 'export const x = (at: number) => new Date(at).toISOString();' },
  { folder: 'info-client', code: `import { get } from 'node:http';\nexport const x = get;` },
  { folder: 'info-client', code: `import { connect } from 'node:tls';\nexport const x = connect;` },
  {
    folder: 'report',
    code: `import { createHash } from 'node:crypto';\nexport const x = createHash;`,
  },
  {
    folder: 'handlers',
    code: `import { y } from '../workflow/model/names.ts';\nexport const x = y;`,
  },
  { folder: 'handlers', code: `import { y } from '../info-client/ask.ts';\nexport const x = y;` },
  {
    folder: 'handlers',
    code: `import type { Instance } from '@aws-sdk/client-ec2';\nexport type X = Instance;`,
  },
  ...[
    'aws/some-client.ts',
    'probe/aws.ts',
    'local-cloud/a.ts',
    'trials/drill/a.ts',
    'test/a.ts',
  ].map((path) => ({
    folder: dirname(path),
    file: basename(path),
    code: `import { EC2Client } from '@aws-sdk/client-ec2';\nexport const x = EC2Client;`,
  })),
  ...['aws', 'handlers', 'report'].map((folder) => ({
    folder,
    code: `import { y } from '../workflow/model/instance-state.ts';\nexport const x = y;`,
  })),
  ...['handlers', 'cli', 'trials'].map((folder) => ({
    folder,
    code: `import { y } from '../aws/errors.ts';\nexport const x = y;`,
  })),
  { folder: 'workflow', code: `import { y } from './model/state.ts';\nexport const x = y;` },
  { folder: 'cli', code: `import { y } from '../info-client/ask.ts';\nexport const x = y;` },
  ...['handlers', 'cli', 'report', 'trials'].map((folder) => ({
    folder,
    code: `import { y } from '../history/ends.ts';\nexport const x = y;`,
  })),
  {
    folder: 'history',
    code: `import { y } from '../workflow/model/names.ts';\nexport const x = y;`,
  },
  { folder: 'cli', code: `import { y } from '../report/report.ts';\nexport const x = y;` },
  {
    folder: 'examples/some',
    code: `import { y } from '../../infra/index.ts';\nexport const x = y;`,
  },
  { folder: 'infra', code: `import { Stack } from 'aws-cdk-lib';\nexport const x = Stack;` },
  {
    folder: 'trials/drill',
    code: `import { y } from '../../infra/stack/synthesize.ts';\nexport const x = y;`,
  },
  {
    folder: 'test',
    code: `import { y } from '../handlers/survey-coordinators.ts';\nexport const x = y;`,
  },
  { folder: 'handlers', code: 'export const x = Date.now();' },
  ...['trials/drill', 'trials/simulation', 'test'].map((folder) => ({
    folder,
    code: `import { y } from '@coordinator-failover/local-cloud';\nexport const x = y;`,
  })),
  {
    folder: 'local-cloud/test/ec2',
    code: `import { y } from '../../ec2/ec2.ts';\nexport const x = y;`,
  },
];

let directory: string;
let findings: Map<string, string>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layering-'));
  for (const name of ['biome.json', 'package.json', '.gitignore', 'lint']) {
    await cp(join(root, name), join(directory, name), { recursive: true });
  }
  for (const [index, snippet] of [...refused, ...allowed].entries()) {
    const path = join(directory, pathOf(snippet, index));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${snippet.code}\n`);
  }
  findings = await lint(directory);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

for (const [index, snippet] of refused.entries()) {
  test(`architecture: ${snippet.folder}/ is refused ${snippet.code}`, () => {
    expect(findings.get(pathOf(snippet, index))).toContain(snippet.refusedWith);
  });
}

for (const [index, snippet] of allowed.entries()) {
  test(`architecture: ${snippet.folder}/ is allowed ${snippet.code.replace('\n', ' ')}`, () => {
    expect(findings.get(pathOf(snippet, refused.length + index)) ?? '').toBe('');
  });
}

test('architecture: every folder with sources has its rules and its type check', async () => {
  const config = await readFile(join(root, 'biome.json'), 'utf8');
  const types = await readFile(join(root, 'tsconfig.json'), 'utf8');
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (!entry.isDirectory() || ['node_modules', 'examples'].includes(entry.name)) continue;
    const files = await readdir(join(root, entry.name), { recursive: true });
    if (!files.some((file) => file.endsWith('.ts'))) continue;
    expect(config, `biome.json has no rules for ${entry.name}/`).toContain(`"${entry.name}/**"`);
    expect(types, `tsconfig.json does not include ${entry.name}`).toContain(`"${entry.name}"`);
  }
});

function crossings(folder: string, others: readonly string[]): Snippet[] {
  return others.map((other) => ({
    folder,
    code: `import { x } from '../${other}/file.ts';`,
    refusedWith: `${folder}/ imports`,
  }));
}

function trialsCrossings(folder: string, others: readonly string[]): Snippet[] {
  const up = folder === 'trials' ? '.' : '..';
  return others.map((other) => ({
    folder,
    code: `import { x } from '${up}/${other}/file.ts';`,
    refusedWith: 'no CDK',
  }));
}

/** A folder per snippet would be outside of the rules of flat folders: a file per snippet. */
function pathOf(snippet: Snippet, index: number): string {
  if (snippet.file !== undefined) return `${snippet.folder}/${snippet.file}`;
  return `${snippet.folder}/snippet-${index}.ts`;
}

/** Only what the layering is about: other findings are no concern of this test. */
const layeringRules = ['plugin', 'noRestrictedImports', 'noRestrictedGlobals'];

async function lint(inDirectory: string): Promise<Map<string, string>> {
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const report = await promisify(execFile)(
    biome,
    ['lint', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: inDirectory, timeout: 300_000, maxBuffer: 32 * 1024 * 1024 },
  ).catch((error: { stdout: string }) => error);
  const messages = new Map<string, string>();
  const { diagnostics } = JSON.parse(report.stdout) as { diagnostics: Diagnostic[] };
  for (const { category, location, message } of diagnostics) {
    if (!layeringRules.some((rule) => category.endsWith(rule))) continue;
    messages.set(location.path, `${messages.get(location.path) ?? ''}${message}\n`);
  }
  return messages;
}

interface Diagnostic {
  readonly category: string;
  readonly message: string;
  readonly location: { readonly path: string };
}
