/**
 * The template's statements beside what AWS knows: a resource type or a condition key that an action
 * does not have matches nothing, and whatever was meant to be allowed is not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionTable } from '@coordinator-failover/local-cloud';
import { describe, expect, test } from 'vitest';
import { synthesize } from '../../infra/stack/synthesize.ts';
import { type CloudFormationTemplate, textOf } from '../infra/template-reading.ts';
import { type Grant, grantsIn } from './grants.ts';

const directory = await mkdtemp(join(tmpdir(), 'permissions-'));
const { template } = await synthesize(directory);
await rm(directory, { recursive: true, force: true });
const grants = grantsIn(template as CloudFormationTemplate).filter(({ action }) =>
  /^(ec2|cloudwatch):/.test(action),
);

describe('permissions, in EC2 and CloudWatch', () => {
  test('each action knows the resource types and condition keys of its statement', () => {
    expect(grants.length).toBeGreaterThan(30);
    expect(grants.flatMap(problemsOf)).toEqual([]);
  });

  test('an action that needs several resource types is allowed on each', () => {
    const allowed = grants.filter(({ statement }) => statement.Effect === 'Allow');
    const byHolder = Map.groupBy(allowed, ({ who, action }) => `${who}: ${action}`);
    expect([...byHolder].flatMap(([what, all]) => missingTypesOf(what, all))).toEqual([]);
  });
});

/** `instance` of an instance's ARN; `alarm` of an alarm's attribute; `any` of `*`. */
function typeOf(resource: unknown): string {
  const text = textOf(resource);
  if (text === '*') return 'any';
  const [, ec2Type] = /:ec2:.*:([a-z-]+)\//.exec(text) ?? [];
  return ec2Type ?? (/^<\w+\.Arn>$/.test(text) ? 'alarm' : text);
}

function problemsOf({ action, resource, statement }: Grant): string[] {
  const known = actionTable[action];
  if (known === undefined) return [`${action} is not in the table of actions: look it up.`];
  const type = typeOf(resource);
  // "*" is every type.
  const itsKeys = type === 'any' ? Object.values(known).flat() : (known[type] ?? known[`${type}*`]);
  if (itsKeys === undefined) return [`${action} knows no resource of the type ${type}.`];
  const keys = Object.values(statement.Condition ?? {})
    .flatMap((test) => Object.keys(test))
    .map((key) => key.split('/')[0] ?? key);
  // What tells of the caller goes with every action.
  const unknown = keys.filter((key) => !itsKeys.includes(key) && !key.startsWith('lambda:'));
  return unknown.map((key) => `${action} on ${type} knows no condition key ${key}.`);
}

function missingTypesOf(what: string, grantsOfAction: readonly Grant[]): string[] {
  const types = grantsOfAction.map(({ resource }) => typeOf(resource));
  const [{ action } = { action: '' }] = grantsOfAction;
  const required = Object.keys(actionTable[action] ?? {}).filter((type) => type.endsWith('*'));
  return required
    .map((type) => type.slice(0, -1))
    .filter((type) => !types.includes(type) && !types.includes('any'))
    .map((type) => `${what} is not allowed on any ${type}.`);
}
