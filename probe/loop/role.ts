/**
 * Is this host the active? Two observations are put together: does the instance metadata list the network
 * interface, and is the coordinator address on this host.
 * What can go wrong: metadata lists a new interface up to 18 s late and a detached one for minutes,
 * and it may not answer at all. The address itself is the truth, at once: a host that does not have
 * it never speaks for the coordinator.
 */
import type { AddressPlace } from '../ports.ts';

/**
 * active: speaks for the coordinator. standby: asks the coordinator address from outside.
 * neither: would only ask itself. unknown: cannot tell, and says nothing of either.
 */
export type Role = 'active' | 'standby' | 'neither' | 'unknown';

export interface RoleObservation {
  readonly place: AddressPlace;
  /** Does metadata list the interface? Undefined = it did not answer. */
  readonly listed: boolean | undefined;
}

export interface RoleView {
  readonly role: Role;
  readonly sentence: string;
  /** The last answer of metadata, and when it came (monotonic milliseconds). */
  readonly listed: boolean | undefined;
  readonly listedAtMs: number;
}

/**
 * How long the last answer of metadata stands in for a missing one. Long, since losing the address
 * shows at once without it; bounded, since nothing should rest on an old answer for ever.
 */
export const metadataMemoryMs = 120_000;

export const unknownRole: RoleView = {
  role: 'unknown',
  sentence: 'has not looked yet',
  listed: undefined,
  listedAtMs: Number.NEGATIVE_INFINITY,
};

/** The role after one more observation. `nowMs` is monotonic. */
export function nextRole(before: RoleView, observation: RoleObservation, nowMs: number): RoleView {
  const heard = observation.listed !== undefined;
  const remembered = nowMs - before.listedAtMs <= metadataMemoryMs ? before.listed : undefined;
  const listed = heard ? observation.listed : remembered;
  const listedAtMs = heard ? nowMs : before.listedAtMs;
  return { ...roleOf(observation.place, listed), listed, listedAtMs };
}

function roleOf(
  place: AddressPlace,
  listed: boolean | undefined,
): { readonly role: Role; readonly sentence: string } {
  if (place === 'unknown') {
    return { role: 'unknown', sentence: 'cannot tell whether the coordinator address is here' };
  }
  if (place === 'elsewhere') {
    return { role: 'standby', sentence: 'the coordinator address is not on this host' };
  }
  // A server with automatic internal TLS needs the address before it starts, on `lo`. From such a
  // host a question to the address never leaves it: its answer would be a lie about the active.
  if (place === 'not-on-eni') {
    return {
      role: 'neither',
      sentence: 'the coordinator address is on this host, but not on a network interface of EC2',
    };
  }
  if (listed === undefined) {
    return {
      role: 'unknown',
      sentence: 'instance metadata does not say which interfaces are here',
    };
  }
  if (listed) {
    return { role: 'active', sentence: 'the network interface and its address are on this host' };
  }
  const sentence = 'the network interface is not attached to this host';
  if (place === 'played') return { role: 'standby', sentence };
  // Somebody gave the address to another interface, or metadata is late: either way, not outside.
  return { role: 'neither', sentence: `${sentence}, but its address is here` };
}
