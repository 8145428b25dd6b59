import { describe, expect, test } from 'vitest';
import { addressPlace } from '../../probe/local-address.ts';
import type { AddressPlace } from '../../probe/ports.ts';
import { metadataMemoryMs, nextRole, type Role, unknownRole } from '../../probe/role.ts';

describe('role: from where the address is and what metadata lists', () => {
  const cases: readonly [AddressPlace, boolean | undefined, Role][] = [
    ['here', true, 'active'],
    ['here', false, 'standby'],
    ['here', undefined, 'unknown'],
    ['elsewhere', true, 'standby'],
    ['elsewhere', false, 'standby'],
    ['elsewhere', undefined, 'standby'],
    ['on-loopback', true, 'active'],
    ['on-loopback', false, 'neither'],
    ['on-loopback', undefined, 'unknown'],
    ['unknown', true, 'unknown'],
  ];
  test.each(cases)('address %s, listed %s: %s', (place, listed, role) => {
    expect(nextRole(unknownRole, { place, listed }, 0).role).toBe(role);
  });

  test('the last answer of metadata stands in for a missing one, for a time', () => {
    const active = nextRole(unknownRole, { place: 'here', listed: true }, 1000);
    const silent = { place: 'here', listed: undefined } as const;
    expect(nextRole(active, silent, 1000 + metadataMemoryMs).role).toBe('active');
    expect(nextRole(active, silent, 1001 + metadataMemoryMs).role).toBe('unknown');
  });

  test('the address itself needs no remembering', () => {
    const active = nextRole(unknownRole, { place: 'here', listed: true }, 1000);
    const gone = nextRole(active, { place: 'elsewhere', listed: undefined }, 1001);
    expect(gone).toMatchObject({
      role: 'standby',
      sentence: 'the coordinator address is not on this box',
    });
  });
});

describe('local address: asked of the kernel', () => {
  test.each([
    ['127.0.0.1', 'here'],
    // For documentation only (RFC 5737): on no machine.
    ['192.0.2.1', 'elsewhere'],
  ])('%s is %s', async (address, place) => {
    expect(await addressPlace(address)).toBe(place);
  });

  test('an address of a simulated network, which is listed nowhere', async () => {
    expect(await addressPlace('127.77.0.10')).toBe('here');
  });
});
