/** A bus on a manual clock, with one target that fails on demand. */

import { randomFrom } from '../../chance/random.ts';
import { createEventBus, type EventBus } from '../../event-bus/event-bus.ts';
import { ServiceError } from '../../service/service.ts';
import type { CloudEvent } from '../../service/signals.ts';
import { type ManualClock, manualClock } from '../../time/manual-clock.ts';

export const latencyMs = 250;
export const queueArn = 'arn:aws:sqs:eu-central-1:123456789012:dead';
export const throttled = new ServiceError('ThrottlingException', 'Slow down.');
export const failing = new ServiceError('InternalFailure', 'Not now.', 500);

export const event: CloudEvent = {
  version: '0',
  id: '00000000-0000-4000-8000-000000000001',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2025-11-23T17:04:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:ec2:eu-central-1:123456789012:instance/i-1'],
  detail: {
    'instance-id': 'i-1',
    state: 'terminated',
    count: 3,
    gone: true,
    tag: null,
    quote: 'he said "no"',
  },
};

export function rule(target: object = {}) {
  const Arn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:failover';
  const RoleArn = 'arn:aws:iam::123456789012:role/events';
  return {
    EventPattern: { source: ['aws.ec2'] },
    Targets: [{ Id: 'Target0', Arn, RoleArn, ...target }],
  };
}

interface BusWorld {
  readonly bus: EventBus;
  readonly clock: ManualClock;
  readonly started: { name: string; input: unknown }[];
}

export async function onBus(
  trouble: { failures?: readonly Error[]; deliveries?: (event: CloudEvent) => readonly number[] },
  act: (world: BusWorld) => Promise<void>,
): Promise<void> {
  const clock = manualClock();
  const started: BusWorld['started'] = [];
  const failures = [...(trouble.failures ?? [])];
  const bus = createEventBus({
    clock,
    random: randomFrom(3),
    latencies: () => latencyMs,
    region: 'eu-central-1',
    accountId: '123456789012',
    deliveries: trouble.deliveries,
    async startExecution(_arn, name, input) {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      started.push({ name, input: JSON.parse(input) });
    },
  });
  try {
    await act({ bus, clock, started });
  } finally {
    await bus.stop();
  }
}
