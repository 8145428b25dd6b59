/**
 * What a scenario can do to a world, and the memory of what it did: the drill's own knowledge of a
 * fault sets time zero and is used for nothing else.
 */

import { CreateTagsCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Clock } from '@coordinator-failover/local-cloud';
import { currentState } from '../../history/visits.ts';
import { endingOfState } from '../../workflow/model/ending.ts';
import type { Ending } from '../../workflow/model/incident.ts';
import { outage } from './client.ts';
import { pickedStandby } from './executions.ts';
import type { DrillMachine } from './machine.ts';
import { type StackActs, stackActs } from './stack-acts.ts';
import { waitUntil } from './wait.ts';
import type { DrillCluster } from './world.ts';

export interface Fault {
  readonly at: number;
  /** Nothing failed: somebody asked for a move. */
  readonly planned?: true;
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

export interface Stage extends StackActs {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The machine that the address is attached to. */
  active(): DrillMachine;
  /** The coordinators of the beginning. */
  seeded(): readonly DrillMachine[];
  /** Makes a machine fail and starts the outage's clock just before. */
  fail(machine: DrillMachine, what: string, act: () => Promise<void> | void): Promise<void>;
  /** The same while an outage lasts already: its clock goes on. */
  failAlso(machine: DrillMachine, what: string, act: () => Promise<void> | void): Promise<void>;
  /** Somebody asks for the replacement of a machine that works. */
  replace(machine: DrillMachine, what: string, act: () => Promise<void> | void): Promise<void>;
  /** Puts the latest fault right. */
  heal(what: string, act: () => void): void;
  /** From now on no packet reaches the machine. */
  dropPackets(machine: DrillMachine): void;
  /** TerminateInstances, as somebody with a console would call it. */
  terminate(machine: DrillMachine): Promise<void>;
  startExecution(input: string): Promise<void>;
  /** CreateTags on the address, as an operator's command would call it. */
  tagAddress(key: string, value: string): Promise<void>;
  /** Throws when the address has left the machine, or the machine was terminated. */
  expectActive(machine: DrillMachine, when: string): void;
  /** True when an execution since the latest fault has ended in that state. */
  reached(ending: Ending): Promise<true | undefined>;
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

export interface StageOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (sentence: string) => void;
}

export function createStage(
  world: DrillCluster,
  options: StageOptions,
): { readonly stage: Stage; readonly story: Story } {
  const { clock, signal, say } = options;
  const story: Story = { beganAt: clock.now(), faults: [], failed: [] };
  const fail = async (machine: DrillMachine, what: string, act: () => Promise<void> | void) => {
    story.failed.push(machine.instanceId);
    say(`${machine.instanceId}: ${what}.`);
    await act();
  };
  const stage: Stage = {
    clock,
    signal,
    fail(machine, what, act) {
      story.faults.push({ at: clock.now() });
      return fail(machine, what, act);
    },
    failAlso: fail,
    replace(machine, what, act) {
      story.faults.push({ at: clock.now(), planned: true });
      return fail(machine, what, act);
    },
    heal(what, act) {
      act();
      const fault = story.faults.at(-1);
      if (fault !== undefined) fault.healedAt = clock.now();
      say(`${story.failed.at(-1)}: ${what}.`);
    },
    dropPackets: (machine) => world.cloud.network.drop(machine.instanceId, true),
    pause: (seconds) => clock.sleep(seconds * 1000, signal),
    ...holders(world),
    ...calls(world, say),
    ...observations(world, options, story),
    ...stackActs(world, options),
  };
  return { stage, story };
}

function holders(world: DrillCluster): Pick<Stage, 'active' | 'seeded' | 'expectActive'> {
  const active = () => {
    const { networkInterfaces } = world.cloud.ec2.snapshot();
    const address = networkInterfaces.find(
      ({ networkInterfaceId }) => networkInterfaceId === world.networkInterfaceId,
    );
    if (address?.attachment === undefined) throw new Error('The address is attached to nothing.');
    return world.fleet.machine(address.attachment.instanceId);
  };
  return {
    active,
    seeded: () => world.seeded.map(world.fleet.machine),
    expectActive(machine, when) {
      const { instanceId } = active();
      if (instanceId === machine.instanceId) return;
      throw new Error(`The address went to ${instanceId} ${when}.`);
    },
  };
}

/** What somebody with a console, or an operator with the command line, would call. */
function calls(
  { clients, networkInterfaceId, stateMachineArn }: DrillCluster,
  say: (sentence: string) => void,
): Pick<Stage, 'terminate' | 'startExecution' | 'tagAddress'> {
  return {
    async terminate({ instanceId }) {
      await clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    },
    async startExecution(input) {
      await clients.stepFunctions.send(new StartExecutionCommand({ stateMachineArn, input }));
      say(`an execution is started with ${input}.`);
    },
    async tagAddress(key, value) {
      const tags = [{ Key: key, Value: value }];
      await clients.ec2.send(
        new CreateTagsCommand({ Resources: [networkInterfaceId], Tags: tags }),
      );
      say(`the address is tagged ${key}: ${value}.`);
    },
  };
}

function observations(
  world: DrillCluster,
  { clock, signal, say }: StageOptions,
  story: Story,
): Pick<Stage, 'reached' | 'startedExecution' | 'pickedStandby' | 'takenOver'> {
  const begun = async () => {
    const since = story.faults.at(-1)?.at ?? story.beganAt;
    const executions = await world.executions.read();
    return executions.filter(({ startedAt }) => startedAt >= since);
  };
  return {
    async reached(ending) {
      const ends = (await begun()).filter(({ status }) => status !== 'RUNNING');
      return ends.some(({ events }) => endingOfState(currentState(events)?.name) === ending)
        ? true
        : undefined;
    },
    startedExecution: async () => ((await begun()).length > 0 ? true : undefined),
    async pickedStandby() {
      for (const { status, events } of await begun()) {
        const instanceId = status === 'RUNNING' ? pickedStandby(events) : undefined;
        if (instanceId !== undefined) return world.fleet.machine(instanceId);
      }
      return undefined;
    },
    async takenOver() {
      const faultAt = story.faults.at(-1)?.at ?? story.beganAt;
      const observation = () =>
        outage(world.client.answers(), faultAt).kind === 'over' ? true : undefined;
      await waitUntil('another coordinator takes over', observation, {
        clock,
        signal,
        withinSeconds: takenOverWithinSeconds,
        everyMs: 200,
      });
      say('another coordinator has taken over.');
    },
  };
}
