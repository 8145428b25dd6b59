import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cloudWatchOn, createCloudWatchClient } from '../../probe/aws.ts';
import type { Datum } from '../../probe/ports.ts';
import { configuration } from './host.ts';
import { type StandInCloudWatch, startCloudWatch } from './stand-in-cloudwatch.ts';

const { signal } = new AbortController();
const datum: Datum = {
  metricName: 'Health',
  dimensions: { Cluster: 'analytics' },
  at: Date.UTC(2025, 10, 23, 17, 0, 0),
  value: 0,
};

let cloudWatch: StandInCloudWatch;

beforeEach(async () => {
  cloudWatch = await startCloudWatch();
  vi.stubEnv('AWS_ENDPOINT_URL', cloudWatch.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE000000000');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await cloudWatch.stop();
});

describe('aws: deliveries', () => {
  test('a datum at one second resolution', async () => {
    expect(await port().putMetricData([datum], signal)).toEqual({ kind: 'done' });
    expect(cloudWatch.taken).toMatchObject([
      {
        operation: 'PutMetricData',
        input: {
          Namespace: 'CoordinatorFailover/analytics',
          MetricData: [
            {
              MetricName: 'Health',
              Dimensions: [{ Name: 'Cluster', Value: 'analytics' }],
              Value: 0,
              StorageResolution: 1,
              Timestamp: datum.at / 1000,
            },
          ],
        },
      },
    ]);
  });

  test('a backlog arrives as it is (not compressed)', async () => {
    const backlog = Array.from({ length: 250 }, () => datum);
    expect(await port().putMetricData(backlog, signal)).toEqual({ kind: 'done' });
    expect(cloudWatch.taken[0]?.input.MetricData).toHaveLength(250);
  });

  test('a reason longer than CloudWatch takes is cut', async () => {
    const change = { alarmName: 'a', reason: 'x'.repeat(2000), reasonData: { by: 'probe' } };
    expect(await port().setAlarm(change, signal)).toEqual({ kind: 'done' });
    expect(cloudWatch.taken[0]?.input).toMatchObject({
      StateReason: 'x'.repeat(1023),
      StateReasonData: '{"by":"probe"}',
    });
  });

  test('a failure that may pass', async () => {
    cloudWatch.mode = 'fails';
    expect(await port().putMetricData([datum], signal)).toEqual({
      kind: 'failed',
      sentence: 'InternalServiceFault: not now',
    });
  });

  test('data that are wrong in themselves', async () => {
    cloudWatch.mode = 'refuses';
    expect(await port().putMetricData([datum], signal)).toEqual({
      kind: 'refused',
      sentence: 'InvalidParameterValueException: too old',
    });
  });

  test('credentials that never come do not hold it up once it is called off', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const credentials = () => new Promise<never>(() => undefined);
    const client = new CloudWatchClient({ region: 'eu-west-1', credentials });
    expect(
      await cloudWatchOn(client, configuration).putMetricData([datum], stop.signal),
    ).toMatchObject({ kind: 'failed' });
  });
});

/** The client of the program, which finds all it needs in the environment. */
function port() {
  return cloudWatchOn(createCloudWatchClient('eu-west-1'), configuration);
}
