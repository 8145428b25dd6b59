/**
 * The independent client: what a user of the cluster would see. It asks the coordinator address
 * every 100 ms on a new connection and keeps every answer. It knows nothing of the failover. Over
 * HTTPS it verifies the certificate, as a user's client does.
 * What can go wrong: an address that drops packets answers nothing; each ask has its own timeout,
 * so asks overlap and their answers come out of order. They are kept in the order of asking.
 */

import { request } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '@coordinator-failover/local-cloud';

export interface ClientAnswer {
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** 200, a coordinator, and no longer starting. */
  readonly ready: boolean;
  /** Which process answered: Trino's coordinatorId, new for every JVM. */
  readonly identity?: string;
  /** For people: "ready", "starting", "HTTP 503", "timed out", "ECONNREFUSED". */
  readonly what: string;
}

export interface Client {
  /** All answers whose earlier asks have been answered too, in the order of asking. */
  answers(): readonly ClientAnswer[];
  stop(): void;
}

/** What is needed to find out when an outage was over. */
export const readyAnswersToBeOver = 10;

const everyMs = 100;
/** Longer than any healthy answer takes, short enough to see within seconds that one is missing. */
const timeoutMs = 1500;
/** /v1/info has some hundred bytes. */
const mostBytes = 64 * 1024;

export interface ClientOptions {
  readonly url: string;
  readonly clock: Clock;
  /** PEM of the authority by which HTTPS is verified. */
  readonly ca?: string | undefined;
}

/** Asks `url` + /v1/info until stopped. */
export function startClient(options: ClientOptions): Client {
  const { clock, ca } = options;
  const infoUrl = new URL('/v1/info', options.url);
  const asks: (ClientAnswer | undefined)[] = [];
  /** How many asks at the beginning have been answered: so many answers are in order. */
  let settled = 0;
  const timer = setInterval(() => {
    const place = asks.length;
    asks.push(undefined);
    void ask(infoUrl, clock, ca).then((answer) => {
      asks[place] = answer;
      while (asks[settled] !== undefined) settled += 1;
    });
  }, everyMs);
  return {
    answers: () => asks.slice(0, settled).filter((answer) => answer !== undefined),
    stop: () => clearInterval(timer),
  };
}

/** Asks once. Never rejects: whatever happens is an answer. `ca`: PEM, for HTTPS. */
export function ask(infoUrl: URL, clock: Clock, ca?: string): Promise<ClientAnswer> {
  const askedAt = clock.now();
  return new Promise((resolve) => {
    const settle = (seen: Pick<ClientAnswer, 'ready' | 'identity' | 'what'>) => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve({ askedAt, answeredAt: clock.now(), ...seen });
    };
    const send = infoUrl.protocol === 'https:' ? requestHttps : request;
    const outgoing = send(infoUrl, { agent: false, ca }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > mostBytes) settle({ ready: false, what: 'too long' });
      });
      response.on('end', () => settle(read(response.statusCode ?? 0, body)));
      response.on('error', (error) => settle(brokenOff(error)));
    });
    const timer = setTimeout(() => settle({ ready: false, what: 'timed out' }), timeoutMs);
    outgoing.on('error', (error) => settle(brokenOff(error)));
    outgoing.end();
  });
}

export type ClientOutage =
  /** Nobody else has answered, and the client was served all along after the fault. */
  | { readonly kind: 'none' }
  /** Not over at the last answer: `unanswered` is what the client saw last. */
  | { readonly kind: 'lasting'; readonly sinceSeconds: number; readonly unanswered: string }
  | {
      readonly kind: 'over';
      readonly endedAt: number;
      readonly seconds: number;
      /** Which process took over. */
      readonly identity: string;
    };

/**
 * From the fault to the first of 10 consecutive ready answers by a different coordinator than the
 * one that answered before the fault. Answers before `faultAt` only say who that was.
 */
export function outage(answers: readonly ClientAnswer[], faultAt: number): ClientOutage {
  const before = answers.findLast((answer) => answer.ready && answer.answeredAt <= faultAt);
  const after = answers.filter((answer) => answer.askedAt >= faultAt);
  let run: ClientAnswer[] = [];
  for (const answer of after) {
    const other = answer.ready && answer.identity !== before?.identity;
    const continues = other && (run[0] === undefined || run[0].identity === answer.identity);
    run = continues ? [...run, answer] : other ? [answer] : [];
    const first = run[0];
    if (first?.identity !== undefined && run.length === readyAnswersToBeOver) {
      const endedAt = first.answeredAt;
      return {
        kind: 'over',
        endedAt,
        seconds: (endedAt - faultAt) / 1000,
        identity: first.identity,
      };
    }
  }
  const last = after.at(-1);
  if (last === undefined || last.ready) return { kind: 'none' };
  return {
    kind: 'lasting',
    sinceSeconds: (last.answeredAt - faultAt) / 1000,
    unanswered: last.what,
  };
}

function read(status: number, body: string): Pick<ClientAnswer, 'ready' | 'identity' | 'what'> {
  if (status !== 200) return { ready: false, what: `HTTP ${status}` };
  const info = parseInfo(body);
  if (info === undefined) return { ready: false, what: 'not JSON' };
  const { coordinator, starting, coordinatorId } = info;
  const identity = typeof coordinatorId === 'string' ? { identity: coordinatorId } : {};
  if (coordinator !== true) return { ready: false, what: 'not a coordinator', ...identity };
  if (starting !== false) return { ready: false, what: 'starting', ...identity };
  return { ready: true, what: 'ready', ...identity };
}

/** The drill does not use the workflow's own reader here: a witness must not share its mistakes. */
function parseInfo(body: string): Record<string, unknown> | undefined {
  try {
    const info: unknown = JSON.parse(body);
    return typeof info === 'object' && info !== null ? { ...info } : undefined;
  } catch {
    return undefined;
  }
}

function brokenOff(error: NodeJS.ErrnoException): Pick<ClientAnswer, 'ready' | 'what'> {
  return { ready: false, what: error.code ?? error.message };
}
