/**
 * The part of the props that says how the servers are asked: HTTP, HTTPS, and by what their
 * certificates are verified.
 * What can go wrong: HTTPS that nobody can verify, or a CA bundle that nobody can read, found in the
 * first failover. Both are errors at synth.
 */
import { X509Certificate } from 'node:crypto';
import { type CfnCondition, Token } from 'aws-cdk-lib';
import { messageOf } from '../../workflow/model/errors.ts';
import {
  pinsAllowed,
  readCaBundle,
  readPins,
  serverNamePattern,
} from '../../workflow/model/server-endpoint.ts';
import { settingProblems } from '../../workflow/model/settings.ts';

export interface ServerProps {
  /**
   * Port of the server, by HTTP, on every coordinator. 1 to 65535. With HTTPS it may be open to
   * localhost only: the probe on the host asks there, and nobody else does.
   *
   * @default 8080
   */
  readonly httpPort?: number;

  /**
   * Whether the servers speak HTTP at all, if only on localhost. Without HTTP the probe asks its own
   * server over HTTPS too, and `httpsPort` is needed. A condition where only CloudFormation knows.
   *
   * @default true
   */
  readonly httpEnabled?: boolean | CfnCondition;

  /**
   * Port of the server, by HTTPS, on every coordinator; 0 for none. When given, everybody outside of
   * the host asks over HTTPS only, and clients are let in on this port only. Needs `caBundle` or
   * `pinnedCertificateSha256`: nothing is ever asked unverified.
   *
   * @default - no HTTPS
   */
  readonly httpsPort?: number;

  /**
   * The authorities, as PEM, one of which has signed the servers' certificates. No others count, not
   * even public ones. At most 4096 characters. Known to everybody who may read the stack: no secret.
   *
   * @default - none; then `pinnedCertificateSha256` is needed
   */
  readonly caBundle?: string;

  /**
   * SHA-256 fingerprint of the servers' own certificate, 64 hex digits with or without colons, in
   * place of a CA bundle. Up to 3, separated by commas, while certificates are exchanged.
   *
   * @default - none; then `caBundle` is needed
   */
  readonly pinnedCertificateSha256?: string;

  /**
   * The DNS name in the servers' certificate, by which clients reach the coordinator address. It is
   * verified in every answer.
   *
   * @default - the certificate must name the coordinator address, as an IP
   */
  readonly tlsServerName?: string;
}

/** The ports of a Presto or Trino server unless it is configured otherwise. */
export const defaultHttpPort = 8080;
/** What counts as "no HTTPS": a CloudFormation parameter of the type Number cannot be empty. */
export const noPort = 0;

/** One sentence for everything that is wrong. Tokens are passed over. */
export function serverProblems(props: ServerProps): string[] {
  const { httpPort = defaultHttpPort, httpsPort = noPort } = props;
  const problems = [
    ...settingProblems(portRules, { httpPort, httpsPort }, Token.isUnresolved),
    ...caBundleProblems(props.caBundle),
    ...pinProblems(props.pinnedCertificateSha256),
    ...nameProblems(props.tlsServerName),
  ];
  return problems.length > 0 ? problems : contradictions(props);
}

export const portRules = {
  httpPort: {
    default: defaultHttpPort,
    least: 1,
    most: 65_535,
    whole: true,
    reason: 'A TCP port.',
  },
  httpsPort: {
    default: noPort,
    least: noPort,
    most: 65_535,
    whole: true,
    reason: 'A TCP port, or 0 for no HTTPS.',
  },
};

/** What only two props together can get wrong. The ready-made stack has rules for it. */
function contradictions(props: ServerProps): string[] {
  const { httpPort = defaultHttpPort, httpsPort = noPort, httpEnabled = true } = props;
  if ([httpPort, httpsPort, httpEnabled].some((value) => Token.isUnresolved(value))) return [];
  const given = (['caBundle', 'pinnedCertificateSha256', 'tlsServerName'] as const).filter(
    (name) => props[name] !== undefined && props[name] !== '',
  );
  if (httpsPort === noPort) {
    return [
      ...given.map((name) => `${name} is given, but httpsPort is not: only HTTPS can use it.`),
      ...(httpEnabled === false ? ['httpEnabled is false, but httpsPort is not given.'] : []),
    ];
  }
  const trusts = given.filter((name) => name !== 'tlsServerName');
  return [
    ...(trusts.length === 1 ? [] : [trustSentence(httpsPort, trusts.length)]),
    ...(httpEnabled === true && httpPort === httpsPort
      ? [`httpPort and httpsPort are both ${httpsPort}, but must differ.`]
      : []),
  ];
}

function trustSentence(httpsPort: number, trusts: number): string {
  const which = trusts === 0 ? 'neither' : 'both';
  return (
    `httpsPort is ${httpsPort}, and ${which} of caBundle and pinnedCertificateSha256 is given, ` +
    'but one of the two must say what makes a certificate the right one.'
  );
}

function caBundleProblems(caBundle: string | undefined): string[] {
  if (caBundle === undefined || caBundle === '' || Token.isUnresolved(caBundle)) return [];
  const read = readCaBundle(caBundle);
  if (read.kind === 'problem') return [`caBundle ${read.problem}.`];
  return certificatesOf(read.pem).flatMap((certificate, index) =>
    typeof certificate === 'string'
      ? [`caBundle: certificate ${index + 1} cannot be read: ${certificate}.`]
      : [],
  );
}

/** What is allowed but will not do for long, a sentence each. */
export function serverWarnings(props: ServerProps, now: Date): string[] {
  const { caBundle } = props;
  if (caBundle === undefined || Token.isUnresolved(caBundle)) return [];
  const read = readCaBundle(caBundle);
  if (read.kind === 'problem') return [];
  return certificatesOf(read.pem).flatMap((certificate, index) =>
    typeof certificate === 'string' || new Date(certificate.validTo) > now
      ? []
      : [
          `caBundle: certificate ${index + 1} (${certificate.subject}) has expired on ${certificate.validTo}.`,
        ],
  );
}

/** Each as a certificate, or why it is none. */
function certificatesOf(pem: string): (X509Certificate | string)[] {
  return pem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((one) => one !== '')
    .map((one) => {
      try {
        return new X509Certificate(one);
      } catch (error) {
        return messageOf(error);
      }
    });
}

function pinProblems(pins: string | undefined): string[] {
  if (pins === undefined || pins === '' || Token.isUnresolved(pins)) return [];
  if (readPins(pins) !== undefined) return [];
  return [`pinnedCertificateSha256 is ${JSON.stringify(pins)}, but must be ${pinsAllowed}.`];
}

function nameProblems(name: string | undefined): string[] {
  if (name === undefined || name === '' || Token.isUnresolved(name)) return [];
  if (serverNamePattern.test(name)) return [];
  return [
    `tlsServerName is ${JSON.stringify(name)}, but must be the name in the certificate, like "presto.example.com".`,
  ];
}
