import { DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ServiceError } from '../../service/service.ts';
import { nobody, type WireFixture, wireFixture } from './wire-fixture.ts';

let fixture: WireFixture;
beforeEach(async () => {
  fixture = await wireFixture();
});
afterEach(() => fixture.stop());

describe('AWS JSON over HTTP', () => {
  test('a request and an answer: numbers, times and lists arrive', async () => {
    const Timestamp = new Date(1_700_000_000_000);
    await fixture.cloudWatch().send(
      new PutMetricDataCommand({
        Namespace: 'Test',
        MetricData: [{ MetricName: 'Health', Value: 0.5, Timestamp, StorageResolution: 1 }],
      }),
    );
    expect(fixture.inputs[0]).toEqual({
      Namespace: 'Test',
      MetricData: [{ MetricName: 'Health', Value: 0.5, Timestamp, StorageResolution: 1 }],
    });
    fixture.answer = () => ({
      MetricAlarms: [{ AlarmName: 'a', StateUpdatedTimestamp: Timestamp }],
    });
    const { MetricAlarms } = await fixture.cloudWatch().send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toEqual([{ AlarmName: 'a', StateUpdatedTimestamp: Timestamp }]);
  });

  test('a request large enough for the SDK to compress it: read all the same', async () => {
    const MetricData = Array.from({ length: 500 }, () => ({ MetricName: 'Health', Value: 1 }));
    await fixture.cloudWatch().send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }));
    expect((fixture.inputs[0] as { MetricData: object[] }).MetricData).toHaveLength(500);
  });

  test("an error of the service's model: its class and its members", async () => {
    fixture.answer = () => {
      throw new ServiceError('ExecutionDoesNotExist', 'Execution Does Not Exist: x');
    };
    const error: unknown = await fixture
      .sfn()
      .send(new DescribeExecutionCommand({ executionArn: 'x' }))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'ExecutionDoesNotExist',
      message: 'Execution Does Not Exist: x',
    });
    expect((error as Error).constructor.name).toBe('ExecutionDoesNotExist');
  });

  test.each(['InvalidParameterValueException', 'InvalidParameterValue'])(
    'an error of a service that spoke the query protocol: found under both names (%s)',
    async (code) => {
      fixture.answer = () => {
        throw new ServiceError(code, 'wrong');
      };
      await expect(fixture.cloudWatch().send(new DescribeAlarmsCommand({}))).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: 'wrong',
        Code: 'InvalidParameterValue',
      });
    },
  );

  test('an unknown access key: each service has its own name for it', async () => {
    await expect(
      fixture.cloudWatch(nobody).send(new DescribeAlarmsCommand({})),
    ).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    const start = new StartExecutionCommand({ stateMachineArn: 'x' });
    await expect(fixture.sfn(nobody).send(start)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  test('a bug in a service: an error with where it is, and the server lives on', async () => {
    fixture.answer = () => {
      throw new TypeError('no such thing');
    };
    await expect(
      fixture.sfn().send(new DescribeExecutionCommand({ executionArn: 'x' })),
    ).rejects.toThrow('A bug in the local cloud: TypeError: no such thing');
    fixture.answer = () => ({ name: 'here' });
    const { name } = await fixture.sfn().send(new DescribeExecutionCommand({ executionArn: 'x' }));
    expect(name).toBe('here');
  });

  test.each([
    ['not JSON', 'nonsense', 'SerializationException'],
    ['half of it', '{"executionArn":', 'SerializationException'],
    ['a list', '[]', 'SerializationException'],
    ['a number', '7', 'SerializationException'],
    ['nothing', 'null', 'SerializationException'],
    ['a wrong type', '{"executionArn":{"a":1}}', 'SerializationException'],
    ['a missing member', '{}', 'ValidationException'],
  ])('garbage as the body: one clear error (%s)', async (_what, body, code) => {
    const answer = await fixture.post(body, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AWSStepFunctions.DescribeExecution',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: expect.stringContaining(code) });
    expect(fixture.inputs).toEqual([]);
  });
});
