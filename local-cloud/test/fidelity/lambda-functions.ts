/** Lambda: invocations, errors, timeouts, environment, reach. */
import { expect } from 'vitest';
import { type Clock, realClock } from '../../time/clock.ts';
import { type LambdaFixture, lambdaFixture } from '../lambda/lambda-fixture.ts';
import { type Area, refused } from './row.ts';

const get = `import { get } from 'node:http';
  const ask = (url) => new Promise((resolve) => {
    const request = get(url, { timeout: 300 }, (response) => {
      response.resume(); resolve('answered'); });
    request.on('timeout', () => { request.destroy(); resolve('silence'); });
    request.on('error', (error) => resolve(error.message)); });
  const askWithFetch = (url) => fetch(url, { signal: AbortSignal.timeout(300) })
    .then(() => 'answered', (error) => error.name === 'TimeoutError' ? 'silence' : error.name);
  export const handler = async ({ url }) => [await ask(url), await askWithFetch(url)];`;

export const lambdaFunctions: Area = {
  title: 'Lambda',
  file: 'test/fidelity/lambda-functions.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        'with LogFormat JSON each call of the console is one line of JSON: timestamp, level, requestId, and the object that was given as its message',
      source: 'Lambda developer guide, JSON structured logs with Node.js',
      localCloud: 'The same for what the function writes; the platform’s own lines are not made.',
      check: onLambda(async ({ lambda, deploy }) => {
        const arn = await deploy(
          `export const handler = () => { console.warn({ kind: 'incident', looks: 2 });
             console.log('one', 2); console.error(new TypeError('no')); console.debug('not this'); };`,
          { logFormat: 'JSON' },
        );
        await lambda.invoke(arn, {});
        const common = { timestamp: expect.stringMatching(/Z$/), requestId: expect.any(String) };
        await expect
          .poll(() => lambda.output().map(({ text }) => JSON.parse(text) as object))
          .toEqual([
            { ...common, level: 'WARN', message: { kind: 'incident', looks: 2 } },
            { ...common, level: 'INFO', message: 'one 2' },
            {
              ...common,
              level: 'ERROR',
              errorType: 'TypeError',
              errorMessage: 'no',
              stackTrace: expect.any(Array),
            },
          ]);
      }),
    },
    {
      behaviour:
        'a function runs with its own environment and its role’s credentials, nothing else of its host',
      source: 'Lambda developer guide, environment variables; execution role',
      localCloud: 'The same, in a worker thread; `AWS_ENDPOINT_URL` leads to the local cloud.',
      check: onLambda(async ({ lambda, endpoint, deploy }) => {
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
            AWS_ENDPOINT_URL: endpoint,
          },
          name: 'work',
        });
        expect(answer).not.toHaveProperty('env.PATH');
      }),
    },
    {
      behaviour:
        'an environment is used again when it is idle; what runs at the same time gets another; the first start takes longer',
      source:
        'Lambda developer guide, execution environment lifecycle. Cold starts: published benchmarks',
      localCloud:
        'The same; `lambdaColdStart` on top of loading the bundle for real, `lambdaInvoke` each time.',
      check: onLambda(async ({ lambda, deploy }) => {
        const arn = await deploy(
          `let count = 0;
           export const handler = async ({ ms }) => { count += 1;
             await new Promise((resolve) => setTimeout(resolve, ms)); return count; };`,
        );
        expect(await lambda.invoke(arn, { ms: 0 })).toBe(1);
        expect(await lambda.invoke(arn, { ms: 0 })).toBe(2);
        const together = [lambda.invoke(arn, { ms: 100 }), lambda.invoke(arn, { ms: 100 })];
        expect(new Set(await Promise.all(together))).toEqual(new Set([1, 3]));
      }),
    },
    {
      behaviour: 'an error’s name, message and trace reach the caller',
      source: 'Lambda developer guide, Node.js function errors',
      localCloud: 'The same.',
      check: onLambda(async ({ lambda, deploy }) => {
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
      }),
    },
    {
      behaviour:
        'what is wrong before or after a handler has a name too: `Runtime.ImportModuleError`, `Runtime.HandlerNotFound`, `Runtime.MarshalError` for a result that is no JSON, `Runtime.ExitError` for a process that ends',
      source:
        'AWS Lambda Node.js runtime interface client (aws/aws-lambda-nodejs-runtime-interface-client, Errors); Lambda developer guide, troubleshooting',
      localCloud: 'The same.',
      check: onLambda(async ({ lambda, deploy }) => {
        const handler = (body: string) => `export const handler = () => { ${body} };`;
        const wrong: [string, string, object][] = [
          ['Runtime.ImportModuleError', handler(''), { handler: 'other.handler' }],
          ['Runtime.HandlerNotFound', handler(''), { handler: 'index.other' }],
          ['Runtime.MarshalError', handler('return 1n;'), {}],
          ['Runtime.ExitError', handler('process.exit(3);'), {}],
        ];
        for (const [name, code, more] of wrong) {
          const arn = await deploy(code, { functionName: name.replace('.', '-'), ...more });
          await refused(lambda.invoke(arn, {}), name);
        }
      }),
    },
    {
      behaviour:
        'a function in a VPC that nobody has invoked for some two weeks is `Inactive`: its next invocation fails while it wakes up',
      source: 'Lambda developer guide, function states; networking: idle functions in a VPC',
      localCloud:
        'DIFFERS: it never sleeps. What is deployed has to keep its functions awake, with a schedule for instance.',
      check: async () => {
        let weeks = 0;
        const clock = { ...realClock, now: () => realClock.now() + weeks * 7 * 86_400_000 };
        await onLambda(async ({ lambda, deploy }) => {
          const arn = await deploy(`export const handler = () => 'awake';`);
          for (weeks of [0, 3]) expect(await lambda.invoke(arn, {})).toBe('awake');
        }, clock)();
      },
    },
    {
      behaviour: 'at its timeout a function is killed where it stands, its work half done',
      source:
        'Lambda developer guide, timeout. The error’s name: Lambda runtime interface emulator (`Sandbox.Timedout`); older documentation of Step Functions says `Lambda.Unknown`. Nothing rests on the name',
      localCloud: 'The same; `Sandbox.Timedout`.',
      check: onLambda(async ({ lambda, deploy }) => {
        const arn = await deploy(
          `let runs = 0;
           export const handler = ({ hang }) => { runs += 1; while (hang) {} return runs; };`,
          { timeoutSeconds: 1 },
        );
        const message = /^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/;
        await refused(lambda.invoke(arn, { hang: true }), 'Sandbox.Timedout', message);
        expect(await lambda.invoke(arn, { hang: false })).toBe(1);
      }),
    },
    {
      behaviour:
        'in a VPC without NAT or endpoints a function reaches the VPC and no AWS API; outside, the AWS APIs and not the VPC',
      source: 'Lambda developer guide, giving functions access to resources in a VPC',
      localCloud:
        'The same; what is out of reach is never answered. Security groups are not enforced.',
      check: onLambda(async ({ lambda, endpoint, deploy }) => {
        const outside = await deploy(get);
        expect(await lambda.invoke(outside, { url: endpoint })).toEqual(['answered', 'answered']);
        const elsewhere = { url: endpoint.replace('127.0.0.1', '127.0.0.2') };
        expect(await lambda.invoke(outside, elsewhere)).toEqual(['silence', 'silence']);
        const vpc = { functionName: 'inside', vpcAddressPrefixes: ['127.77.0.'] };
        const inside = await deploy(get, vpc);
        expect(await lambda.invoke(inside, { url: endpoint })).toEqual(['silence', 'silence']);
        const there = await deploy(get, {
          ...vpc,
          functionName: 'there',
          vpcAddressPrefixes: ['127.0.0.'],
        });
        expect(await lambda.invoke(there, { url: endpoint })).toEqual(['answered', 'answered']);
      }),
    },
    {
      behaviour: 'a function that does not exist',
      source: 'Lambda API reference, Invoke: ResourceNotFoundException',
      localCloud: '`Lambda.ResourceNotFoundException`, as Step Functions names it.',
      check: onLambda(({ lambda }) =>
        refused(lambda.invoke('arn:none', {}), 'Lambda.ResourceNotFoundException'),
      ),
    },
  ],
};

function onLambda(
  act: (fixture: LambdaFixture) => Promise<void>,
  clock?: Clock,
): () => Promise<void> {
  return async () => {
    const fixture = await lambdaFixture(clock);
    try {
      await act(fixture);
    } finally {
      await fixture.stop();
    }
  };
}
