/**
 * Each alarm of the watch, rung by its cause: on the deployed template, in virtual time.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesize } from '../../../infra/stack/synthesize.ts';
import { type Faults, noFaults } from '../../../trials/simulation/faults.ts';
import { scheduleFaults } from '../../../trials/simulation/stage.ts';
import { createVirtualTime, installFakeTimers } from '../../../trials/simulation/virtual-time.ts';
import {
  openWorld,
  type SimulatedCluster,
  type SimulatedClusterOptions,
} from '../../../trials/simulation/world.ts';
import { watchAlarmNames } from '../../../workflow/model/names.ts';

let directory: string;
let template: object;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'infra-watch-'));
  ({ template } = await synthesize(directory));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

interface Told {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly NewStateValue: 'ALARM' | 'OK';
  readonly Trigger: { readonly MetricName: string };
}

/** What alarms told people within so many minutes; all is well but for the faults. */
async function toldWithin(
  minutes: number,
  faults: Partial<Faults>,
  more: Partial<SimulatedClusterOptions> & {
    readonly act?: (world: SimulatedCluster) => void;
  } = {},
): Promise<Told[]> {
  const startMs = Date.UTC(2026, 9, 2, 12);
  const time = createVirtualTime(startMs);
  const restore = installFakeTimers(time);
  const { act, ...options } = more;
  try {
    const all = { ...noFaults, ...faults };
    const world = await openWorld({ ...options, template, faults: all, time });
    scheduleFaults(world);
    act?.(world);
    await time.run(
      () => false,
      () => startMs + minutes * 60_000,
    );
    return world.deployment.sns
      .messages()
      .filter(({ message }) => message.startsWith('{"AlarmName"'))
      .map(({ message }) => JSON.parse(message) as Told);
  } finally {
    restore();
  }
}

const names = watchAlarmNames('simulation');

function rung(told: readonly Told[]): string[] {
  return told.flatMap(({ NewStateValue, AlarmName }) =>
    NewStateValue === 'ALARM' ? [AlarmName] : [],
  );
}

function ended(told: readonly Told[]): string[] {
  return told.flatMap(({ NewStateValue, AlarmName }) =>
    NewStateValue === 'OK' ? [AlarmName] : [],
  );
}

const noCapacity = {
  kind: 'no capacity',
  operation: 'RunInstances',
  share: 1,
  fromSeconds: 0,
  forSeconds: 7200,
} as const;

const forGood = { atSeconds: 60, forSeconds: null } as const;

describe('the watch', () => {
  it('watch: nobody is told anything by an alarm while all is well', async () => {
    expect(rung(await toldWithin(45, {}))).toEqual([]);
  });

  it('watch: a failover that succeeded is told, and what to do next', async () => {
    const told = await toldWithin(15, { hosts: [{ who: 'active', does: 'exits', ...forGood }] });
    expect(rung(told)).toContain(names.failedOver);
    const [first] = told.filter(({ AlarmName }) => AlarmName === names.failedOver);
    expect(first?.AlarmDescription).toContain(
      'coordinator-failover history --cluster simulation --region eu-central-1',
    );
    expect(rung(told)).not.toContain(names.executionFailed);
  });

  it('watch: a failover that could not be finished is told as failed', async () => {
    const told = await toldWithin(15, {
      hosts: [{ who: 'active', does: 'exits', ...forGood }],
      functions: [
        {
          kind: 'times out before',
          name: 'confirm-failure',
          share: 1,
          fromSeconds: 0,
          forSeconds: 7200,
        },
      ],
    });
    expect(rung(told)).toContain(names.executionFailed);
  });

  it('watch: an execution that was ended by its timeout is told', async () => {
    const told = await toldWithin(
      5,
      {},
      {
        act: ({ deployment: { cloudWatch, stateMachineArn } }) =>
          // What Step Functions counts then (a check of the fidelity table).
          cloudWatch.observe({
            namespace: 'AWS/States',
            metricName: 'ExecutionsTimedOut',
            dimensions: { StateMachineArn: stateMachineArn },
            value: 1,
          }),
      },
    );
    expect(rung(told)).toEqual([names.executionTimedOut]);
  });

  it('watch: an event that came too late lands in the dead-letter queue, and is told', async () => {
    const lateMs = 300_000;
    const deliveries: SimulatedClusterOptions['deliveries'] = ({ source }) =>
      source === 'aws.cloudwatch' ? [lateMs] : [0];
    const hosts = [{ who: 'active', does: 'exits', ...forGood }] as const;
    const told = await toldWithin(20, { hosts }, { deliveries });
    expect(rung(told)).toContain(names.deadLetters);
    expect(ended(told)).not.toContain(names.deadLetters);
  });

  it('watch: lost redundancy is told after ten minutes, not during a launch', async () => {
    const hosts = [{ who: 'first standby', does: 'is terminated', ...forGood }] as const;
    expect(rung(await toldWithin(30, { hosts }))).not.toContain(names.redundancyLost);
    const told = await toldWithin(30, { hosts, calls: [noCapacity] });
    expect(rung(told)).toContain(names.redundancyLost);
    const capacityAgain = { ...noCapacity, forSeconds: 1500 };
    const mended = await toldWithin(75, { hosts, calls: [capacityAgain] });
    expect(ended(mended)).toContain(names.redundancyLost);
  });

  it('watch: no coordinator at all is told by the probes alone, whatever becomes of the failover', async () => {
    const hosts = [
      { who: 'active', does: 'exits', ...forGood },
      { who: 'first standby', does: 'exits', ...forGood },
    ] as const;
    const told = await toldWithin(12, { hosts, calls: [noCapacity] });
    expect(rung(told)).toContain(names.noCoordinator);
  });

  it('watch: a schedule that no longer runs is told', async () => {
    const deliveries: SimulatedClusterOptions['deliveries'] = ({ source }) =>
      source === 'aws.events' ? [] : [0];
    expect(rung(await toldWithin(60, {}, { deliveries }))).toEqual([names.scheduleSilent]);
  });
});
