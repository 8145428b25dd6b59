/**
 * Is an address on this box? Asked of the kernel by binding a UDP socket to it, because that works
 * for an address of a local interface only, needs no rights, sends nothing and cannot hang. A list
 * of interfaces would do on EC2, but not where addresses are simulated: all of 127.0.0.0/8 can be
 * bound on Linux, and only 127.0.0.1 is listed.
 * What can go wrong: with net.ipv4.ip_nonlocal_bind = 1 every address can be bound; then only
 * instance metadata tells the active from the others.
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { AddressPlace } from './ports.ts';

export async function addressPlace(address: string): Promise<AddressPlace> {
  // 127.0.0.0/8 is on loopback by nature, not because somebody put it there.
  if (!address.startsWith('127.') && isOnLoopback(address)) return 'on-loopback';
  return bindTo(address);
}

function isOnLoopback(address: string): boolean {
  const entries = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const found = entries.filter((entry) => entry.address === address);
  return found.length > 0 && found.every((entry) => entry.internal);
}

function bindTo(address: string): Promise<AddressPlace> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code === 'EADDRNOTAVAIL' ? 'elsewhere' : 'unknown');
    });
    socket.bind({ address, port: 0, exclusive: true }, () => {
      socket.close();
      resolve('here');
    });
  });
}
