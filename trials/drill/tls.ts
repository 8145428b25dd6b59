/**
 * A drill over HTTPS: everybody outside of a machine asks over TLS and verifies by an authority of the
 * drill's own; HTTP is spoken on the machine itself only.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, createAuthority } from './private-authority.ts';

export interface DrillTls {
  readonly authority: Authority;
  /** Where a machine's own programs ask its server. No packet from outside gets there. */
  readonly httpPort: number;
}

/** `port` is the one that is reached from outside. */
export async function createTls(port: number): Promise<DrillTls> {
  const httpPort = port === 65_535 ? port - 1 : port + 1;
  return { authority: await createAuthority(), httpPort };
}

/** Values for the stack's parameters, as somebody would give them in the console's form. */
export function serverParameters(port: number, tls: DrillTls | undefined): Record<string, string> {
  if (tls === undefined) return { HttpPort: String(port) };
  return {
    HttpPort: String(tls.httpPort),
    HttpsPort: String(port),
    CaBundle: tls.authority.certificate.replaceAll('\n', '\\n'),
  };
}

/** Issues a certificate for these names, and where it lies, as arguments of the stand-in coordinator. */
export async function certificateArguments(
  { authority }: DrillTls,
  names: readonly string[],
  file: { readonly directory: string; readonly name: string },
): Promise<Record<string, string>> {
  const { certificate, key } = await authority.issue({ names });
  const certificateFile = join(file.directory, `${file.name}.certificate.pem`);
  const keyFile = join(file.directory, `${file.name}.key.pem`);
  await writeFile(certificateFile, certificate);
  await writeFile(keyFile, key, { mode: 0o600 });
  return { 'certificate-file': certificateFile, 'key-file': keyFile };
}
