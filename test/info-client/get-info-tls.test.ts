/** Certificates of real TLS servers on loopback: which are taken, and which are refused how. */
import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { createAuthority } from '../../trials/drill/private-authority.ts';
import { readInfo } from '../../workflow/model/info.ts';
import { ask, authority, good, host, pinOf, serve } from '../support/tls-servers.ts';

const other = await createAuthority('Other');
const namesake = await createAuthority();
const stranger = await createAuthority('Stranger');

describe('get-info over HTTPS: the right server', () => {
  test('a certificate with the address, by an authority of the bundle (no SNI: it is no name)', async () => {
    const { port, seen } = await serve(good);
    expect(await ask(port)).toMatchObject({ kind: 'answered', status: 200, body: '{}' });
    expect(seen).toEqual([{ host: `${host}:${port}`, sni: false }]);
  });

  test('a certificate with a name, asked at an address: the name is sent and verified', async () => {
    const { port, seen } = await serve(await authority.issue({ names: ['presto.example.com'] }));
    const serverName = 'presto.example.com';
    expect(await ask(port, { serverName })).toMatchObject({ kind: 'answered' });
    expect(seen).toEqual([{ host: `presto.example.com:${port}`, sni: 'presto.example.com' }]);
  });

  test('a certificate with the coordinator address, asked at another', async () => {
    const { port, seen } = await serve(await authority.issue({ names: ['10.0.0.10'] }));
    expect(await ask(port, { serverName: '10.0.0.10' })).toMatchObject({ kind: 'answered' });
    expect(seen).toEqual([{ host: `10.0.0.10:${port}`, sni: false }]);
  });

  test('a bundle of several authorities: any of them will do', async () => {
    const { port } = await serve(good);
    const caBundle = other.certificate + authority.certificate;
    expect(await ask(port, { trust: { caBundle } })).toMatchObject({ kind: 'answered' });
  });

  test('a pinned certificate needs neither authority nor name; the next one is taken beside it', async () => {
    const next = await other.issue({ names: ['elsewhere.example.com'] });
    const trust = pinOf(good.certificate, next.certificate);
    const servers = [await serve(good), await serve(next)];
    for (const { port } of servers) {
      expect(await ask(port, { trust })).toMatchObject({ kind: 'answered' });
    }
  });

  test('nothing is kept: each observation is a handshake of its own', async () => {
    const { port, server } = await serve(good);
    let handshakes = 0;
    server.on('secureConnection', (socket: TLSSocket) => {
      handshakes += 1;
      expect(socket.isSessionReused()).toBe(false);
    });
    await ask(port);
    await ask(port);
    expect(handshakes).toBe(2);
  });
});

describe('get-info over HTTPS: a wrong certificate, and nothing is sent to who shows it', () => {
  const hour = 3600;
  const day = 24 * hour;
  test.each([
    [
      'expired',
      authority.issue({ names: [host], notBeforeSeconds: -day, notAfterSeconds: -hour }),
      {},
      'certificate-expired',
      'presents a certificate that has expired (certificate has expired)',
    ],
    [
      'not valid yet',
      authority.issue({ names: [host], notBeforeSeconds: hour }),
      {},
      'certificate-not-yet-valid',
      'presents a certificate that is not valid yet (certificate is not yet valid)',
    ],
    [
      'by an authority that is not in the bundle',
      stranger.issue({ names: [host] }),
      {},
      'unknown-authority',
      'presents a certificate of an authority that is not in the CA bundle (unable to verify the first certificate)',
    ],
    [
      'by an authority of the same name with another key',
      namesake.issue({ names: [host] }),
      {},
      'unknown-authority',
      'presents a certificate of an authority that is not in the CA bundle (',
    ],
    [
      'for another name than the address',
      authority.issue({ names: ['presto.example.com', '10.0.0.10'] }),
      {},
      'name-mismatch',
      `presents a certificate for another name (IP: ${host} is not in the cert's list: 10.0.0.10)`,
    ],
    [
      'for another name than the one that is wanted',
      good,
      { serverName: 'trino.example.com' },
      'name-mismatch',
      'presents a certificate for another name (',
    ],
    [
      'for clients only',
      authority.issue({ names: [host], usage: 'client' }),
      {},
      'certificate-unfit',
      'presents a certificate that cannot be verified (unsuitable certificate purpose)',
    ],
    [
      'that is not the pinned one, though the authority would do',
      good,
      { trust: pinOf(stranger.certificate) },
      'pin-mismatch',
      `presents another certificate than the pinned one (its SHA-256 is ${new X509Certificate(good.certificate).fingerprint256})`,
    ],
  ] as const)('%s', async (_what, certificate, how, outcome, sentence) => {
    const { port, seen } = await serve(await certificate);
    const reading = readInfo(await ask(port, how));
    expect(reading).toMatchObject({ outcome, ready: false, reached: true });
    expect(reading.sentence.startsWith(sentence)).toBe(true);
    expect(seen).toEqual([]);
  });

  test.each([
    ['expired', { notBeforeSeconds: -day, notAfterSeconds: -hour }, 'certificate-expired'],
    ['not valid yet', { notBeforeSeconds: hour }, 'certificate-not-yet-valid'],
  ] as const)('pinned, but %s', async (_what, validity, kind) => {
    const certificate = await authority.issue({ names: [host], ...validity });
    const { port, seen } = await serve(certificate);
    expect(await ask(port, { trust: pinOf(certificate.certificate) })).toMatchObject({ kind });
    expect(seen).toEqual([]);
  });

  test("Node's own variable does not switch verification off", async () => {
    const { port, seen } = await serve(await stranger.issue({ names: [host] }));
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await ask(port)).toMatchObject({ kind: 'unknown-authority' });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(seen).toEqual([]);
  });

  test('a CA bundle that is no certificate verifies nobody', async () => {
    const { port, seen } = await serve(good);
    const caBundle = `-----BEGIN CERTIFICATE-----\nMIIBMIIB\n-----END CERTIFICATE-----\n`;
    const { kind } = await ask(port, { trust: { caBundle } });
    expect(['unknown-authority', 'not-asked']).toContain(kind);
    expect(seen).toEqual([]);
  });
});
