/**
 * The probe's AWS client, at one place. Credentials come by the SDK's default chain: on a host, the
 * instance profile by way of instance metadata.
 * What can go wrong: a call that hangs anywhere, credentials included. So besides the client's own
 * timeouts there is one deadline around everything.
 */

import {
  CloudWatchClient,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import type { ProbeConfiguration } from '../workflow/model/cluster.ts';
import { probeCalls, probeDeadlineMs } from '../workflow/model/timing.ts';
import type { CloudWatchPort, Delivery } from './ports.ts';

export function createCloudWatchClient(region: string): CloudWatchClient {
  return new CloudWatchClient({
    region,
    maxAttempts: probeCalls.tries,
    requestHandler: {
      connectionTimeout: probeCalls.connectionTimeoutMs,
      requestTimeout: probeCalls.requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
    // A backlog is some 100 KB, once after an outage; the processor belongs to the coordinator.
    disableRequestCompression: true,
  });
}

export function cloudWatchOn(
  client: CloudWatchClient,
  { metricNamespace }: Pick<ProbeConfiguration, 'metricNamespace'>,
): CloudWatchPort {
  return {
    putMetricData(data, signal) {
      const command = new PutMetricDataCommand({
        Namespace: metricNamespace,
        MetricData: data.map((datum) => ({
          MetricName: datum.metricName,
          Dimensions: Object.entries(datum.dimensions).map(([Name, Value]) => ({ Name, Value })),
          Timestamp: new Date(datum.at),
          Value: datum.value,
          StorageResolution: 1,
        })),
      });
      return deliver(signal, (abortSignal) => client.send(command, { abortSignal }));
    },

    setAlarm({ alarmName, reason, reasonData }, signal) {
      const command = new SetAlarmStateCommand({
        AlarmName: alarmName,
        StateValue: 'ALARM',
        StateReason: reason.slice(0, 1023),
        StateReasonData: JSON.stringify(reasonData),
      });
      return deliver(signal, (abortSignal) => client.send(command, { abortSignal }));
    },
  };
}

async function deliver(
  signal: AbortSignal,
  send: (signal: AbortSignal) => Promise<unknown>,
): Promise<Delivery> {
  const ended = new AbortController();
  const end = () => ended.abort();
  const deadline = setTimeout(end, probeDeadlineMs);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    // Raced as well: not every step in front of the request heeds the signal.
    await Promise.race([send(ended.signal), rejectWhen(ended.signal)]);
    return { kind: 'done' };
  } catch (error) {
    return failureOf(error);
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', end);
  }
}

function rejectWhen(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new Error(`no answer from CloudWatch within ${probeDeadlineMs} ms`));
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}

function failureOf(error: unknown): Delivery {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const sentence = `${name}: ${message}`.slice(0, 500);
  // CloudWatch's names for a request that is wrong in itself; all others may pass.
  const wrong = /^(InvalidParameter|MissingRequiredParameter|MissingParameter|InvalidFormat)/;
  return { kind: wrong.test(name) ? 'refused' : 'failed', sentence };
}
