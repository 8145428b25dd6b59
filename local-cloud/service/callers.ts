/**
 * Who holds which access key. Every session of a role gets one, so that each call can be told apart
 * by its caller, in process and over HTTP.
 */
import type { Caller } from './service.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Who uses a role's credentials, and what requests tell of it. */
export type Session = Pick<Caller, 'sessionName' | 'sourceFunctionArn' | 'sourceInstanceArn'>;

export interface Callers {
  /** The access key of the principal, or of one session of it: the same one whenever asked. */
  issue(principalArn: string, session?: Session): Credentials;
  /** Who signs with this key; undefined when nobody does. */
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
      // Plainly no key of AWS: those begin with AKIA or ASIA.
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
