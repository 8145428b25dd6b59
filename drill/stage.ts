/**
 * What a scenario can do to a world, and the memory of what it did: the drill's own knowledge of a
 * fault sets time zero and is used for nothing else.
 */
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Clock } from '../local-cloud/clock.ts';
import { outage } from './client.ts';
import { pickedStandby } from './executions.ts';
import type { DrillMachine } from './machine.ts';
import { waitUntil } from './wait.ts';
import type { World } from './world.ts';

export interface Fault {
  readonly at: number;
  /** When the scenario itself put it right again. */
  healedAt?: number;
}

/** What has been done so far. */
export interface Story {
  /** When the world was quiet. What was there before is not this scenario's. */
  readonly beganAt: number;
  /** Each starts an outage. */
  readonly faults: Fault[];
  /** Instances that were made to fail. */
  readonly failed: string[];
}

export interface Stage {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The machine that the address is attached to. */
  active(): DrillMachine;
  /** Makes a machine fail and starts the outage's clock just before. */
  fail(machine: DrillMachine, what: string, act: () => Promise<void> | void): Promise<void>;
  /** The same while an outage lasts already: its clock goes on. */
  failAlso(machine: DrillMachine, what: string, act: () => Promise<void> | void): Promise<void>;
  /** Puts the latest fault right. */
  heal(what: string, act: () => void): void;
  /** From now on no packet reaches the machine. */
  dropPackets(machine: DrillMachine): void;
  /** TerminateInstances, as somebody with a console would call it. */
  terminate(machine: DrillMachine): Promise<void>;
  startExecution(input: string): Promise<void>;
  /** True when an execution has started since the latest fault. */
  startedExecution(): Promise<true | undefined>;
  /** The standby that a running execution is about to give the address to. */
  pickedStandby(): Promise<DrillMachine | undefined>;
  /** Until the client has been served by another coordinator since the latest fault. */
  takenOver(): Promise<void>;
  pause(seconds: number): Promise<void>;
}

/** A takeover by a coordinator that has to be launched first takes a minute or two. */
const takenOverWithinSeconds = 240;

export function createStage(
  world: World,
  options: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly say: (sentence: string) => void;
  },
): { readonly stage: Stage; readonly story: Story } {
  const { clock, signal, say } = options;
  const story: Story = { beganAt: clock.now(), faults: [], failed: [] };

  const fail = async (machine: DrillMachine, what: string, act: () => Promise<void> | void) => {
    story.failed.push(machine.instanceId);
    say(`${machine.instanceId}: ${what}.`);
    await act();
  };
  const running = async () => {
    const since = story.faults.at(-1)?.at ?? story.beganAt;
    const executions = await world.executions.read();
    return executions.filter(({ startedAt }) => startedAt >= since);
  };
  const stage: Stage = {
    clock,
    signal,
    active() {
      const { networkInterfaces } = world.cloud.ec2.snapshot();
      const address = networkInterfaces.find(
        ({ networkInterfaceId }) => networkInterfaceId === world.networkInterfaceId,
      );
      if (address?.attachment === undefined) throw new Error('The address is attached to nothing.');
      return world.fleet.machine(address.attachment.instanceId);
    },
    fail(machine, what, act) {
      story.faults.push({ at: clock.now() });
      return fail(machine, what, act);
    },
    failAlso: fail,
    heal(what, act) {
      act();
      const fault = story.faults.at(-1);
      if (fault !== undefined) fault.healedAt = clock.now();
      say(`${story.failed.at(-1)}: ${what}.`);
    },
    dropPackets: (machine) => world.cloud.network.drop(machine.instanceId, true),
    async terminate(machine) {
      await world.clients.ec2.send(
        new TerminateInstancesCommand({ InstanceIds: [machine.instanceId] }),
      );
    },
    async startExecution(input) {
      const { stateMachineArn } = world;
      await world.clients.stepFunctions.send(new StartExecutionCommand({ stateMachineArn, input }));
      say(`an execution is started with ${input}.`);
    },
    startedExecution: async () => ((await running()).length > 0 ? true : undefined),
    async pickedStandby() {
      for (const { status, events } of await running()) {
        const instanceId = status === 'RUNNING' ? pickedStandby(events) : undefined;
        if (instanceId !== undefined) return world.fleet.machine(instanceId);
      }
      return undefined;
    },
    async takenOver() {
      const faultAt = story.faults.at(-1)?.at ?? story.beganAt;
      const look = () =>
        outage(world.client.answers(), faultAt).kind === 'over' ? true : undefined;
      await waitUntil('another coordinator takes over', look, {
        clock,
        signal,
        withinSeconds: takenOverWithinSeconds,
        everyMs: 200,
      });
      say('another coordinator has taken over.');
    },
    pause: (seconds) => clock.sleep(seconds * 1000, signal),
  };
  return { stage, story };
}
