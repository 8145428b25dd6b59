import {
  CloudWatchClient,
  CloudWatchServiceException,
  DescribeAlarmsCommand,
  InvalidNextToken,
} from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { connect } from '../../service/in-process.ts';
import { type RecordedCall, type Service, ServiceError } from '../../service/service.ts';
import { manualClock } from '../../time/manual-clock.ts';

const caller = { accessKeyId: 'k', principalArn: 'arn:aws:iam::123456789012:role/survey' };

describe('a client in process', () => {
  test('an answer: a copy, with metadata as the SDK gives it', async () => {
    const kept = { Reservations: [{ ReservationId: 'r-1' }] };
    const { client } = ec2(() => kept);
    const answer = await client.send(new DescribeInstancesCommand({}));
    expect(answer).toMatchObject({ ...kept, $metadata: { httpStatusCode: 200, attempts: 1 } });
    answer.Reservations?.pop();
    expect(kept.Reservations).toHaveLength(1);
  });

  test("an error outside the model: the service's base class, by its name", async () => {
    const { client } = ec2(() => {
      throw new ServiceError('InvalidInstanceID.NotFound', 'not there');
    });
    const error = await failureOf(client.send(new DescribeInstancesCommand({})));
    expect(error).toBeInstanceOf(EC2ServiceException);
    expect(error).toMatchObject({
      name: 'InvalidInstanceID.NotFound',
      message: 'not there',
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('an error of the model: its own class', async () => {
    const client = new CloudWatchClient({ region: 'us-east-1' });
    connect(
      client,
      service('cloudwatch', 'DescribeAlarms', () => {
        throw new ServiceError('InvalidNextToken', 'wrong token');
      }),
      caller,
    );
    const error = await failureOf(client.send(new DescribeAlarmsCommand({})));
    expect(error).toBeInstanceOf(InvalidNextToken);
    expect(error).toBeInstanceOf(CloudWatchServiceException);
    expect(error).toMatchObject({ message: 'wrong token' });
  });

  test('a bug: thrown as it is', async () => {
    const { client } = ec2(() => {
      throw new TypeError('no such thing');
    });
    await expect(client.send(new DescribeInstancesCommand({}))).rejects.toBeInstanceOf(TypeError);
  });

  test('a parameter that is not implemented: refused by its path, and recorded', async () => {
    const { client, calls } = ec2(() => ({}));
    const wrong = new DescribeInstancesCommand({ Filters: [{ Name: 'a', Values: ['b'] }] });
    await expect(client.send(wrong)).rejects.toMatchObject({
      name: 'NotImplementedByLocalCloud',
      message: expect.stringContaining('Filters[].Name'),
    });
    expect(calls).toMatchObject([
      { operation: 'DescribeInstances', error: 'NotImplementedByLocalCloud' },
    ]);
  });

  test('a call: takes its time and is recorded with its caller', async () => {
    const { client, calls, clock } = ec2(() => ({}), 80);
    const answer = client.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    await clock.advance(79);
    expect(calls).toEqual([]);
    await clock.advance(1);
    await answer;
    expect(calls).toEqual([
      {
        at: clock.now(),
        service: 'ec2',
        operation: 'DescribeInstances',
        principalArn: caller.principalArn,
        input: { MaxResults: 5 },
      },
    ]);
  });
});

function ec2(run: () => object, apiCallMs = 0) {
  const client = new EC2Client({ region: 'us-east-1' });
  const clock = manualClock();
  const calls: RecordedCall[] = [];
  connect(client, service('ec2', 'DescribeInstances', run), caller, {
    clock,
    latencies: () => apiCallMs,
    onCall: (call) => calls.push(call),
  });
  return { client, calls, clock };
}

function service(name: string, operation: string, run: () => object): Service {
  return { name, operations: { [operation]: { takes: ['MaxResults'], run: async () => run() } } };
}

function failureOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
}
