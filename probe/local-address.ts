/**
 * Where is an address, seen from this host? The kernel is asked which way a packet to it would go: a
 * connected UDP socket takes the address itself as its source when, and only when, the packet would
 * never leave the host. That needs no rights, sends nothing, cannot hang, and holds for an address on
 * any interface, also on one that is not listed. The list of interfaces then tells whether a real one
 * has it. Binding to the address would be fooled by `net.ipv4.ip_nonlocal_bind`.
 * What can go wrong: on addresses of 127.0.0.0/8, where a network is only played, a packet never
 * leaves the machine. There the place says nothing, and the instance metadata decides.
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { AddressPlace } from './ports.ts';

export async function addressPlace(address: string): Promise<AddressPlace> {
  if (address.startsWith('127.')) return 'played';
  const source = await sourceTowards(address);
  if (source === 'unknown') return 'unknown';
  if (source !== address) return 'elsewhere';
  return isOnRealInterface(address) ? 'here' : 'not-on-eni';
}

function isOnRealInterface(address: string): boolean {
  const entries = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return entries.some((entry) => entry.address === address && !entry.internal);
}

/** The address that a packet to `address` would come from; 'none' where there is no way to it. */
function sourceTowards(address: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      // No way there is an answer too: it is not here.
      const noWay = ['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL'].includes(error.code ?? '');
      resolve(noWay ? 'none' : 'unknown');
    });
    // Any port: nothing is sent.
    socket.connect(9, address, () => {
      const source = socket.address().address;
      socket.close();
      resolve(source);
    });
  });
}
