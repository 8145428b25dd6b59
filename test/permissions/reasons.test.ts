/** That every permission of the template has its reason. `npm run docs` makes docs/permissions.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { synthesize } from '../../infra/stack/synthesize.ts';
import type { CloudFormationTemplate } from '../infra/template-reading.ts';
import { grantsIn } from './grants.ts';
import { holders, reasonFor } from './reasons.ts';

const directory = await mkdtemp(join(tmpdir(), 'permissions-'));
const { template } = await synthesize(directory);
await rm(directory, { recursive: true, force: true });
const grants = grantsIn(template as CloudFormationTemplate);

test('permissions: every line of permissions.md says why (test/permissions/reasons.ts)', () => {
  const silent = grants.filter(
    (grant) => reasonFor(grant) === undefined || holders[grant.who] === undefined,
  );
  expect([...new Set(silent.map(({ who, action }) => `${who}: ${action}`))]).toEqual([]);
});
