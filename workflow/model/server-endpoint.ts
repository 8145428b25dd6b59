/**
 * How a server is asked for /v1/info: over HTTP, or over HTTPS with what verifies its certificate. There is
 * no HTTPS without verification.
 * What can go wrong: a form or a shell changes a text. A PEM loses its line ends, and a fingerprint has
 * colons or none.
 */
import { isObject, mustBe } from './fields.ts';

export type ServerEndpoint = HttpEndpoint | HttpsEndpoint;

export interface HttpEndpoint {
  readonly protocol: 'http';
  readonly port: number;
}

export interface HttpsEndpoint {
  readonly protocol: 'https';
  readonly port: number;
  readonly trust: Trust;
  /**
   * The name or address in the certificate, where another one is asked. A name is sent as SNI. A pinned
   * certificate is not compared with it.
   */
  readonly serverName?: string;
}

/** What verifies a certificate. */
export type Trust =
  /** Authorities, as PEM: the only ones, without those that the system trusts. */
  | { readonly caBundle: string }
  /** SHA-256 of the server's own certificate (DER), 64 hex digits. Several are separated by commas. */
  | { readonly pinnedCertificateSha256: string };

/** An endpoint and the host. */
export type ServerAt = ServerEndpoint & { readonly host: string };

/**
 * Characters of a CA bundle. A CloudFormation parameter has at most 4096 (CloudFormation quotas), and
 * user data at most 16 KB (EC2), the probe's installation and a user's own included.
 */
export const caBundleCharacters = 4096;

/** The one in use, the next one, and one of a rotation that was called off. */
const mostPins = 3;

export type EndpointReading =
  | { readonly kind: 'endpoint'; readonly endpoint: ServerEndpoint }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/**
 * Reads an endpoint as the template wrote it: an empty text, from a CloudFormation parameter that was left
 * open, counts as missing. `path` names the endpoint in problems. Never throws.
 */
export function readServerEndpoint(path: string, value: unknown): EndpointReading {
  if (!isObject(value)) {
    return problem(path, value, 'an endpoint, like {"protocol": "http", "port": 8080}');
  }
  const { protocol, port, trust, serverName } = value;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    return problem(`${path}.port`, port, 'a port from 1 to 65535');
  }
  if (protocol === 'http') return { kind: 'endpoint', endpoint: { protocol, port } };
  if (protocol !== 'https') return problem(`${path}.protocol`, protocol, '"http" or "https"');
  const read = readTrust(`${path}.trust`, trust);
  if (read.kind === 'problems') return read;
  if (serverName === undefined || serverName === '') {
    return { kind: 'endpoint', endpoint: { protocol, port, trust: read.trust } };
  }
  if (typeof serverName !== 'string' || !serverNamePattern.test(serverName)) {
    return problem(`${path}.serverName`, serverName, serverNameAllowed);
  }
  return { kind: 'endpoint', endpoint: { protocol, port, trust: read.trust, serverName } };
}

/** A DNS name or an IP address. */
export const serverNamePattern = /^[A-Za-z0-9:._-]{1,253}$/;
const serverNameAllowed = 'a name or address in the certificate, like "presto.example.com"';

type TrustReading =
  | { readonly kind: 'trust'; readonly trust: Trust }
  | Extract<EndpointReading, { kind: 'problems' }>;

function readTrust(path: string, value: unknown): TrustReading {
  const { caBundle = '', pinnedCertificateSha256: pins = '' }: Readonly<Record<string, unknown>> = {
    ...(typeof value === 'object' ? value : {}),
  };
  if ((caBundle === '') === (pins === '')) {
    return problem(path, value, 'either a caBundle or a pinnedCertificateSha256: one of the two');
  }
  if (pins !== '') {
    const read = readPins(pins);
    return read === undefined
      ? problem(`${path}.pinnedCertificateSha256`, pins, pinsAllowed)
      : { kind: 'trust', trust: { pinnedCertificateSha256: read } };
  }
  const read = readCaBundle(caBundle);
  return read.kind === 'problem'
    ? { kind: 'problems', problems: [`${path}.caBundle ${read.problem}`] }
    : { kind: 'trust', trust: { caBundle: read.pem } };
}

export const pinsAllowed =
  `the SHA-256 fingerprint of a certificate, 64 hex digits with or without colons; ` +
  `up to ${mostPins}, separated by commas`;

/** Lower-case hex digits, separated by commas; undefined for anything else. */
export function readPins(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const pins = value.split(',').map((pin) => pin.replace(/[\s:]/g, '').toLowerCase());
  const fits = pins.length <= mostPins && pins.every((pin) => /^[0-9a-f]{64}$/.test(pin));
  return fits ? pins.join(',') : undefined;
}

type CaBundleReading =
  | { readonly kind: 'bundle'; readonly pem: string }
  /** The end of a sentence: "holds no certificate ...". */
  | { readonly kind: 'problem'; readonly problem: string };

/**
 * Certificates as PEM, with their line ends put right: these may have become spaces, or `\n` as two
 * characters. Text between certificates is dropped. The DER inside is not read.
 */
export function readCaBundle(value: unknown): CaBundleReading {
  if (typeof value !== 'string') return caProblem('must be a text');
  if (/PRIVATE KEY-----/.test(value)) {
    return caProblem(
      'holds a private key, which must never leave its server: give only certificates',
    );
  }
  const blocks = [...value.matchAll(certificateBlock)].map(([, body = '']) =>
    body.replace(/\\[rn]|\s/g, ''),
  );
  if (blocks.length === 0) {
    return caProblem('holds no certificate: -----BEGIN CERTIFICATE----- and its end are missing');
  }
  const broken = blocks.findIndex((body) => !/^[A-Za-z0-9+/]+={0,2}$/.test(body));
  if (broken >= 0) {
    return caProblem(`is not PEM: certificate ${broken + 1} holds characters that are not base64`);
  }
  const pem = blocks.map(certificatePem).join('');
  if (pem.length > caBundleCharacters) {
    return caProblem(
      `has ${pem.length} characters, but must have at most ${caBundleCharacters}: give only the ` +
        "authority that signed the servers' certificates",
    );
  }
  return { kind: 'bundle', pem };
}

const certificateBlock = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g;

/** RFC 7468: lines of 64 characters. */
function certificatePem(body: string): string {
  const lines = body.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function caProblem(words: string): CaBundleReading {
  return { kind: 'problem', problem: words };
}

function problem(
  path: string,
  value: unknown,
  allowed: string,
): Extract<EndpointReading, { kind: 'problems' }> {
  return { kind: 'problems', problems: [mustBe(path, value, allowed)] };
}
