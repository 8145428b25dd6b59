import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { addressPlace } from '../../../probe/local-address.ts';
import { metadataMemoryMs, nextRole, type Role, unknownRole } from '../../../probe/loop/role.ts';
import type { AddressPlace } from '../../../probe/ports.ts';

describe('role: from where the address is and what metadata lists', () => {
  const cases: readonly [AddressPlace, boolean | undefined, Role][] = [
    ['here', true, 'active'],
    // On a dummy interface, or promoted a moment ago: it would ask itself.
    ['here', false, 'neither'],
    ['here', undefined, 'unknown'],
    ['elsewhere', true, 'standby'],
    ['elsewhere', false, 'standby'],
    ['elsewhere', undefined, 'standby'],
    // On `lo`, for automatic TLS. Metadata lists a detached interface for minutes: not the active.
    ['not-on-eni', true, 'neither'],
    ['not-on-eni', false, 'neither'],
    ['not-on-eni', undefined, 'neither'],
    ['played', true, 'active'],
    ['played', false, 'standby'],
    ['played', undefined, 'unknown'],
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
      sentence: 'the coordinator address is not on this host',
    });
  });
});

describe('local address: asked of the kernel', () => {
  test.each([
    ['127.0.0.1', 'played'],
    // A simulated network, listed nowhere.
    ['127.77.0.10', 'played'],
    // For documentation only (RFC 5737): on no machine.
    ['192.0.2.1', 'elsewhere'],
    // On loopback, and no address of 127.0.0.0/8: what the recipe for automatic TLS does.
    ['::1', 'not-on-eni'],
  ])('%s is %s', async (address, place) => {
    expect(await addressPlace(address)).toBe(place);
  });
});

/** A network of its own, without touching the machine's: only where the kernel lets us. */
const inOwnNetwork = ['unshare', '--map-root-user', '--net'] as const;
const lets = spawnSync(inOwnNetwork[0], [...inOwnNetwork.slice(1), 'ip', 'link']).status === 0;
if (!lets)
  console.warn('\n*** unshare and ip are missing: addresses by hand are NOT tested. ***\n');

test.runIf(lets).each([
  ['on lo, without any other network', 'ip addr add 192.0.2.9/32 dev lo', 'not-on-eni'],
  [
    'on an interface that is no ENI',
    'ip link add b0 type bridge; ip link set b0 up; ip addr add 192.0.2.9/24 dev b0',
    'here',
  ],
  [
    'nowhere, and the kernel lets everybody bind everything',
    'echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind',
    'elsewhere',
  ],
])('local address: %s', (_name, commands, place) => {
  const file = fileURLToPath(new URL('../../../probe/local-address.ts', import.meta.url));
  const ask = `import { addressPlace } from ${JSON.stringify(file)};
    process.stdout.write(await addressPlace('192.0.2.9'));`;
  const script = `set -e; ip link set lo up; ${commands}; exec "$0" --input-type=module -e "$1"`;
  const run = spawnSync(
    inOwnNetwork[0],
    [...inOwnNetwork.slice(1), 'sh', '-c', script, process.execPath, ask],
    { encoding: 'utf8' },
  );
  expect(run.stdout, run.stderr).toBe(place);
});
