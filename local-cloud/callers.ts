/**
 * Who holds which access key. Every role of the cloud gets one, so that each call can be told apart
 * by its caller, in process and over HTTP.
 */
import type { Caller } from './service.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Callers {
  /** The principal's access key: the same one whenever asked. */
  issue(principalArn: string): Credentials;
  /** Who signs with this key; undefined when nobody does. */
  find(accessKeyId: string): Caller | undefined;
}

export function createCallers(): Callers {
  const credentialsByPrincipal = new Map<string, Credentials>();
  const callersByKey = new Map<string, Caller>();
  return {
    issue(principalArn) {
      const known = credentialsByPrincipal.get(principalArn);
      if (known !== undefined) return known;
      const number = String(credentialsByPrincipal.size + 1).padStart(6, '0');
      // Plainly no key of AWS: those begin with AKIA or ASIA.
      const credentials = {
        accessKeyId: `LOCALCLOUDKEY${number}`,
        secretAccessKey: `local-cloud-secret-${number}`,
      };
      credentialsByPrincipal.set(principalArn, credentials);
      callersByKey.set(credentials.accessKeyId, {
        accessKeyId: credentials.accessKeyId,
        principalArn,
      });
      return credentials;
    },
    find: (accessKeyId) => callersByKey.get(accessKeyId),
  };
}
