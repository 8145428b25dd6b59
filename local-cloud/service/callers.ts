/**
 * Access keys. Every session of a role has a key, so that the caller of each call is known, in
 * process and over HTTP.
 */
import type { Caller } from './service.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A user of a role's credentials, as requests show it. */
export type Session = Pick<Caller, 'sessionName' | 'sourceFunctionArn' | 'sourceInstanceArn'>;

export interface Callers {
  /** The access key of the principal, or of one session. Always the same key. */
  issue(principalArn: string, session?: Session): Credentials;
  /** The caller with this key; undefined for an unknown key. */
  find(accessKeyId: string): Caller | undefined;
}

export function createCallers(): Callers {
  const credentialsByPrincipal = new Map<string, Credentials>();
  const callersByKey = new Map<string, Caller>();
  return {
    issue(principalArn, session = {}) {
      const name = `${principalArn} ${session.sessionName ?? ''}`;
      const known = credentialsByPrincipal.get(name);
      if (known !== undefined) return known;
      const number = String(credentialsByPrincipal.size + 1).padStart(6, '0');
      // Not a key of AWS, which begins with AKIA or ASIA.
      const credentials = {
        accessKeyId: `LOCALCLOUDKEY${number}`,
        secretAccessKey: `local-cloud-secret-${number}`,
      };
      credentialsByPrincipal.set(name, credentials);
      callersByKey.set(credentials.accessKeyId, {
        accessKeyId: credentials.accessKeyId,
        principalArn,
        ...session,
      });
      return credentials;
    },
    find: (accessKeyId) => callersByKey.get(accessKeyId),
  };
}
