/** Errors of Node and libuv -> why there is no answer. */
import { messageOf } from '../workflow/model/errors.ts';
import type { HttpAnswer } from '../workflow/model/info.ts';

export function silence(error: Error): HttpAnswer {
  const detail = messageOf(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code.startsWith('HPE_')) return { kind: isTls(error) ? 'tls-instead' : 'not-http', detail };
  return { kind: kindsByCode.get(code) ?? 'unreachable', detail };
}

/** Every other code means that no way leads to the host. */
const kindsByCode: ReadonlyMap<string, 'refused' | 'reset' | 'timed-out' | 'not-asked'> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['ETIMEDOUT', 'timed-out'],
  // Our own side is out of files, memory or ports.
  ['EMFILE', 'not-asked'],
  ['ENFILE', 'not-asked'],
  ['ENOBUFS', 'not-asked'],
  ['ENOMEM', 'not-asked'],
  ['EADDRNOTAVAIL', 'not-asked'],
]);

/** A TLS server answers plain text with an alert: content type 21, then version 3.x (RFC 8446, 5.1). */
function isTls(error: Error): boolean {
  const packet: unknown = 'rawPacket' in error ? error.rawPacket : undefined;
  return packet instanceof Uint8Array && packet[0] === 21 && packet[1] === 3;
}
