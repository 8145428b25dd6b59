// What AWS's Lambda does is in test/fidelity/; here is what only concerns the local cloud.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isReachable } from '../../lambda/reach.ts';
import { type LambdaFixture, lambdaFixture } from './lambda-fixture.ts';

let fixture: LambdaFixture;
beforeEach(async () => {
  fixture = await lambdaFixture();
});
afterEach(() => fixture.stop());

describe('Lambda', () => {
  test('keeps what the function writes', async () => {
    const arn = await fixture.deploy(`export const handler = () => { console.log('one\\ntwo'); };`);
    await fixture.lambda.invoke(arn, {});
    await expect
      .poll(() => fixture.lambda.output().map(({ text }) => text))
      .toEqual(['one', 'two']);
  });

  test.each([
    ['throws a text', `export const handler = () => { throw 'no'; };`, 'string', 'no'],
    ['exits', 'export const handler = () => process.exit(3);', 'Runtime.ExitError', 'status 3'],
    ['has no handler', 'export const other = 1;', 'Runtime.HandlerNotFound', 'index.handler'],
    ['does not load', 'export const handler = ;', 'SyntaxError', 'Unexpected token'],
    ['answers a bigint', 'export const handler = () => 1n;', 'Runtime.MarshalError', 'BigInt'],
  ])('reports a function that %s', async (_what, code, name, message) => {
    const arn = await fixture.deploy(code);
    const error = await fixture.lambda.invoke(arn, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test.each([
    [{ host: '127.77.0.5', port: 80 }, true],
    [{ host: '127.77.1.5', port: 80 }, false],
    [undefined, false],
  ])('in a VPC %j is within reach: %s', (destination, within) => {
    expect(isReachable({ kind: 'vpc', addressPrefixes: ['127.77.0.'] }, destination)).toBe(within);
  });
});
