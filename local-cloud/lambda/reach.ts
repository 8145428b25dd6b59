/**
 * The network of a function. Connections out of its reach are never answered: no route, no security
 * group lets them through.
 * What can go wrong: a function works here and hangs in AWS, because on one machine every address
 * is in reach.
 */
import { Socket } from 'node:net';
import type { Reach } from './protocol.ts';

/** Limits this thread's TCP connections. UDP and DNS are left alone. */
export function keepWithin(reach: Reach): void {
  const { connect } = Socket.prototype;
  Object.defineProperty(Socket.prototype, 'connect', {
    value: function connectWithin(this: Socket, ...given: unknown[]): Socket {
      if (isReachable(reach, destinationOf(given))) {
        Reflect.apply(connect, this, given);
        return this;
      }
      // Connecting until the timeout of the caller.
      Object.defineProperty(this, 'connecting', { value: true, writable: true });
      return this;
    },
  });
}

interface Destination {
  readonly host: string;
  readonly port: number;
}

export function isReachable(reach: Reach, destination: Destination | undefined): boolean {
  if (destination === undefined) return false;
  if (reach.kind === 'vpc')
    return reach.addressPrefixes.some((prefix) => destination.host.startsWith(prefix));
  return reach.hosts.some(
    ({ host, port }) => destination.host === host && destination.port === port,
  );
}

/**
 * The forms of net's arguments: options, port and host, or both in a list (from net itself).
 * Undefined for local sockets.
 */
function destinationOf(given: readonly unknown[]): Destination | undefined {
  const [first, second] = given;
  if (Array.isArray(first)) return destinationOf(first);
  if (typeof first === 'object' && first !== null) {
    if ('path' in first && typeof first.path === 'string') return undefined;
    const host = 'host' in first && typeof first.host === 'string' ? first.host : 'localhost';
    return { host, port: 'port' in first ? Number(first.port) : 0 };
  }
  if (Number.isNaN(Number(first))) return undefined;
  return { host: typeof second === 'string' ? second : 'localhost', port: Number(first) };
}
