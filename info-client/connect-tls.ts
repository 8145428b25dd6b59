/**
 * Opens a TLS connection on which it is certain who is at the other end: nothing is sent before that.
 * There is no way around it: no option, and no variable of Node's either.
 * What can go wrong: a certificate that is another's, too old, or by nobody known; a server that speaks
 * no TLS, or breaks the handshake off. Each has its own word, because each has another cure.
 */
import { constants } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { messageOf } from '../workflow/model/errors.ts';
import type { HttpAnswer, UnverifiedKind } from '../workflow/model/info.ts';
import type { HttpsEndpoint } from '../workflow/model/server-endpoint.ts';
import { silence } from './silence.ts';

interface TlsListener {
  /** TCP is connected; TLS has yet to come. */
  onConnect(): void;
  /** Once, for a connection to the right server. */
  onVerified(socket: TLSSocket): void;
  /** Why there is no such connection. May come more than once. */
  onFailure(answer: HttpAnswer): void;
}

/** @throws Error when Node refuses the host, the port or the CA bundle before it connects */
export function connectTls(host: string, server: HttpsEndpoint, listener: TlsListener): TLSSocket {
  const { trust, port } = server;
  const expected = expectedName(host, server);
  const pins = 'pinnedCertificateSha256' in trust ? trust.pinnedCertificateSha256.split(',') : null;
  const socket = connect({
    host,
    port,
    // An IP is no name for SNI (RFC 6066, 3).
    servername: isIP(expected) === 0 ? expected : '',
    // TLS 1.2: a server may ask for another handshake, and come with another certificate.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ALPNProtocols: ['http/1.1'],
    checkServerIdentity: (_host, certificate) => checkServerIdentity(expected, certificate),
    // A pinned certificate needs no authority. It is compared below, before anything is sent.
    ...('caBundle' in trust
      ? { ca: trust.caBundle, rejectUnauthorized: true }
      : { rejectUnauthorized: false }),
  });
  let state: 'connecting' | 'handshake' | 'verified' = 'connecting';
  socket.once('connect', () => {
    state = 'handshake';
    listener.onConnect();
  });
  socket.on('error', (error: Error) =>
    listener.onFailure(state === 'handshake' ? handshakeFailure(error) : otherFailure(error)),
  );
  // Mostly with an error, but nothing promises it. Later closes are the request's to tell.
  socket.once('close', () => {
    if (state !== 'verified') {
      listener.onFailure({ kind: 'tls-failed', detail: 'closed during the handshake' });
    }
  });
  socket.once('secureConnect', () => {
    const problem = pins === null ? undefined : pinProblem(socket, pins);
    if (problem !== undefined) {
      listener.onFailure(problem);
      return;
    }
    state = 'verified';
    listener.onVerified(socket);
  });
  return socket;
}

/** The name that the certificate must be good for; it stands in the request too. */
export function expectedName(host: string, { serverName }: HttpsEndpoint): string {
  return serverName ?? host;
}

/** That the server has the key to its certificate is part of the handshake itself. */
function pinProblem(socket: TLSSocket, pins: readonly string[]): HttpAnswer | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { kind: 'tls-failed', detail: 'no certificate' };
  const { fingerprint256, validFrom, validTo } = certificate;
  if (!pins.includes(fingerprint256.replaceAll(':', '').toLowerCase())) {
    return { kind: 'pin-mismatch', detail: `its SHA-256 is ${fingerprint256}` };
  }
  const now = Date.now();
  if (now > Date.parse(validTo)) return { kind: 'certificate-expired', detail: `on ${validTo}` };
  if (now < Date.parse(validFrom)) {
    return { kind: 'certificate-not-yet-valid', detail: `before ${validFrom}` };
  }
  return undefined;
}

/** Whoever is there speaks no TLS, or not with us, or shows a certificate that is not good. */
function handshakeFailure(error: Error): HttpAnswer {
  const kind = kindsByCode.get(codeOf(error));
  if (kind !== undefined) return { kind, detail: reasonOf(error) };
  const otherwise = silence(error);
  return otherwise.kind === 'not-asked' || otherwise.kind === 'timed-out'
    ? otherwise
    : { kind: 'tls-failed', detail: reasonOf(error) };
}

/** Before or after the handshake. In TLS 1.3 a server refuses us when for us it is over already. */
function otherFailure(error: Error): HttpAnswer {
  const isTls = /^ERR_(?:SSL|TLS)_/.test(codeOf(error));
  return isTls ? { kind: 'tls-failed', detail: reasonOf(error) } : silence(error);
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** OpenSSL's own words, without the line of its source; and without Node's hints for programmers. */
function reasonOf(error: Error): string {
  if ('reason' in error && typeof error.reason === 'string') return error.reason;
  return messageOf(error).split('; if ', 1)[0] ?? '';
}

/** Codes of OpenSSL's verification (X509_V_ERR_...) as Node names them, and Node's own. */
const kindsByCode: ReadonlyMap<string, UnverifiedKind> = new Map([
  ['CERT_HAS_EXPIRED', 'certificate-expired'],
  ['CERT_NOT_YET_VALID', 'certificate-not-yet-valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'name-mismatch'],
  ['HOSTNAME_MISMATCH', 'name-mismatch'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'unknown-authority'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unknown-authority'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unknown-authority'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown-authority'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unknown-authority'],
  ['CERT_UNTRUSTED', 'unknown-authority'],
  ['CERT_SIGNATURE_FAILURE', 'unknown-authority'],
  ['INVALID_CA', 'certificate-unfit'],
  ['INVALID_PURPOSE', 'certificate-unfit'],
  ['PATH_LENGTH_EXCEEDED', 'certificate-unfit'],
  ['CERT_CHAIN_TOO_LONG', 'certificate-unfit'],
  ['CERT_REVOKED', 'certificate-unfit'],
  ['CERT_REJECTED', 'certificate-unfit'],
  ['UNSPECIFIED', 'certificate-unfit'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'not-tls'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'not-tls'],
  ['ERR_SSL_HTTP_REQUEST', 'not-tls'],
]);
