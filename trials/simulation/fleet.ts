/**
 * The machines of one run, and since when each of them has really been healthy: the simulation's own
 * knowledge, which no function and no probe has.
 */
import type { BootMachine, MachineSpec } from '@coordinator-failover/local-cloud';
import type { LaunchTrouble } from './faults.ts';
import { createHost, type HostOptions, type SimulatedHost } from './host.ts';
import type { VirtualNetwork } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Fleet {
  readonly boot: BootMachine;
  /** Boots what `launch` makes as machines whose server is ready at once, as after an hour. */
  bootReady<Result>(launch: () => Promise<Result>): Promise<Result>;
  /** Boots what `launch` makes as machines with nothing on them. */
  bootEmpty<Result>(launch: () => Promise<Result>): Promise<Result>;
  host(instanceId: string): SimulatedHost | undefined;
  /** In the order in which they booted. */
  hosts(): readonly SimulatedHost[];
  /** Since when it has been ready and reached by somebody; null when it is not so now. */
  healthySinceMs(instanceId: string): number | null;
  /** Who serves the address: whom a client inside the VPC reaches there, ready. */
  server(): Serving | null;
  /** Since when it serves the address, and somebody who is asked can see it. */
  servingSinceMs(instanceId: string): number | null;
  /** Looks again: something changed that somebody could see. */
  observe(): void;
}

export interface Serving {
  readonly instanceId: string;
  readonly identity: string;
}

export interface FleetOptions {
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  /** The coordinator address, once it is known. */
  address(): string;
  optionsFor(hostNumber: number): Omit<HostOptions, 'time' | 'network' | 'onChange'>;
  /** How long the server of a freshly launched coordinator takes to start. */
  startSeconds(): number;
  /** What goes wrong with one that is launched now. */
  launchTrouble(): LaunchTrouble['kind'] | undefined;
  /** What its probe sees is heard by nobody. */
  isMute(host: SimulatedHost): boolean;
  /** EC2 ends an instance. */
  end(instanceId: string): void;
  /** Told whenever another server answers at the address, or none. */
  onServing(serving: Serving | null): void;
}

/** Longer than any run. */
const neverSeconds = 1_000_000;

export function createFleet(options: FleetOptions): Fleet {
  const { time, network } = options;
  const hosts = new Map<string, SimulatedHost>();
  const healthySince = new Map<string, number>();
  let kind: 'launched' | 'ready' | 'empty' = 'launched';
  let serving: Serving | null = null;
  let servingSinceMs: number | null = null;

  const isUp = (host: SimulatedHost) =>
    host.server() === 'ready' && !host.isFrozen() && !host.isOff();
  const observeHealth = (host: SimulatedHost) => {
    const { instanceId } = host;
    const { cutInside, cutOutside } = network.host(instanceId);
    if (!isUp(host) || (cutInside && cutOutside)) healthySince.delete(instanceId);
    else if (!healthySince.has(instanceId)) healthySince.set(instanceId, time.now());
  };
  const servingNow = (): Serving | null => {
    const holderId = network.holderOf(options.address());
    const holder = holderId === undefined ? undefined : hosts.get(holderId);
    if (holder === undefined || !isUp(holder)) return null;
    const { instanceId, identity } = holder;
    return network.host(instanceId).cutInside ? null : { instanceId, identity: identity() };
  };
  const observe = () => {
    for (const host of hosts.values()) observeHealth(host);
    const now = servingNow();
    const isSame = now?.identity === serving?.identity;
    if (now === null || isUnseen(now, hosts.values(), options)) servingSinceMs = null;
    else if (!isSame || servingSinceMs === null) servingSinceMs = time.now();
    if (isSame) return;
    serving = now;
    options.onServing(now);
  };
  const bootAs = async <Result>(as: typeof kind, launch: () => Promise<Result>) => {
    kind = as;
    try {
      return await launch();
    } finally {
      kind = 'launched';
    }
  };
  const boot = async (spec: MachineSpec) => {
    if (kind === 'empty') return { terminate: async () => {} };
    const number = hosts.size;
    const hostOptions = { ...options.optionsFor(number), time, network, onChange: observe };
    const trouble = kind === 'ready' ? undefined : options.launchTrouble();
    const startSeconds = kind === 'ready' ? 0 : options.startSeconds();
    const inSeconds = trouble === 'never gets ready' ? neverSeconds : startSeconds;
    const host = createHost(spec, hostOptions, inSeconds);
    hosts.set(spec.instanceId, host);
    observe();
    if (trouble === 'ends at once') time.after(0, () => options.end(spec.instanceId));
    return { terminate: async () => host.switchOff() };
  };
  return {
    boot,
    bootReady: (launch) => bootAs('ready', launch),
    bootEmpty: (launch) => bootAs('empty', launch),
    host: (instanceId) => hosts.get(instanceId),
    hosts: () => [...hosts.values()],
    healthySinceMs: (instanceId) => healthySince.get(instanceId) ?? null,
    server: () => serving,
    servingSinceMs: (instanceId) => (serving?.instanceId === instanceId ? servingSinceMs : null),
    observe,
  };
}

/**
 * Both witnesses are wrong in the same moment, each by a fault of its own: the check does not reach the
 * holder, and those beside it reach nothing or say nothing. Nobody could know that clients are served.
 */
function isUnseen(
  { instanceId }: Serving,
  hosts: Iterable<SimulatedHost>,
  { network, isMute }: FleetOptions,
): boolean {
  const beside = [...hosts].filter(
    (host) => host.instanceId !== instanceId && !host.isOff() && !host.isFrozen(),
  );
  const areNoWitness = beside.every(
    (host) => network.host(host.instanceId).cutInside || isMute(host),
  );
  return network.host(instanceId).cutOutside && beside.length > 0 && areNoWitness;
}
