/** Lambda with functions of the test, in real time unless a test gives a clock, and a stand-in of the AWS API. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noLatencies } from '../../chance/latency.ts';
import { randomFrom } from '../../chance/random.ts';
import { createLambda, type FunctionProperties, type Lambda } from '../../lambda/lambda.ts';
import { type Clock, realClock } from '../../time/clock.ts';

export interface LambdaFixture {
  readonly lambda: Lambda;
  readonly endpoint: string;
  /** The code of index.mjs. Gives the function's ARN. */
  deploy(code: string, more?: Partial<FunctionProperties>): Promise<string>;
  stop(): Promise<void>;
}

export async function lambdaFixture(clock: Clock = realClock): Promise<LambdaFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'lambda-test-'));
  const server = createServer((_request, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lambda = createLambda({
    clock,
    random: randomFrom(1),
    latencies: noLatencies,
    region: 'eu-central-1',
    accountId: '123456789012',
    awsEndpoint: () => endpoint,
    credentialsOf: (roleArn) => ({ accessKeyId: `KEY-OF-${roleArn}`, secretAccessKey: 'secret' }),
  });
  return {
    lambda,
    endpoint,
    async deploy(code, more = {}) {
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
        logGroupName: 'work',
        ...more,
      });
      return functionArn;
    },
    async stop() {
      await lambda.stop();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
