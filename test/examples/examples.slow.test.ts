/**
 * Every example, as somebody would run it: `node examples/NAME/app.ts` under the CDK CLI's environment.
 * No warning, no finding of CDK's validation, and what it shows is in the template.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CloudFormationTemplate,
  onlyResource,
  resourcesOf,
  textOf,
} from '../infra/template-reading.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = ['trino-cluster', 'prestodb', 'own-launch-template', 'https-only'] as const;
type Name = (typeof names)[number];

const directory = mkdtempSync(join(tmpdir(), 'examples-'));
const outputs = new Map<
  Name,
  { readonly output: string; readonly template: CloudFormationTemplate }
>();

beforeAll(async () => {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as {
    context: object;
  };
  for (const name of names) {
    const CDK_OUTDIR = join(directory, name);
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(root, 'examples', name, 'app.ts')],
      {
        cwd: directory,
        env: { PATH: process.env.PATH, CDK_OUTDIR, CDK_CONTEXT_JSON: JSON.stringify(context) },
        timeout: 500_000,
      },
    );
    const file = readdirSync(CDK_OUTDIR).find((each) => each.endsWith('.template.json')) ?? '';
    const template = JSON.parse(
      readFileSync(join(CDK_OUTDIR, file), 'utf8'),
    ) as CloudFormationTemplate;
    outputs.set(name, { output: stdout + stderr, template });
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function templateOf(name: Name): CloudFormationTemplate {
  const made = outputs.get(name);
  if (made === undefined) throw new Error(`${name} was not synthesized.`);
  return made.template;
}

/** The user data of the coordinators' launch template, by the construct's place or the example's. */
function userDataOf(name: Name, id: RegExp): string {
  const [, found] =
    resourcesOf(templateOf(name), 'AWS::EC2::LaunchTemplate').find(([each]) => id.test(each)) ?? [];
  const data = found?.Properties.LaunchTemplateData as { readonly UserData: unknown } | undefined;
  return textOf(data?.UserData ?? '');
}

test('examples: every folder is tested', () => {
  expect(readdirSync(join(root, 'examples')).sort()).toEqual([...names].sort());
});

describe.each(names)('examples: %s', (name) => {
  test('synthesizes without a word', () => {
    expect(outputs.get(name)?.output).toBe('');
    const report = readFileSync(join(directory, name, 'validation-report.json'), 'utf8');
    const { pluginReports } = JSON.parse(report) as {
      readonly pluginReports: readonly { readonly violations: readonly unknown[] }[];
    };
    expect(pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  test('is short enough to be read in a minute', () => {
    const text = readFileSync(join(root, 'examples', name, 'app.ts'), 'utf8');
    expect(text.split('\n').length).toBeLessThanOrEqual(120);
  });

  test('installs the probe', () => {
    expect(userDataOf(name, /Host|Coordinator/)).toContain('coordinator_failover_probe=installed');
  });
});

describe('examples: what they show', () => {
  test('trino-cluster: a coordinator discovers itself, workers know the address only', () => {
    expect(userDataOf('trino-cluster', /Host/)).toContain(
      'ROLE=coordinator DISCOVERY_URI=http://localhost:8080',
    );
    const [address] = onlyResource(templateOf('trino-cluster'), 'AWS::EC2::NetworkInterface');
    expect(userDataOf('trino-cluster', /Worker/)).toContain(
      `ROLE=worker DISCOVERY_URI=http://<${address}.PrimaryPrivateIpAddress>:8080`,
    );
  });

  test('trino-cluster: there is no way to the internet, and one to S3 and CloudWatch', () => {
    const template = templateOf('trino-cluster');
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway']) {
      expect(resourcesOf(template, type)).toEqual([]);
    }
    expect(resourcesOf(template, 'AWS::EC2::VPCEndpoint')).toHaveLength(2);
  });

  test('own-launch-template: the construct makes none', () => {
    expect(resourcesOf(templateOf('own-launch-template'), 'AWS::EC2::LaunchTemplate')).toHaveLength(
      1,
    );
  });

  test('https-only: the host, the standbys and the check ask by HTTPS, with the authority', () => {
    const userData = userDataOf('https-only', /Host/);
    expect(userData.match(/"protocol":"https"/g)).toHaveLength(2);
    expect(userData).not.toContain('"protocol":"http"');
    expect(userData).toContain('BEGIN CERTIFICATE');
  });
});

const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;

test('examples: ShellCheck is there (in CI it must be)', () => {
  const advice = 'ShellCheck is missing, so the scripts of the examples were NOT checked.';
  if (!shellcheck) console.warn(`\n*** ${advice} ***\n`);
  expect(Boolean(process.env.CI) && !shellcheck, advice).toBe(false);
});

test.runIf(shellcheck).each(['trino-cluster/install-trino.sh', 'prestodb/install-presto.sh'])(
  'examples: ShellCheck finds nothing in %s',
  (script) => {
    const run = spawnSync('shellcheck', [join(root, 'examples', script)], { encoding: 'utf8' });
    expect(run.stdout + run.stderr).toBe('');
  },
);
