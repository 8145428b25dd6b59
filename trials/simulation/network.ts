/**
 * The VPC in memory: who is reached at an address, and who is not. Seen from two sides, because a
 * path may be broken on one of them only: the outside check, and the hosts among themselves.
 * What can go wrong: kindness. Whoever has no way gets silence until its own timeout, never an error.
 */
import type { Network } from '@coordinator-failover/local-cloud';
import type { HttpAnswer } from '../../workflow/model/info.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What answers on a machine. */
export interface Server {
  /** Undefined while nothing answers: it hangs. */
  answer(): HttpAnswer | undefined;
  /** Resolves when a server that hangs goes on. */
  awake(): Promise<void>;
}

export interface NetworkHost {
  /** Undefined while the machine is off, or hangs with all that is on it. */
  server: Server | undefined;
  /** No packet gets through, from that side. */
  cutOutside: boolean;
  cutInside: boolean;
}

/** `nobody`: a check whose own way into the VPC is broken. */
export type Asker = 'check-info' | 'nobody' | { readonly instanceId: string };

export interface VirtualNetwork extends Network {
  host(instanceId: string): NetworkHost;
  /** Where the address leads to at the moment. */
  holderOf(address: string): string | undefined;
  ask(asker: Asker, address: string, limits: AskLimits): Promise<HttpAnswer>;
}

interface AskLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** `onChange` is told when an address leads elsewhere. */
export function createVirtualNetwork(time: VirtualTime, onChange: () => void): VirtualNetwork {
  const routes = new Map<string, string>();
  const hosts = new Map<string, NetworkHost>();
  const claimed = new Set<string>();

  const hostOf = (instanceId: string): NetworkHost => {
    const known = hosts.get(instanceId);
    if (known !== undefined) return known;
    const host: NetworkHost = { server: undefined, cutOutside: false, cutInside: false };
    hosts.set(instanceId, host);
    return host;
  };
  const isReached = (asker: Asker, instanceId: string): boolean => {
    const target = hostOf(instanceId);
    if (asker === 'nobody') return false;
    if (asker === 'check-info') return !target.cutOutside;
    if (asker.instanceId === instanceId) return true;
    return !target.cutInside && !hostOf(asker.instanceId).cutInside;
  };
  const serverAt = (asker: Asker, address: string): Server | undefined => {
    const instanceId = routes.get(address);
    if (instanceId === undefined || !isReached(asker, instanceId)) return undefined;
    return hostOf(instanceId).server;
  };

  return {
    host: hostOf,
    holderOf: (address) => routes.get(address),
    ask: (asker, address, limits) => answerOf(time, serverAt(asker, address), limits),

    async claim(address) {
      if (claimed.has(address)) throw new Error(`${address} is already claimed in this network.`);
      claimed.add(address);
    },
    async release(address) {
      claimed.delete(address);
      routes.delete(address);
      onChange();
    },
    route(address, instanceId) {
      if (instanceId === null) routes.delete(address);
      else routes.set(address, instanceId);
      onChange();
    },
    setGuest(instanceId, guestAddress) {
      if (guestAddress === null) hostOf(instanceId).server = undefined;
      onChange();
    },
    // What listens on a machine is known by its server here.
    setPort: () => {},
    drop(instanceId, dropped) {
      Object.assign(hostOf(instanceId), { cutOutside: dropped, cutInside: dropped });
      onChange();
    },
    settled: async () => {},
    stop: async () => {},
  };
}

/** As info-client/get-info.ts does it: one deadline around everything, never rejects. */
export async function answerOf(
  time: VirtualTime,
  server: Server | undefined,
  { timeoutMs, signal }: AskLimits,
): Promise<HttpAnswer> {
  const answer = server?.answer();
  if (answer !== undefined) return answer;
  const untilMs = time.now() + timeoutMs;
  while (time.now() < untilMs && signal?.aborted !== true) {
    const enough = new AbortController();
    const end = () => enough.abort('enough');
    signal?.addEventListener('abort', end, { once: true });
    const deadline = time.sleep(untilMs - time.now(), enough.signal).catch(() => {});
    await Promise.race(server === undefined ? [deadline] : [deadline, server.awake()]);
    signal?.removeEventListener('abort', end);
    end();
    const late = server?.answer();
    if (late !== undefined && time.now() < untilMs) return late;
  }
  if (signal?.aborted) return { kind: 'not-asked', detail: 'called off' };
  return { kind: 'timed-out', detail: `no answer after ${timeoutMs} ms` };
}
