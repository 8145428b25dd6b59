/**
 * The CDK app with the ready-made stack, for `cdk synth` and for callers that want the template in
 * hand. Both get the same template, whatever folder they are called from: the context comes from
 * this package's cdk.json, not from the caller's.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleProbe } from './bundling.ts';
import { CoordinatorFailoverStack, type Numbers } from './stack.ts';

export interface Synthesized {
  readonly template: object;
  readonly templateFile: string;
  /** Holds `asset.<hash>/index.cjs` of every function; the template names the hash. */
  readonly assetsDirectory: string;
  /** SHA-256 of the template file, in hexadecimal. */
  readonly templateHash: string;
  /** The probe, bundled to one file. */
  readonly probeFile: string;
}

/**
 * Writes the template, its assets and the probe below a folder. Takes about four seconds on two cores, nearly
 * all of it for loading CDK, bundling and CDK's own validation.
 *
 * `numbers`: settings to try instead of the defaults.
 *
 * @throws Error when a source is missing, or something was found in the template
 */
export async function synthesize(
  outputDirectory: string,
  numbers: Numbers = {},
): Promise<Synthesized> {
  const directory = resolve(outputDirectory);
  await mkdir(directory, { recursive: true });
  const assembly = synthesizeCleanly(createApp(join(directory, 'cdk.out'), numbers));
  const templateFile = assembly.getStackByName(stackName).templateFullPath;
  const text = await readFile(templateFile, 'utf8');
  return {
    template: JSON.parse(text) as object,
    templateFile,
    assetsDirectory: assembly.directory,
    templateHash: createHash('sha256').update(text).digest('hex'),
    probeFile: await bundleProbe(directory),
  };
}

/** Without a folder, CDK's own choice: where the CLI says, or a temporary one. */
export function createApp(outputDirectory?: string, numbers: Numbers = {}): App {
  const { context } = JSON.parse(readFileSync(cdkFile, 'utf8')) as { context: object };
  const app = new App({
    ...(outputDirectory === undefined ? {} : { outdir: outputDirectory }),
    context: { ...context },
    analyticsReporting: false,
    treeMetadata: false,
  });
  new CoordinatorFailoverStack(app, stackName, { numbers });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/**
 * CDK goes on after what it calls a warning, in a template that CloudFormation would refuse or that
 * nobody can update. Here every finding is an error, of CloudFormation's rules and of cdk-nag.
 *
 * @throws Error with a line per finding
 */
export function synthesizeCleanly(app: App): CloudAssembly {
  const assembly = app.synth();
  const file = join(assembly.directory, 'validation-report.json');
  const { pluginReports } = JSON.parse(readFileSync(file, 'utf8')) as ValidationReport;
  // The construct's own warnings are choices that a user may have made.
  const found = pluginReports.filter(({ pluginName }) => pluginName !== 'Construct Annotations');
  const findings = found.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, description, violatingConstructs }) =>
      violatingConstructs.map(
        ({ constructPath }) => `${constructPath}: ${description} (${ruleName})`,
      ),
    ),
  );
  if (findings.length > 0) throw new Error(`The template is not clean:\n${findings.join('\n')}`);
  return assembly;
}

/** The part of CDK's report that is read here. */
interface ValidationReport {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly description: string;
      readonly violatingConstructs: readonly { readonly constructPath?: string }[];
    }[];
  }[];
}

const stackName = 'CoordinatorFailover';

const cdkFile = new URL('../cdk.json', import.meta.url);
