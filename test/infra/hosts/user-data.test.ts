import { resolveIntrinsics, type Scope } from '@coordinator-failover/local-cloud';
import { App, Fn, Stack } from 'aws-cdk-lib';
import { UserData } from 'aws-cdk-lib/aws-ec2';
import { expect, test } from 'vitest';
import { userDataText } from '../../../infra/hosts/user-data.ts';
import { partsOf } from './throwaway-host.ts';

test('user data: characters that are not ASCII arrive also beside values that only CloudFormation knows', () => {
  const stack = new Stack(new App(), 'Stack');
  const after = UserData.custom(`#!/bin/sh\necho "Köln ✓" ${Fn.ref('Bucket')}\n`);
  const text = userDataText(stack, { installation: ':', before: undefined, after });
  const scope = { ref: (name: string) => `the-${name}` } as object as Scope;
  const deployed = resolveIntrinsics(stack.resolve(text), scope) as string;
  expect(Buffer.byteLength(deployed)).toBe(deployed.length);
  expect(partsOf(deployed).at(-1)?.text).toBe('#!/bin/sh\necho "Köln ✓" the-Bucket\n');
});

test('user data: a script with the line ends of Windows, which no shell runs, is an error at synth', () => {
  const stack = new Stack(new App(), 'Stack');
  const after = UserData.custom('#!/bin/bash\r\necho hello\r\n');
  expect(() => userDataText(stack, { installation: ':', before: undefined, after })).toThrow(
    'Stack: userData has the first line "#!/bin/bash\\r", but must have line ends without "\\r"',
  );
});
