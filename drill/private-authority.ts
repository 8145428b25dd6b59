/**
 * A certificate authority of one drill, made at its start and gone with it. Certificates of the plainest
 * kind (RFC 5280) with keys on P-256.
 * What can go wrong: nothing outside of this process; but a certificate that is written wrongly would
 * be blamed on who refuses it. So tests hold these against OpenSSL, as Node brings it.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

export interface CertificateRequest {
  /** DNS names and IPv4 addresses, at least one. */
  readonly names: readonly string[];
  /** Seconds from now; may be negative. @default an hour ago */
  readonly notBeforeSeconds?: number;
  /** @default in a day */
  readonly notAfterSeconds?: number;
  /** @default 'server' */
  readonly usage?: 'server' | 'client';
}

/** PEM, both. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  issue(request: CertificateRequest): ServerCertificate;
}

const hour = 3600;
const day = 24 * hour;

export function createAuthority(name = 'Drill'): Authority {
  const own = newKeys();
  const signed = (content: Omit<Content, 'issuer'>): string =>
    certificatePem({ ...content, issuer: name }, own.privateKey);
  return {
    certificate: signed({
      subject: name,
      publicKey: own.publicKey,
      validSeconds: [-day, 30 * day],
      extensions: [
        extension(oids.basicConstraints, sequence(der(0x01, bytes(0xff))), 'critical'),
        extension(oids.keyUsage, bitString(bytes(0b0000_0110), 1), 'critical'), // sign certificates
      ],
    }),
    issue({ names, notBeforeSeconds = -hour, notAfterSeconds = day, usage = 'server' }) {
      const { publicKey, privateKey } = newKeys();
      const purpose = usage === 'server' ? oids.serverAuth : oids.clientAuth;
      const certificate = signed({
        subject: names[0] ?? '',
        publicKey,
        validSeconds: [notBeforeSeconds, notAfterSeconds],
        extensions: [
          extension(oids.keyUsage, bitString(bytes(0b1000_0000), 7), 'critical'), // sign
          extension(oids.extendedKeyUsage, sequence(oid(purpose))),
          extension(oids.subjectAltName, sequence(...names.map(generalName))),
        ],
      });
      return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

const oids = {
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

interface Content {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly validSeconds: readonly [from: number, to: number];
  readonly extensions: readonly Buffer[];
}

function certificatePem(content: Content, signingKey: KeyObject): string {
  const [from, to] = content.validSeconds;
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const toBeSigned = sequence(
    der(0xa0, integer(bytes(2))), // version 3
    integer(Buffer.concat([bytes(1), randomBytes(15)])), // serial number
    algorithm,
    commonName(content.issuer),
    sequence(utcTime(from), utcTime(to)),
    commonName(content.subject),
    content.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...content.extensions)),
  );
  const signature = sign('sha256', toBeSigned, signingKey);
  const base64 = sequence(toBeSigned, algorithm, bitString(signature, 0)).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** One value in DER (X.690): tag, length, content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), body]);
}

function bytes(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

function sequence(...content: readonly Uint8Array[]): Buffer {
  return der(0x30, ...content);
}

/** The first byte must be under 0x80: it holds the sign. */
function integer(content: Buffer): Buffer {
  return der(0x02, content);
}

function bitString(content: Buffer, unusedBits: number): Buffer {
  return der(0x03, bytes(unusedBits), content);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...others.flatMap(base128)]));
}

function base128(value: number): number[] {
  const last = value & 0x7f;
  const before = value >> 7;
  return before === 0 ? [last] : [...base128(before).map((byte) => byte | 0x80), last];
}

function commonName(name: string): Buffer {
  const value = der(0x0c, Buffer.from(name, 'utf8'));
  return sequence(der(0x31, sequence(oid(oids.commonName), value)));
}

/** YYMMDDhhmmssZ */
function utcTime(secondsFromNow: number): Buffer {
  const text = new Date(Date.now() + secondsFromNow * 1000).toISOString();
  return der(0x17, Buffer.from(`${text.replace(/\D/g, '').slice(2, 14)}Z`));
}

function generalName(name: string): Buffer {
  return isIP(name) === 4
    ? der(0x87, Buffer.from(name.split('.').map(Number)))
    : der(0x82, Buffer.from(name, 'ascii'));
}

function extension(id: string, value: Buffer, critical?: 'critical'): Buffer {
  const flag = critical === undefined ? [] : [der(0x01, bytes(0xff))];
  return sequence(oid(id), ...flag, der(0x04, value));
}
