import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = (path: string) => join(root, 'node_modules', path);
const environment = {
  PATH: process.env.PATH,
  HOME: '/nowhere',
  npm_config_update_notifier: 'false',
};

let directory: string;
let tarball: string;
let project: string;

const run = (file: string, given: readonly string[], cwd: string) =>
  promisify(execFile)(file, [...given], { cwd, env: environment, timeout: 500_000 });

/** A project of somebody else: the tarball, and the two packages that any CDK app has. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'package-'));
  const cache = ['--cache', join(directory, 'cache')];
  const packed = await run(
    'npm',
    ['pack', '--json', ...cache, '--pack-destination', directory],
    root,
  );
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  tarball = join(directory, filename);
  project = join(directory, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "name": "somebodys-app", "private": true }');
  const peers = ['aws-cdk-lib', 'constructs'].map((name) => `file:${script(name)}`);
  const quietly = ['--offline', '--no-audit', '--no-fund', ...cache];
  await run('npm', ['install', ...quietly, tarball, ...peers], project);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const construct = `
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1, natGateways: 0,
    subnetConfiguration: [{ name: 'cluster', subnetType: SubnetType.PRIVATE_ISOLATED }] });
  const [subnet] = vpc.isolatedSubnets;
  if (subnet === undefined) throw new Error('no subnet');
  const failover = new CoordinatorFailover(stack, 'Failover', {
    vpc, subnet, machineImage: MachineImage.latestAmazonLinux2023(), instanceTypes: ['m7i.xlarge'] });`;

/** Of the template that the app wrote: how many functions it has, and how many of their bundles. */
async function synthesizedBy(file: string): Promise<{ functions: number; bundles: number }> {
  const { stderr } = await run(process.execPath, [file], project);
  expect(stderr).not.toMatch(/error|warning/i);
  const output = join(project, 'cdk.out');
  const template = JSON.parse(await readFile(join(output, 'Cluster.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string }>;
  };
  const functions = Object.values(template.Resources).filter(
    ({ Type }) => Type === 'AWS::Lambda::Function',
  );
  const assets = (await readdir(output)).filter((name) => /^asset\.[^.]+$/.test(name));
  const bundles = await Promise.all(
    assets.map(async (asset) => (await readdir(join(output, asset))).includes('index.cjs')),
  );
  await rm(output, { recursive: true });
  return { functions: functions.length, bundles: bundles.filter(Boolean).length };
}

/** What the compiler says, checking the libraries' types too. */
async function compiled(file: string, ...more: readonly string[]): Promise<string> {
  const options = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--types', 'node'];
  const compile = [script('typescript/bin/tsc'), ...options, '--typeRoots', script('@types')];
  const { stdout } = await run(process.execPath, [...compile, ...more, file], project).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
}

test('package: a TypeScript app with the construct compiles and synthesizes, without a bundler', async () => {
  await writeFile(
    join(project, 'app.mts'),
    `import { App, Stack } from 'aws-cdk-lib';
     import { MachineImage, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
     import { CoordinatorFailover, type CoordinatorFailoverProps } from 'coordinator-failover';
     const app = new App({ outdir: 'cdk.out' });
     const stack = new Stack(app, 'Cluster');
     ${construct}
     const settings: Partial<CoordinatorFailoverProps> = { graceSeconds: 3 };
     console.log(failover.clusterName, settings.graceSeconds);
     app.synth();`,
  );
  expect(await compiled('app.mts')).toBe('');
  const { functions, bundles } = await synthesizedBy('app.mjs');
  expect(functions).toBeGreaterThan(8);
  expect(bundles).toBe(functions);
});

test('package: every type that its classes show has a name for whoever writes a library with them', async () => {
  await writeFile(
    join(project, 'library.mts'),
    `import type { Construct } from 'constructs';
     import { CoordinatorFailover, CoordinatorFailoverStack } from 'coordinator-failover';
     import type * as all from 'coordinator-failover';
     export class Ours extends CoordinatorFailoverStack {
       constructor(scope: Construct, readonly settings: all.CoordinatorFailoverStackProps) { super(scope, 'Ours', settings); }
     }
     export const numbers: all.Numbers = { graceSeconds: 3 };
     export const seconds = (of: CoordinatorFailover) => of.timeBudget['process-exit'].totalSeconds;
     export const budget = (of: CoordinatorFailover) => of.timeBudget;
     export const one = (of: CoordinatorFailover) => of.timeBudget['process-exit'];
     export const address = (of: CoordinatorFailover) => of.address;
     export const notification = (of: CoordinatorFailover) => of.notification;
     export type Parts = [all.ServerProps, all.TimingProps];`,
  );
  expect(await compiled('library.mts', '--declaration')).toBe('');
});

test('package: a CommonJS app with the construct and one with the ready-made stack synthesize', async () => {
  const requires = `const { App, Stack } = require('aws-cdk-lib');
    const { MachineImage, SubnetType, Vpc } = require('aws-cdk-lib/aws-ec2');
    const { CoordinatorFailover, CoordinatorFailoverStack } = require('coordinator-failover');
    const app = new App({ outdir: 'cdk.out' });`;
  const apps = {
    'construct.cjs': `${requires} const stack = new Stack(app, 'Cluster'); ${construct} app.synth();`,
    'stack.cjs': `${requires} new CoordinatorFailoverStack(app, 'Cluster'); app.synth();`,
  };
  for (const [file, text] of Object.entries(apps)) {
    await writeFile(join(project, file), text);
    const { functions, bundles } = await synthesizedBy(file);
    expect(functions, file).toBeGreaterThan(8);
    expect(bundles, file).toBe(functions);
  }
});

test('package: wrong props are told by name, value and what is allowed', async () => {
  const text = `import { App, Stack } from 'aws-cdk-lib';
    import { MachineImage, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
    import { CoordinatorFailover } from 'coordinator-failover';
    const stack = new Stack(new App(), 'Cluster');
    ${construct.replace('machineImage:', 'haCoordinatorsCount: 10, machineImage:')}`;
  await writeFile(join(project, 'wrong.mjs'), text);
  const told = 'haCoordinatorsCount is 10, but must be a whole number from 1 to 9';
  await expect(run(process.execPath, ['wrong.mjs'], project)).rejects.toMatchObject({
    stderr: expect.stringContaining(told),
  });
});

test('package: its command line runs', async () => {
  const command = join(project, 'node_modules/.bin/coordinator-failover');
  const { stdout } = await run(command, ['--help'], project);
  expect(stdout).toContain('coordinator-failover COMMAND [options]');
});

test('package: it brings what it needs and nothing of the checkout', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball], directory);
  const files = stdout.trim().split('\n');
  const known = /^package\/(bin\/|dist\/|package\.json$|README\.md$|LICENSE$)/;
  expect(files.filter((file) => !known.test(file))).toEqual([]);
  expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
  const text = await readFile(
    join(project, 'node_modules/coordinator-failover/package.json'),
    'utf8',
  );
  expect(JSON.parse(text)).not.toHaveProperty('dependencies');
});

test('package: publint has nothing to say', async () => {
  const publint = [script('publint/src/cli.js'), 'run', '--strict', tarball];
  const { stdout } = await run(process.execPath, publint, root);
  expect(stdout).toContain('All good!');
});

test('package: its types resolve for every importer of today', async () => {
  // Node requires ES modules since 20.19, the oldest that the package takes; the resolution of
  // TypeScript before 4.7 knows no `exports`.
  const today = ['--ignore-rules', 'cjs-resolves-to-esm', '--profile', 'node16'];
  const attw = [script('@arethetypeswrong/cli/dist/index.js'), tarball, ...today];
  const { stdout } = await run(process.execPath, [...attw, '--format', 'ascii'], root);
  for (const importer of ['node16 (from CJS)', 'node16 (from ESM)', 'bundler']) {
    expect(stdout).toContain(`${importer}: 🟢`);
  }
  expect(stdout).not.toMatch(/[❌⚠]/u);
});
