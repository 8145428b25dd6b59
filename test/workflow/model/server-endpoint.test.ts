import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readServerEndpoint } from '../../../workflow/model/server-endpoint.ts';

const base64 = 'MIIB'.repeat(40);
const pem = `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`;
const pin = 'ab'.repeat(32);
const https = { protocol: 'https', port: 8443 };

function read(value: unknown) {
  const reading = readServerEndpoint('server', value);
  return reading.kind === 'endpoint' ? reading.endpoint : reading.problems.join(' ');
}

describe('an endpoint that is taken', () => {
  it('endpoint: HTTP needs a port and nothing else; what a form left open is not there', () => {
    const http = { protocol: 'http', port: 8080 };
    expect(read(http)).toEqual(http);
    const open = { caBundle: '', pinnedCertificateSha256: '' };
    expect(read({ ...http, trust: open, serverName: '' })).toEqual(http);
  });

  it('endpoint: HTTPS with a bundle, or with a pin, and a name where there is one', () => {
    const bundle = { caBundle: pem, pinnedCertificateSha256: '' };
    expect(read({ ...https, trust: bundle, serverName: '' })).toEqual({
      ...https,
      trust: { caBundle: pem },
    });
    const pinned = { caBundle: '', pinnedCertificateSha256: pin };
    expect(read({ ...https, trust: pinned, serverName: 'presto.example.com' })).toEqual({
      ...https,
      trust: { pinnedCertificateSha256: pin },
      serverName: 'presto.example.com',
    });
  });

  it('endpoint: what was read can be read again', () => {
    const once = read({ ...https, trust: { caBundle: pem.replaceAll('\n', ' ') } });
    expect(read(once)).toEqual(once);
  });

  it.each([
    ['as openssl writes it', pem],
    ['spaces instead of line ends', pem.replaceAll('\n', ' ').trim()],
    ['\\n as two characters', pem.replaceAll('\n', '\\n')],
    ['line ends of Windows', pem.replaceAll('\n', '\r\n')],
    ['no line ends at all', pem.replaceAll('\n', '')],
    ['with the names in front', `# subject: CN=ca\n${pem}trailing words`],
  ])('endpoint: a bundle is taken %s', (_how, caBundle) => {
    expect(read({ ...https, trust: { caBundle } })).toMatchObject({ trust: { caBundle: pem } });
  });

  it('endpoint: a bundle of several keeps them all, in order', () => {
    const other = pem.replaceAll('MIIB', 'MIIC');
    const caBundle = `${pem}\\n${other}`;
    const trust = { caBundle: pem + other };
    expect(read({ ...https, trust: { caBundle } })).toMatchObject({ trust });
  });

  it.each([
    ['as openssl prints it', (pin.toUpperCase().match(/../g) ?? []).join(':')],
    ['plain', pin],
    ['with spaces around', ` ${pin} `],
  ])('endpoint: a fingerprint is taken %s', (_how, pinnedCertificateSha256) => {
    expect(read({ ...https, trust: { pinnedCertificateSha256 } })).toMatchObject({
      trust: { pinnedCertificateSha256: pin },
    });
  });

  it('endpoint: two fingerprints while certificates are exchanged', () => {
    const next = 'cd'.repeat(32);
    const trust = { pinnedCertificateSha256: `${pin}, ${next.toUpperCase()}` };
    expect(read({ ...https, trust })).toMatchObject({
      trust: { pinnedCertificateSha256: `${pin},${next}` },
    });
  });
});

describe('an endpoint that is refused', () => {
  const either = 'but must be either a caBundle or a pinnedCertificateSha256: one of the two.';
  it.each([
    ['nothing', undefined, 'server is missing, but must be an endpoint'],
    ['a port alone', 8080, 'server is 8080, but must be an endpoint'],
    ['a port as text', { protocol: 'http', port: '80' }, 'server.port is "80", but must be a port'],
    ['another protocol', { ...https, protocol: 'h2' }, 'but must be "http" or "https".'],
    ['HTTPS without trust', https, `server.trust is missing, ${either}`],
    ['HTTPS with empty trust', { ...https, trust: { caBundle: '' } }, either],
    ['both', { ...https, trust: { caBundle: pem, pinnedCertificateSha256: pin } }, either],
    [
      'a word that switches verification off',
      { ...https, trust: { insecure: true }, rejectUnauthorized: false },
      either,
    ],
    [
      'a fingerprint of SHA-1',
      { ...https, trust: { pinnedCertificateSha256: 'ab'.repeat(20) } },
      'but must be the SHA-256 fingerprint of a certificate, 64 hex digits',
    ],
    [
      'four fingerprints',
      { ...https, trust: { pinnedCertificateSha256: [pin, pin, pin, pin].join(',') } },
      'up to 3, separated by commas',
    ],
    [
      'a bundle without certificates',
      { ...https, trust: { caBundle: 'ca.pem' } },
      'server.trust.caBundle holds no certificate',
    ],
    [
      'a bundle with a private key',
      { ...https, trust: { caBundle: `${pem}-----BEGIN PRIVATE KEY-----\nMII` } },
      'server.trust.caBundle holds a private key, which must never leave its server',
    ],
    [
      'a bundle that was cut',
      { ...https, trust: { caBundle: pem + pem.replace('MIIB', 'M..B') } },
      'certificate 2 holds characters that are not base64',
    ],
    [
      'a bundle of all public authorities',
      { ...https, trust: { caBundle: pem.repeat(40) } },
      'but must have at most 4096',
    ],
    [
      'a URL as name',
      { ...https, trust: { caBundle: pem }, serverName: 'https://presto' },
      'server.serverName is "https://presto", but must be a name or address in the certificate',
    ],
  ])('endpoint: %s', (_what, value, sentence) => {
    expect(read(value)).toContain(sentence);
  });

  it('endpoint: whatever is given, HTTPS comes with trust (never throws)', () => {
    const texts = fc.constantFrom('', pem, pin, 'x', undefined, null, 1);
    const value = fc.record(
      {
        protocol: fc.constantFrom('http', 'https'),
        port: fc.constantFrom(8443, 0),
        trust: fc.oneof(
          fc.record({ caBundle: texts, pinnedCertificateSha256: texts }),
          fc.anything(),
        ),
        serverName: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(value, fc.anything()), (given) => {
        const reading = readServerEndpoint('server', given);
        if (reading.kind === 'problems') expect(reading.problems).toHaveLength(1);
        else if (reading.endpoint.protocol === 'https') {
          expect(Object.values(reading.endpoint.trust).join('')).not.toBe('');
        }
      }),
    );
  });
});
