/** The free private addresses of a subnet, and the loopback addresses of machines. */

import { ServiceError } from '../../service/service.ts';
import type { Subnet } from '../types.ts';

export interface Addresses {
  /** A free address of the subnet, or the wanted one. */
  take(subnet: Subnet, wanted?: string): string;
  giveBack(address: string): void;
  /** How many addresses of the subnet are left. */
  freeIn(subnet: Subnet): number;
}

/** AWS keeps a subnet's first four addresses and its last (VPC user guide, subnet sizing). */
const firstHost = 4;
const lastHost = 254;

export function createAddresses(): Addresses {
  const taken = new Set<string>();
  const nextHosts = new Map<string, number>();

  const free = (prefix: string, start: number): string | undefined => {
    const count = lastHost - firstHost + 1;
    for (let step = 0; step < count; step += 1) {
      const host = firstHost + ((start - firstHost + step) % count);
      const address = `${prefix}.${host}`;
      if (!taken.has(address)) {
        nextHosts.set(prefix, host + 1);
        return address;
      }
    }
    return undefined;
  };
  return {
    take(subnet, wanted) {
      const prefix = prefixOf(subnet.cidrBlock);
      if (wanted !== undefined) {
        requireWithin(subnet, prefix, wanted);
        if (taken.has(wanted)) {
          throw new ServiceError('InvalidIPAddress.InUse', `Address ${wanted} is in use.`);
        }
        taken.add(wanted);
        return wanted;
      }
      const address = free(prefix, nextHosts.get(prefix) ?? firstHost);
      if (address === undefined) {
        throw new ServiceError(
          'InsufficientFreeAddressesInSubnet',
          `There are not enough free addresses in subnet '${subnet.subnetId}' to satisfy the requested number of instances.`,
        );
      }
      taken.add(address);
      return address;
    },
    giveBack: (address) => void taken.delete(address),
    freeIn(subnet) {
      const prefix = `${prefixOf(subnet.cidrBlock)}.`;
      const used = [...taken].filter((address) => address.startsWith(prefix));
      return lastHost - firstHost + 1 - used.length;
    },
  };
}

/** `127.77.0` of `127.77.0.0/24`. */
function prefixOf(cidrBlock: string): string {
  const prefix = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.0\/24$/.exec(cidrBlock)?.[1];
  if (prefix === undefined) {
    throw new Error(`A subnet is ${cidrBlock}, but the local cloud only has /24s: 127.77.0.0/24.`);
  }
  return prefix;
}

/**
 * Numbers of machines, 1 to 254, reused as late as possible: ports of an old machine may still be
 * busy.
 */
export function createMachineNumbers(): { take(): number; giveBack(number: number): void } {
  const free = Array.from({ length: 254 }, (_unused, index) => index + 1);
  return {
    take() {
      const number = free.shift();
      if (number === undefined) {
        const message = 'The local cloud runs at most 254 machines at once.';
        throw new ServiceError('InsufficientInstanceCapacity', message, 500);
      }
      return number;
    },
    giveBack: (number) => void free.push(number),
  };
}

function requireWithin(subnet: Subnet, prefix: string, address: string): void {
  const host = Number(address.slice(prefix.length + 1));
  if (address === `${prefix}.${host}` && host >= firstHost && host <= lastHost) return;
  throw new ServiceError(
    'InvalidParameterValue',
    `Address ${address} is not a free one of subnet ${subnet.subnetId}: ${prefix}.${firstHost} to ${prefix}.${lastHost}.`,
  );
}
