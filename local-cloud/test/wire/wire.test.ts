import { request } from 'node:http';
import { connect as dial } from 'node:net';
import {
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  DetachNetworkInterfaceCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { largestRequestBytes } from '../../wire/wire.ts';
import { launch } from '../ec2/steps.ts';
import { nobody, roleArn, type WireFixture, wireFixture } from './wire-fixture.ts';

let fixture: WireFixture;
beforeEach(async () => {
  fixture = await wireFixture();
});
afterEach(() => fixture.stop());

describe('EC2 over HTTP', () => {
  test('an answer: the same as in process', async () => {
    await fixture.ec2.seed({ tags: [{ Key: 'odd', Value: 'a <b> & "c"\r\n ä 😀' }] });
    await launch({ ...fixture.ec2, client: fixture.ec2Client() });
    const command = new DescribeInstancesCommand({
      Filters: [{ Name: 'tag:cluster', Values: ['one', 'two'] }],
    });
    const overHttp = await fixture.ec2Client().send(command);
    const inProcess = await fixture.ec2.client.send(command);
    expect(overHttp.Reservations?.length).toBe(2);
    expect(withoutUndefined(overHttp.Reservations)).toEqual(
      withoutUndefined(inProcess.Reservations),
    );
  });

  test('a call: recorded with its caller and its input', async () => {
    await fixture.ec2Client().send(new DescribeInstancesCommand({ MaxResults: 5 }));
    expect(fixture.calls).toMatchObject([
      {
        service: 'ec2',
        operation: 'DescribeInstances',
        principalArn: roleArn,
        input: { MaxResults: 5 },
      },
    ]);
  });

  test('an error: by its name, with its message, and recorded', async () => {
    const command = new DetachNetworkInterfaceCommand({ AttachmentId: 'eni-attach-<0>' });
    await expect(fixture.ec2Client().send(command)).rejects.toMatchObject({
      name: 'InvalidAttachmentID.NotFound',
      message: "The interface attachment 'eni-attach-<0>' does not exist.",
      $metadata: { httpStatusCode: 400 },
    });
    expect(fixture.calls[0]?.error).toBe('InvalidAttachmentID.NotFound');
  });

  test('an operation that is not implemented: an error that lists those that are', async () => {
    await expect(fixture.ec2Client().send(new DescribeVolumesCommand({}))).rejects.toMatchObject({
      name: 'NotImplementedByLocalCloud',
      message: expect.stringContaining('It implements: DescribeInstances'),
    });
  });

  test('an unknown access key: AuthFailure', async () => {
    const client = fixture.ec2Client(nobody);
    await expect(client.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
      name: 'AuthFailure',
      $metadata: { httpStatusCode: 401 },
    });
  });

  test.each([
    ['Action=DescribeInstances&Shoe=9', 'UnknownParameter', 'The parameter Shoe is not recognized'],
    ['Action=DescribeInstances&Filter.x.Name=a', 'UnknownParameter', 'Filter.x'],
    ['Action=DescribeInstances&InstanceId=i-1', 'UnknownParameter', 'InstanceId'],
    [
      'Action=DescribeInstances&MaxResults=many',
      'InvalidParameterValue',
      'Value (many) for parameter MaxResults',
    ],
    ['Action=DescribeInstances&DryRun=perhaps', 'InvalidParameterValue', 'Expected true or false'],
    ['Action=DetachNetworkInterface', 'MissingParameter', 'AttachmentId'],
    ['Action=DescribeInstances&Ipv6=1&__proto__.x=1', 'UnknownParameter', 'Ipv6'],
    [`Action=DescribeInstances&${'a.'.repeat(40)}=1`, 'MalformedQueryString', 'nested too deeply'],
    [`Action=DescribeInstances${'&a=1'.repeat(6000)}`, 'RequestLimitExceeded', 'More than 5000'],
    ['Action=toString', 'NotImplementedByLocalCloud', 'toString'],
  ])('garbage in the form: one clear error (%s)', async (body, code, message) => {
    const answer = await fixture.post(body, {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const text = await answer.text();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(text).toContain(code);
    expect(text).toContain(message);
  });
});

describe('whatever else arrives', () => {
  test('a request for no service: an error that lists those that there are', async () => {
    for (const target of ['', 'DynamoDB_20120810.PutItem']) {
      const answer = await fixture.post('x', { 'x-amz-target': target });
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('It serves: ec2, cloudwatch, sfn.');
    }
  });

  test('a body above the limit: refused', async () => {
    const answer = await fixture.post('x'.repeat(largestRequestBytes + 1), {});
    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain(`at most ${largestRequestBytes} bytes`);
  });

  test('gzip that is none: refused', async () => {
    expect((await fixture.post('x', { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  test.each([
    'GET / HTTP/9.9\r\n\r\n',
    '\x00\x01\x02\r\n\r\n',
    'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n',
  ])(
    'what is no HTTP: the connection is closed, and the next one is answered (%j)',
    async (bytes) => {
      const closed = Promise.withResolvers<void>();
      const socket = dial(Number(new URL(fixture.endpoint).port), '127.0.0.1');
      socket.on('error', () => {});
      socket.on('close', () => closed.resolve());
      socket.resume();
      socket.write(bytes);
      await closed.promise;
      await expect(
        fixture.ec2Client().send(new DescribeInstancesCommand({})),
      ).resolves.toBeDefined();
    },
  );

  test('a client that goes away in the middle: the next one is answered', async () => {
    const half = request(fixture.endpoint, { method: 'POST', headers: { 'content-length': 100 } });
    half.on('error', () => {});
    half.write('half');
    await new Promise((done) => half.once('socket', (socket) => socket.once('connect', done)));
    half.destroy();
    await expect(fixture.ec2Client().send(new DescribeInstancesCommand({}))).resolves.toBeDefined();
  });
});

/** An absent member and an undefined one are the same to a client. */
function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
