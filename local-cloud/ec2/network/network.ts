/**
 * The VPC's addresses, as real TCP on loopback: one listener per address, on the port of the
 * servers. A client sees what a VPC shows: a server on the guest that holds the address, a refusal
 * (the machine is up, nothing listens), or silence (nobody holds the address, or packets are
 * dropped).
 * What can go wrong: a vacant address that resets connections tells clients at once what a VPC
 * tells only by a timeout. So lost connections are held unanswered, and never reset. The difference
 * from a VPC: the kernel accepts a dropped connection attempt, which is then never answered.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

export type PortState = 'open' | 'closed';

export interface Network {
  /** Takes an address of the VPC. Connections hang until the address is routed. */
  claim(address: string): Promise<void>;
  /** Gives the address up: its connections end, and nothing listens. */
  release(address: string): Promise<void>;
  /** Routes the address to an instance; null for nowhere. */
  route(address: string, instanceId: string | null): void;
  /** Where the instance's programs listen; null when the machine is off. */
  setGuest(instanceId: string, guestAddress: string | null): void;
  /** Whether a program on the instance listens on the port. False at first. */
  setPort(instanceId: string, state: PortState): void;
  /** Whether packets to the instance are dropped. */
  drop(instanceId: string, dropped: boolean): void;
  /** Resolves when all listeners are open or closed as wanted; rejects when one failed to open. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** For tests in process: addresses lead nowhere and nothing listens. */
export const noNetwork: Network = {
  claim: async () => {},
  release: async () => {},
  route: () => {},
  setGuest: () => {},
  setPort: () => {},
  drop: () => {},
  settled: async () => {},
  stop: async () => {},
};

/** `port` is the port of all servers in the VPC, 1 to 65535. */
export function createNetwork(options: { readonly port: number }): Network {
  const addresses = new Map<string, AddressListener>();
  const routes = new Map<string, string>();
  const hosts = new Map<string, Host>();

  const hostOf = (instanceId: string): Host => {
    const host = hosts.get(instanceId) ?? { guestAddress: null, port: 'closed', dropped: false };
    hosts.set(instanceId, host);
    return host;
  };
  const refresh = (instanceId: string) => {
    for (const [address, holder] of routes) {
      if (holder === instanceId) addresses.get(address)?.behave(behaviourOf(hostOf(instanceId)));
    }
  };
  return {
    async claim(address) {
      if (addresses.has(address)) throw new Error(`${address} is already claimed in this network.`);
      const listener = listenAt(address, options.port);
      addresses.set(address, listener);
      try {
        await listener.settled();
      } catch (error) {
        addresses.delete(address);
        throw error;
      }
    },
    async release(address) {
      const listener = addresses.get(address);
      addresses.delete(address);
      routes.delete(address);
      await listener?.stop();
    },
    route(address, instanceId) {
      if (instanceId === null) routes.delete(address);
      else routes.set(address, instanceId);
      const behaviour = instanceId === null ? silence : behaviourOf(hostOf(instanceId));
      addresses.get(address)?.behave(behaviour);
    },
    setGuest(instanceId, guestAddress) {
      hostOf(instanceId).guestAddress = guestAddress;
      refresh(instanceId);
    },
    setPort(instanceId, state) {
      hostOf(instanceId).port = state;
      refresh(instanceId);
    },
    drop(instanceId, dropped) {
      hostOf(instanceId).dropped = dropped;
      refresh(instanceId);
    },
    async settled() {
      await Promise.all([...addresses.values()].map((listener) => listener.settled()));
    },
    async stop() {
      const listeners = [...addresses.values()];
      addresses.clear();
      routes.clear();
      await Promise.all(listeners.map((listener) => listener.stop()));
    },
  };
}

interface Host {
  guestAddress: string | null;
  port: PortState;
  dropped: boolean;
}

type Behaviour =
  | { readonly kind: 'proxied'; readonly guestAddress: string }
  | { readonly kind: 'refused'; readonly guestAddress: string }
  | { readonly kind: 'silent' };

const silence: Behaviour = { kind: 'silent' };

function behaviourOf(host: Host): Behaviour {
  if (host.guestAddress === null || host.dropped) return silence;
  const kind = host.port === 'open' ? 'proxied' : 'refused';
  return { kind, guestAddress: host.guestAddress };
}

interface AddressListener {
  behave(behaviour: Behaviour): void;
  settled(): Promise<void>;
  stop(): Promise<void>;
}

function listenAt(address: string, port: number): AddressListener {
  const connections = new Set<Connection>();
  let behaviour: Behaviour = silence;
  let server: Server | null = null;
  let opening: Promise<void> = Promise.resolve();

  const accept = (client: Socket) => {
    const connection =
      behaviour.kind === 'proxied' ? proxied(client, behaviour.guestAddress, port) : held(client);
    connections.add(connection);
    client.once('close', () => connections.delete(connection));
  };
  const open = () => {
    const opened = createServer(accept);
    server = opened;
    opening = listening(opened, address, port);
    // Seen by settled(); a rejection that nobody awaits must not end the process.
    opening.catch(() => {});
  };
  const close = () => {
    server?.close();
    server = null;
  };
  open();
  return {
    behave(next) {
      const guestChanged = guestOf(behaviour) !== guestOf(next);
      behaviour = next;
      // A dead process on a running machine ends its connections. Every other change loses them.
      if (guestChanged) for (const connection of connections) connection.hush();
      if (next.kind === 'refused') close();
      else if (server === null) open();
    },
    settled: () => opening,
    async stop() {
      const closed = new Promise<void>((resolve) => {
        if (server === null) resolve();
        else server.close(() => resolve());
      });
      server = null;
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}

function guestOf(behaviour: Behaviour): string | null {
  return behaviour.kind === 'silent' ? null : behaviour.guestAddress;
}

function listening(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('listening', resolve);
    server.on('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(listenProblem(error, address, port), { cause: error })),
    );
    server.listen({ host: address, port, exclusive: true });
  });
}

function listenProblem(error: NodeJS.ErrnoException, address: string, port: number): string {
  const where = `${address}:${port}`;
  if (error.code === 'EADDRINUSE') {
    return `Port in use: something already listens at ${where}. End it, or choose another port.`;
  }
  if (error.code === 'EADDRNOTAVAIL') {
    return `This machine has no address ${address}. Linux has all of 127.0.0.0/8; elsewhere each needs an alias on the loopback interface.`;
  }
  return `Nothing can listen at ${where}: ${error.message}.`;
}

interface Connection {
  /** The client hears nothing more, not even an end. */
  hush(): void;
  destroy(): void;
}

/** Takes what the client sends and never answers, until the client goes away. */
function held(client: Socket): Connection {
  client.on('error', () => {});
  client.resume();
  return { hush: () => {}, destroy: () => client.destroy() };
}

function proxied(client: Socket, guestAddress: string, port: number): Connection {
  const guest = connect({ host: guestAddress, port });
  let hushed = false;
  client.on('error', () => guest.destroy());
  client.once('close', () => guest.destroy());
  // A reset or refusal of the guest is passed on.
  guest.on('error', () => {
    if (!hushed) client.resetAndDestroy();
  });
  guest.once('close', () => {
    if (!hushed) client.end();
  });
  client.pipe(guest);
  guest.pipe(client);
  return {
    hush() {
      if (hushed) return;
      hushed = true;
      client.unpipe(guest);
      guest.unpipe(client);
      guest.destroy();
      client.resume();
    },
    destroy() {
      client.destroy();
      guest.destroy();
    },
  };
}
