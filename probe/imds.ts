/**
 * The instance metadata service, version 2: who this host is and which interfaces it has.
 * What can go wrong: it is late, slow, gone, or answers garbage. Every call has a deadline and a
 * bounded answer and is tried once: the next reading follows within a second or two.
 */
import { type IncomingMessage, request } from 'node:http';
import type { MetadataPort } from './ports.ts';

export interface ImdsOptions {
  /** @default 'http://169.254.169.254', the link-local address on EC2 */
  readonly endpoint?: string;
  readonly monotonicMs: () => number;
  /** For one request. It is answered from the host: milliseconds are usual. @default 1000 */
  readonly timeoutMs?: number;
}

const answerLimitBytes = 16 * 1024;
/** The longest that IMDSv2 gives. */
const tokenSeconds = 21_600;
const tokenRenewMs = (tokenSeconds / 2) * 1000;
/** More network interfaces than any instance type has in one list. */
const interfaceLimit = 64;

export interface Imds extends MetadataPort {
  /** Rejects when metadata does not answer. */
  hasInstanceProfile(signal: AbortSignal): Promise<boolean>;
}

export function createImds(options: ImdsOptions): Imds {
  const endpoint = options.endpoint ?? 'http://169.254.169.254';
  const timeoutMs = options.timeoutMs ?? 1000;
  const interfaceIds = new Map<string, string>();
  let token: { readonly text: string; readonly atMs: number } | undefined;

  const call = (
    method: string,
    path: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ) =>
    askMetadata({ url: new URL(`/latest/${path}`, endpoint), method, headers, timeoutMs, signal });

  const currentToken = async (signal: AbortSignal) => {
    if (token !== undefined && options.monotonicMs() - token.atMs < tokenRenewMs) return token.text;
    const answer = await call(
      'PUT',
      'api/token',
      { 'x-aws-ec2-metadata-token-ttl-seconds': String(tokenSeconds), 'content-length': '0' },
      signal,
    );
    if (answer.status !== 200 || !/^[\x21-\x7e]{1,1024}$/.test(answer.text)) {
      throw new Error(`instance metadata gave no token (status ${answer.status})`);
    }
    token = { text: answer.text, atMs: options.monotonicMs() };
    return token.text;
  };

  const read = async (path: string, signal: AbortSignal): Promise<string | undefined> => {
    const headers = { 'x-aws-ec2-metadata-token': await currentToken(signal) };
    const answer = await call('GET', `meta-data/${path}`, headers, signal);
    // The token is no longer known, for example after a stop and start: a new one next time.
    if (answer.status === 401) token = undefined;
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) {
      throw new Error(`instance metadata answers ${path} with status ${answer.status}`);
    }
    return answer.text;
  };

  return {
    async instanceId(signal) {
      const text = await read('instance-id', signal);
      if (text === undefined || !/^i-[0-9a-z]{1,32}$/.test(text)) {
        throw new Error('instance metadata gave no instance id');
      }
      return text;
    },

    async hasInstanceProfile(signal) {
      return (await read('iam/info', signal)) !== undefined;
    },

    async networkInterfaceIds(signal) {
      const list = await read('network/interfaces/macs/', signal);
      const macs = hardwareAddresses(list ?? '');
      if (macs.length === 0) throw new Error('instance metadata lists no network interfaces');
      // A hardware address belongs to one interface for its life, so each is asked for once.
      for (const known of interfaceIds.keys())
        if (!macs.includes(known)) interfaceIds.delete(known);
      for (const mac of macs.filter((each) => !interfaceIds.has(each))) {
        const id = await read(`network/interfaces/macs/${mac}/interface-id`, signal);
        // Not there yet: it is listed a moment before it is described.
        if (id !== undefined && /^eni-[0-9a-z]{1,32}$/.test(id)) interfaceIds.set(mac, id);
      }
      return [...interfaceIds.values()];
    },
  };
}

function hardwareAddresses(list: string): string[] {
  const found = list.match(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}(?=\/?$)/gim) ?? [];
  return found.slice(0, interfaceLimit);
}

interface Ask {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

function askMetadata(ask: Ask): Promise<{ readonly status: number; readonly text: string }> {
  const { url, method, headers, timeoutMs, signal } = ask;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false, signal });
    const deadline = setTimeout(
      () => outgoing.destroy(new Error(`instance metadata did not answer in ${timeoutMs} ms`)),
      timeoutMs,
    );
    outgoing.on('error', reject);
    outgoing.on('close', () => {
      clearTimeout(deadline);
      reject(new Error('instance metadata closed without an answer'));
    });
    outgoing.on('response', (response) => {
      readText(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, text }),
        reject,
      );
    });
    outgoing.end();
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    if (text.length > answerLimitBytes) throw new Error('instance metadata answers without an end');
  }
  return text.trim();
}
