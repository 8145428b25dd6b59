/** Whatever somebody finds in the template is an error: cdk-nag (AwsSolutions) and CloudFormation's rules. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnParameter } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp, synthesizeCleanly } from '../../../infra/stack/clean-app.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'infra-clean-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

test('clean: nothing is found in the ready-made stack, and without a warning', () => {
  expect(() => synthesizeCleanly(createApp(directory))).not.toThrow();
});

test('clean: what cdk-nag finds is an error', () => {
  const app = createApp(directory);
  new Topic(app.node.findChild('CoordinatorFailover'), 'Open');
  expect(() => synthesizeCleanly(app)).toThrow('The SNS Topic does not require');
});

test('clean: what CloudFormation would only warn of is an error that names it', () => {
  const app = createApp(directory);
  new CfnParameter(app.node.findChild('CoordinatorFailover'), 'Unused');
  expect(() => synthesizeCleanly(app)).toThrow(
    /The template is not clean:\n.*Unused.*is not referenced/,
  );
});
