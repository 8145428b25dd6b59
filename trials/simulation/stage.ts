/** Lets the faults of a run happen: each at its time, to whom it is about. */

import type { HostFault } from './faults.ts';
import { lastFaultSeconds } from './faults.ts';
import type { SimulatedHost } from './host.ts';
import type { NetworkHost } from './network.ts';
import { act } from './operator-actions.ts';
import type { SimulatedCluster } from './world.ts';

/** Seconds that a server started in place takes until it is ready. */
const restartSeconds = 20;

export interface FaultStage {
  /** An execution has entered a state. */
  entered(stateName: string): void;
  /** When the last fault is over, as far as is known, milliseconds since the epoch. */
  lastFaultAtMs(): number;
}

/** From now on, each when its time comes. */
export function scheduleFaults(world: SimulatedCluster): FaultStage {
  const { hosts, people } = world.faults;
  const waiting = new Set<HostFault>();
  let lastFaultAtMs = world.startedAtMs + lastFaultSeconds(world.faults) * 1000;
  for (const fault of hosts) {
    if (fault.after === undefined) at(world, fault.atSeconds, () => strike(world, fault));
    else waiting.add(fault);
  }
  for (const [index, operatorAction] of people.entries()) {
    at(world, operatorAction.fromSeconds, () => act(world, operatorAction, index));
  }
  return {
    entered(stateName) {
      for (const fault of waiting) {
        if (fault.after !== stateName) continue;
        waiting.delete(fault);
        const overSeconds = fault.atSeconds + (fault.forSeconds ?? 0);
        lastFaultAtMs = Math.max(lastFaultAtMs, world.time.now() + overSeconds * 1000);
        at(world, fault.atSeconds, () => strike(world, fault));
      }
    },
    lastFaultAtMs: () => lastFaultAtMs,
  };
}

function at(world: SimulatedCluster, seconds: number, happen: () => void): void {
  world.time.after(seconds * 1000, happen);
}

function strike(world: SimulatedCluster, fault: HostFault): void {
  const host = hostFor(world, fault.who);
  const who = `${fault.who}${host === undefined ? '' : ` ${host.instanceId}`}`;
  if (host === undefined) {
    note(world, `there is no ${who} that ${fault.does}`);
    return;
  }
  note(world, `${who} ${fault.does}`, host.instanceId);
  const heal = effects[fault.does](world, host);
  world.fleet.observe();
  if (fault.forSeconds === null || heal === undefined) return;
  at(world, fault.forSeconds, () => {
    if (host.isOff()) return;
    note(world, `${who} no longer ${fault.does}`);
    heal();
    world.fleet.observe();
  });
}

function note(world: SimulatedCluster, sentence: string, instanceId?: string): void {
  const atMs = world.time.now();
  const whose = instanceId === undefined ? {} : { instanceId };
  world.facts.push({ kind: 'fault', atMs, sentence, ...whose });
}

/** Whom EC2 has the address attached to; standbys in the order in which they booted. */
function hostFor(
  { fleet, truth }: SimulatedCluster,
  who: HostFault['who'],
): SimulatedHost | undefined {
  const { address, instances } = truth();
  const holderId = address === 'deleted' ? undefined : address.instanceId;
  if (who === 'active') return holderId === undefined ? undefined : fleet.host(holderId);
  const standbys = fleet.hosts().filter(({ instanceId }) => {
    const instance = instances.find((one) => one.instanceId === instanceId);
    return instanceId !== holderId && instance?.state === 'running' && instance.retired === null;
  });
  return who === 'first standby' ? standbys[0] : standbys.at(-1);
}

type Heal = () => void;

/** Each returns how to put it right, where that can be done. */
const effects: Readonly<
  Record<HostFault['does'], (world: SimulatedCluster, host: SimulatedHost) => Heal | undefined>
> = {
  exits(_world, host) {
    host.exit();
    return () => {
      if (host.server() === 'exited') host.start(restartSeconds);
    };
  },
  restarts(_world, host) {
    host.start(restartSeconds);
    return undefined;
  },
  hangs(_world, host) {
    host.hang(true);
    return () => host.hang(false);
  },
  freezes: freeze,
  vanishes(world, host) {
    const thaw = freeze(world, host);
    const heal = cut(world, host, { cutInside: true, cutOutside: true });
    return () => {
      heal();
      thaw();
    };
  },
  'is cut off outside': (world, host) => cut(world, host, { cutOutside: true }),
  'is cut off inside': (world, host) => cut(world, host, { cutInside: true }),
  'is cut off': (world, host) => cut(world, host, { cutInside: true, cutOutside: true }),
  'loses its probe'(_world, host) {
    host.runProbe(false);
    return () => host.runProbe(true);
  },
  'loses CloudWatch'({ withoutCloudWatch }, { instanceId }) {
    withoutCloudWatch.add(instanceId);
    return () => void withoutCloudWatch.delete(instanceId);
  },
  'is stopped': byHand('StopInstances'),
  'is terminated': byHand('TerminateInstances'),
};

function freeze({ deployment }: SimulatedCluster, host: SimulatedHost): Heal {
  host.freeze(true);
  deployment.ec2.setResponding(host.instanceId, false);
  return () => {
    host.freeze(false);
    deployment.ec2.setResponding(host.instanceId, true);
  };
}

type Side = 'cutInside' | 'cutOutside';

/** What cuts a machine off at the moment, by its side: a fault that passes leaves a lasting one be. */
const cutters = new WeakMap<NetworkHost, { readonly [side in Side]: Set<object> }>();

function cut(
  world: SimulatedCluster,
  { instanceId }: SimulatedHost,
  sides: { readonly [side in Side]?: true },
): Heal {
  const host = world.network.host(instanceId);
  const cutting = cutters.get(host) ?? { cutInside: new Set(), cutOutside: new Set() };
  cutters.set(host, cutting);
  Object.assign(host, sides);
  const given = (['cutInside', 'cutOutside'] as const).filter((side) => sides[side]);
  for (const side of given) cutting[side].add(sides);
  world.fleet.observe();
  return () => {
    for (const side of given) {
      cutting[side].delete(sides);
      host[side] = cutting[side].size > 0;
    }
  };
}

function byHand(operation: string): (world: SimulatedCluster, host: SimulatedHost) => undefined {
  return ({ aws }, { instanceId }) => {
    // Refused where it is already on its way out: then there is nothing to do.
    aws.byHand(operation, { InstanceIds: [instanceId] }).catch(() => {});
    return undefined;
  };
}
