import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { realClock } from '../../../local-cloud/clock.ts';
import {
  createLambda,
  type FunctionProperties,
  type Lambda,
} from '../../../local-cloud/lambda/lambda.ts';
import { isReachable } from '../../../local-cloud/lambda/reach.ts';
import { noLatencies } from '../../../local-cloud/latency.ts';
import { randomFrom } from '../../../local-cloud/random.ts';

let folder: string;
let server: Server;
let endpoint: string;
let lambda: Lambda;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lambda-test-'));
  server = createServer((_request, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  lambda = createLambda({
    clock: realClock,
    random: randomFrom(1),
    latencies: noLatencies,
    region: 'eu-central-1',
    accountId: '123456789012',
    awsEndpoint: () => endpoint,
    credentialsOf: (roleArn) => ({ accessKeyId: `KEY-OF-${roleArn}`, secretAccessKey: 'secret' }),
  });
});
afterEach(() => lambda.stop());

async function deploy(code: string, more: Partial<FunctionProperties> = {}): Promise<string> {
  const codeDirectory = await mkdtemp(join(folder, 'code-'));
  await writeFile(join(codeDirectory, 'index.mjs'), code);
  const { functionArn } = lambda.addFunction({
    functionName: 'work',
    codeDirectory,
    handler: 'index.handler',
    timeoutSeconds: 5,
    memoryMegabytes: 128,
    environment: {},
    roleArn: 'worker',
    ...more,
  });
  return functionArn;
}

describe('Lambda', () => {
  test('runs a bundle with an environment and credentials of its own', async () => {
    const arn = await deploy(
      `export const handler = async (event, context) => ({ event, env: { ...process.env },
         name: context.functionName, left: context.getRemainingTimeInMillis() });`,
      { environment: { LEVEL: 'high' } },
    );
    const answer = await lambda.invoke(arn, { a: 1 });
    expect(answer).toMatchObject({
      event: { a: 1 },
      env: {
        LEVEL: 'high',
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'KEY-OF-worker',
        AWS_LAMBDA_FUNCTION_NAME: 'work',
        AWS_ENDPOINT_URL: endpoint,
      },
      name: 'work',
    });
    expect(answer).not.toHaveProperty('env.PATH');
    expect((answer as { left: number }).left).toBeGreaterThan(4_000);
  });

  test('uses an idle isolate again, and another one for what runs at the same time', async () => {
    const arn = await deploy(
      `let count = 0;
       export const handler = async ({ ms }) => { count += 1;
         await new Promise((resolve) => setTimeout(resolve, ms)); return count; };`,
    );
    expect(await lambda.invoke(arn, { ms: 0 })).toBe(1);
    expect(await lambda.invoke(arn, { ms: 0 })).toBe(2);
    const together = [lambda.invoke(arn, { ms: 100 }), lambda.invoke(arn, { ms: 100 })];
    expect(new Set(await Promise.all(together))).toEqual(new Set([1, 3]));
  });

  test('keeps what the function writes', async () => {
    const arn = await deploy(`export const handler = () => { console.log('one\\ntwo'); };`);
    await lambda.invoke(arn, {});
    await expect.poll(() => lambda.output().map(({ text }) => text)).toEqual(['one', 'two']);
  });

  test('an error keeps its name, message and trace', async () => {
    const arn = await deploy(
      `export const handler = async () => {
         throw Object.assign(new Error('still attached'), { name: 'StillAttached' }); };`,
    );
    const error = await lambda.invoke(arn, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'StillAttached',
      message: 'still attached',
      trace: expect.arrayContaining([expect.stringContaining('at')]),
    });
  });

  test.each([
    ['throws a text', `export const handler = () => { throw 'no'; };`, 'string', 'no'],
    ['exits', 'export const handler = () => process.exit(3);', 'Runtime.ExitError', 'status 3'],
    ['has no handler', 'export const other = 1;', 'Runtime.HandlerNotFound', 'index.handler'],
    ['does not load', 'export const handler = ;', 'SyntaxError', 'Unexpected token'],
    ['answers a bigint', 'export const handler = () => 1n;', 'Runtime.MarshalError', 'BigInt'],
  ])('reports a function that %s', async (_what, code, name, message) => {
    const arn = await deploy(code);
    const error = await lambda.invoke(arn, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('kills a function at its timeout, and starts afresh', async () => {
    const arn = await deploy(
      `let runs = 0;
       export const handler = ({ hang }) => { runs += 1; while (hang) {} return runs; };`,
      { timeoutSeconds: 1 },
    );
    await expect(lambda.invoke(arn, { hang: true })).rejects.toMatchObject({
      name: 'Sandbox.Timedout',
      message: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/),
    });
    expect(await lambda.invoke(arn, { hang: false })).toBe(1);
  });

  test('does not know a function that was not deployed', async () => {
    await expect(lambda.invoke('arn:none', {})).rejects.toMatchObject({
      name: 'Lambda.ResourceNotFoundException',
    });
  });
});

describe('Lambda: reach', () => {
  const get = `import { get } from 'node:http';
    const ask = (url) => new Promise((resolve) => {
      const request = get(url, { timeout: 300 }, (response) => {
        response.resume(); resolve('answered'); });
      request.on('timeout', () => { request.destroy(); resolve('silence'); });
      request.on('error', (error) => resolve(error.message)); });
    const askWithFetch = (url) => fetch(url, { signal: AbortSignal.timeout(300) })
      .then(() => 'answered', (error) => error.name === 'TimeoutError' ? 'silence' : error.name);
    export const handler = async ({ url }) => [await ask(url), await askWithFetch(url)];`;

  test('outside a VPC a function reaches the AWS endpoint, and nothing else', async () => {
    const arn = await deploy(get);
    expect(await lambda.invoke(arn, { url: endpoint })).toEqual(['answered', 'answered']);
    const elsewhere = { url: endpoint.replace('127.0.0.1', '127.0.0.2') };
    expect(await lambda.invoke(arn, elsewhere)).toEqual(['silence', 'silence']);
  });

  test('in a VPC it reaches the VPC’s addresses, and never the AWS endpoint', async () => {
    const arn = await deploy(get, { vpcAddressPrefix: '127.77.0.' });
    expect(await lambda.invoke(arn, { url: endpoint })).toEqual(['silence', 'silence']);
    const inside = await deploy(get, { functionName: 'inside', vpcAddressPrefix: '127.0.0.' });
    expect(await lambda.invoke(inside, { url: endpoint })).toEqual(['answered', 'answered']);
  });

  test.each([
    [{ host: '127.77.0.5', port: 80 }, true],
    [{ host: '127.77.1.5', port: 80 }, false],
    [undefined, false],
  ])('in a VPC %j is within reach: %s', (destination, within) => {
    expect(isReachable({ kind: 'vpc', addressPrefix: '127.77.0.' }, destination)).toBe(within);
  });
});
