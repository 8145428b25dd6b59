/**
 * A certificate authority of one drill, made at its start and gone with it. Certificates of the plainest
 * kind (RFC 5280) with keys on P-256.
 * What can go wrong: nothing outside of this process; but a certificate that is written wrongly would
 * be blamed on who refuses it. So tests hold these against OpenSSL, as Node brings it.
 */
import 'reflect-metadata'; // The library throws when it is loaded without.
import { KeyObject, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509CertificateCreateWithKeyParams,
  X509CertificateGenerator,
} from '@peculiar/x509';

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
  issue(request: CertificateRequest): Promise<ServerCertificate>;
}

const hour = 3600;
const day = 24 * hour;

export async function createAuthority(name = 'Drill'): Promise<Authority> {
  const own = await newKeys();
  const signed = (content: Content): Promise<string> =>
    certificatePem({ ...content, issuer: commonName(name), signingKey: own.privateKey });
  return {
    certificate: await signed({
      subject: commonName(name),
      publicKey: own.publicKey,
      notBefore: fromNow(-day),
      notAfter: fromNow(30 * day),
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    }),
    async issue({ names, notBeforeSeconds = -hour, notAfterSeconds = day, usage = 'server' }) {
      const { publicKey, privateKey } = await newKeys();
      const purpose =
        usage === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
      const certificate = await signed({
        subject: commonName(names[0] ?? ''),
        publicKey,
        notBefore: fromNow(notBeforeSeconds),
        notAfter: fromNow(notAfterSeconds),
        extensions: [
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([purpose]),
          new SubjectAlternativeNameExtension(names.map(generalName)),
        ],
      });
      const key = KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' });
      return { certificate, key: key.toString() };
    },
  };
}

type Content = Omit<X509CertificateCreateWithKeyParams, 'issuer' | 'signingKey'>;

async function certificatePem(content: X509CertificateCreateWithKeyParams): Promise<string> {
  const certificate = await X509CertificateGenerator.create(content, webcrypto);
  return `${certificate.toString('pem')}\n`;
}

function newKeys() {
  return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
}

function commonName(name: string): JsonName {
  return [{ CN: [name] }];
}

function fromNow(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}

function generalName(value: string) {
  return { type: isIP(value) === 4 ? 'ip' : 'dns', value } as const;
}
