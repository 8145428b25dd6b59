/**
 * Opens a TLS connection and verifies the server before anything is sent. No option and no variable of Node
 * turns the verification off.
 * What can go wrong: the certificate is another server's, expired, or of an unknown authority; the server
 * speaks no TLS, or breaks the handshake off. Each has its own kind of answer, because each has another cure.
 */
import { constants } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { messageOf } from '../workflow/model/errors.ts';
import type { HttpAnswer, UnverifiedKind } from '../workflow/model/info.ts';
import type { HttpsEndpoint } from '../workflow/model/server-endpoint.ts';
import { silence } from './silence.ts';

interface TlsListener {
  /** TCP is connected; the TLS handshake comes next. */
  onConnect(): void;
  /** Called once, when the server is verified. */
  onVerified(socket: TLSSocket): void;
  /** Called, perhaps more than once, when there is no verified connection. */
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
    // In TLS 1.2 a renegotiation may bring another certificate.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ALPNProtocols: ['http/1.1'],
    checkServerIdentity: (_host, certificate) => checkServerIdentity(expected, certificate),
    // A pinned certificate needs no authority: pinProblem compares it before anything is sent.
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
  // Usually an error comes before, but Node does not promise one. Later, the request reports the close.
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

/** The name that the certificate must be valid for. The request's Host header has the same name. */
export function expectedName(host: string, { serverName }: HttpsEndpoint): string {
  return serverName ?? host;
}

/** The handshake itself proves that the server has the certificate's key. */
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

/** The server speaks no TLS, refuses us, or shows a certificate that is not valid. */
function handshakeFailure(error: Error): HttpAnswer {
  const kind = kindsByCode.get(codeOf(error));
  if (kind !== undefined) return { kind, detail: reasonOf(error) };
  const otherwise = silence(error);
  return otherwise.kind === 'not-asked' || otherwise.kind === 'timed-out'
    ? otherwise
    : { kind: 'tls-failed', detail: reasonOf(error) };
}

/** Before or after the handshake: a TLS 1.3 server may refuse after the client's handshake is complete. */
function otherFailure(error: Error): HttpAnswer {
  const isTls = /^ERR_(?:SSL|TLS)_/.test(codeOf(error));
  return isTls ? { kind: 'tls-failed', detail: reasonOf(error) } : silence(error);
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** OpenSSL's words, without the line of its source and without Node's hints for programmers. */
function reasonOf(error: Error): string {
  if ('reason' in error && typeof error.reason === 'string') return error.reason;
  return messageOf(error).split('; if ', 1)[0] ?? '';
}

/** Node's names of OpenSSL's verification errors (X509_V_ERR_...), and Node's own codes. */
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
