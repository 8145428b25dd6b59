/** What services say of themselves in CloudWatch, as far as the template's alarms read it. */
import { expect, vi } from 'vitest';
import { randomFrom } from '../../../chance/random.ts';
import { createMetricStore } from '../../../cloudwatch/metric-store.ts';
import { createEventBus } from '../../../event-bus/event-bus.ts';
import type { ServiceMetric } from '../../../service/signals.ts';
import { createStepFunctions } from '../../../step-functions/step-functions.ts';
import { realClock } from '../../../time/clock.ts';
import { manualClock } from '../../../time/manual-clock.ts';
import type { Area } from '../row.ts';

const place = { region: 'eu-central-1', accountId: '123456789012' };
const machineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:failover';

export const serviceMetrics: Area = {
  title: 'Metrics of the services themselves',
  file: 'test/fidelity/cloudwatch/service-metrics.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        'AWS/States by StateMachineArn: ExecutionsStarted, and at the end ExecutionsSucceeded, ExecutionsFailed, ExecutionsTimedOut or ExecutionsAborted',
      source: 'Step Functions developer guide, monitoring with CloudWatch: execution metrics',
      localCloud: 'These counts and no durations; a count is of its minute.',
      check: async () => {
        expect(await countedBy({ Type: 'Succeed' })).toEqual([
          'ExecutionsStarted',
          'ExecutionsSucceeded',
        ]);
        expect(await countedBy({ Type: 'Fail' })).toEqual([
          'ExecutionsStarted',
          'ExecutionsFailed',
        ]);
        const waits = { Type: 'Wait', Seconds: 60, End: true };
        expect(await countedBy(waits, { TimeoutSeconds: 1 })).toEqual([
          'ExecutionsStarted',
          'ExecutionsTimedOut',
        ]);
      },
    },
    {
      behaviour:
        'AWS/Events by RuleName: Invocations counts every call of a target, failed ones too, and is not sent when it is zero',
      source: 'EventBridge user guide, EventBridge metrics',
      localCloud: 'The same; no other metric of EventBridge.',
      check: async () => {
        const clock = manualClock();
        const told: ServiceMetric[] = [];
        const bus = createEventBus({
          ...place,
          clock,
          random: randomFrom(1),
          latencies: () => 0,
          startExecution: async () => {},
          onMetric: (metric) => told.push(metric),
        });
        const schedule = { Name: 'look', ScheduleExpression: 'rate(1 minute)' };
        bus.addRule({ ...schedule, Targets: [{ Id: 'machine', Arn: machineArn }] }, 'look');
        await clock.advance(180_000);
        await bus.stop();
        expect(told).toHaveLength(3);
        expect(told[0]).toEqual({
          namespace: 'AWS/Events',
          metricName: 'Invocations',
          dimensions: { RuleName: 'look' },
          value: 1,
        });
      },
    },
    {
      behaviour:
        'AWS/SQS by QueueName: ApproximateNumberOfMessagesVisible, once a minute for as long as the queue is active',
      source: 'SQS developer guide, available CloudWatch metrics',
      localCloud:
        'From the first message on; nobody takes messages out, so the queue never becomes inactive.',
      check: () => {
        const store = createMetricStore();
        const metric = { namespace: 'AWS/SQS', metricName: 'Visible', dimensions: [] };
        store.addGauge(metric, (atMs) => (atMs >= 120_000 ? 2 : undefined));
        const read = (nowMs: number) =>
          store.read({ metric, fromMs: 0, toMs: 300_000, periodSeconds: 60, nowMs });
        expect(read(400_000).map(({ startMs, Maximum }) => [startMs, Maximum])).toEqual([
          [120_000, 2],
          [180_000, 2],
          [240_000, 2],
        ]);
        expect(read(190_000)).toHaveLength(1); // Readable a minute later.
      },
    },
  ],
};

async function countedBy(state: object, more: object = {}): Promise<string[]> {
  const told: ServiceMetric[] = [];
  const stepFunctions = createStepFunctions({
    ...place,
    clock: realClock,
    random: randomFrom(1),
    latencies: () => 0,
    invoke: async () => ({}),
    onMetric: (metric) => told.push(metric),
  });
  const definition = JSON.stringify({ StartAt: 'Only', States: { Only: state }, ...more });
  const roleArn = 'arn:aws:iam::123456789012:role/machine';
  const { stateMachineArn } = stepFunctions.createStateMachine({
    name: 'failover',
    definition,
    roleArn,
  });
  await stepFunctions.startExecution(stateMachineArn, 'run', '{}');
  await vi.waitFor(() => expect(told).toHaveLength(2), { timeout: 100_000 });
  await stepFunctions.stop();
  expect(told.map(({ dimensions }) => dimensions.StateMachineArn)).toEqual([
    machineArn,
    machineArn,
  ]);
  return told.map(({ metricName }) => metricName);
}
