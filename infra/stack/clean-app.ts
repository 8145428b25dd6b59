/**
 * The CDK app with the ready-made stack, the same whatever folder it is made from: the context comes from this
 * package's cdk.json, not from the caller's.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CoordinatorFailoverStack, type Numbers } from './stack.ts';

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

const cdkFile = new URL('../../cdk.json', import.meta.url);
