/**
 * What an answer to `GET /v1/info` means: is this a coordinator that can be used, and which one. Knows
 * PrestoDB, Trino before 477 and Trino since 477.
 * What can go wrong: anything may answer - a worker, a proxy's error page, a server that is still starting
 * (200, `starting: true`), garbage. Each is an outcome with a name. Nothing here throws.
 */

/** What came back from one request. `info-client/get-info.ts` makes it. */
export type HttpAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The header as sent; empty when there was none. */
      readonly contentType: string;
      /** UTF-8 text, at most as long as the limit that was asked for. */
      readonly body: string;
      /** The body was longer than the limit; `body` is its beginning. */
      readonly truncated: boolean;
    }
  | { readonly kind: SilentKind; readonly detail: string };

/** Why no answer counts. */
type SilentKind =
  /** The host says that nothing listens on the port. */
  | 'refused'
  /** The connection was broken off. */
  | 'reset'
  /** No connection, no headers, or an endless body. */
  | 'timed-out'
  /** No route, no such name. */
  | 'unreachable'
  /** Another protocol, broken headers. */
  | 'not-http'
  | UnverifiedKind
  /** Never made, or called off on our side: says nothing about the server. */
  | 'not-asked';

/**
 * Something answers that cannot be verified. The reason may be on our side: with a wrong CA bundle, pin, name
 * or port all servers look like this (docs/decisions/0006).
 */
export type UnverifiedKind =
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  /** The chain ends at no authority of the CA bundle. */
  | 'unknown-authority'
  /** The certificate is good, but for another name. */
  | 'name-mismatch'
  /** Not one of the pinned certificates. */
  | 'pin-mismatch'
  /** Verification failed for another reason: revoked, not for servers, a weak key. */
  | 'certificate-unfit'
  /** No TLS connection, for another reason. */
  | 'tls-failed'
  /** HTTPS was asked, and HTTP is spoken. */
  | 'not-tls'
  /** HTTP was asked, and TLS is spoken. */
  | 'tls-instead';

/** Permanent names: executions, logs and reports hold them. */
export type InfoOutcome =
  | SilentKind
  | 'ready'
  | 'starting'
  | 'not-coordinator'
  /** 406: what Trino and PrestoDB answer to requests with X-Forwarded headers. */
  | 'not-acceptable'
  /** 5xx */
  | 'server-error'
  /** Any other status than 200. */
  | 'wrong-status'
  | 'too-large'
  | 'empty'
  | 'html'
  | 'not-json'
  /** JSON, but not of a Presto or Trino server. */
  | 'not-info';

export interface InfoReading {
  readonly outcome: InfoOutcome;
  readonly ready: boolean;
  /** Something answered, if only with a refusal: the path to the host works. */
  readonly reached: boolean;
  /** Goes on after the name of who was asked: "is ready: version 477, up 3.20m". */
  readonly sentence: string;
  /**
   * Trino since 477: the coordinatorId, new for every JVM. Not the nodeId: where a file fixes node.id, it
   * survives restarts and is the same on all hosts of one image.
   */
  readonly identity?: string;
  readonly uptimeSeconds?: number;
  readonly environment?: string;
  readonly version?: string;
  /** Trino since 477: ACTIVE, SHUTTING_DOWN ... Not part of being ready. */
  readonly state?: string;
  /** The first 1 KB of the answer, for the record. */
  readonly kept?: string;
}

/** Characters of an answer in the record: an execution may carry 256 KiB in all. */
export const keptCharacters = 1024;

/** Of a version, an environment or an id: none is longer in practice. */
const wordCharacters = 128;

/** Reads one answer. Never throws. */
export function readInfo(answer: HttpAnswer): InfoReading {
  if (answer.kind !== 'answered') {
    return {
      outcome: answer.kind,
      ready: false,
      reached: !unreachedKinds.has(answer.kind),
      sentence: `${silentKindSentences[answer.kind]} (${tidy(answer.detail, 200)})`,
    };
  }
  const reading = readStatus(answer.status) ?? readBody(answer);
  const kept = tidy(answer.body, keptCharacters);
  return { ...reading, reached: true, ...(kept === '' ? {} : { kept }) };
}

/**
 * Did the same JVM answer twice, `before` not later than `after`? Undefined where that cannot be told. From
 * the uptime alone (PrestoDB, Trino before 477) `true` is no proof: two servers that were started together
 * look the same.
 */
export function sameCoordinator(before: JvmFacts, after: JvmFacts): boolean | undefined {
  if (before.identity !== undefined && after.identity !== undefined) {
    return before.identity === after.identity;
  }
  if (before.uptimeSeconds === undefined || after.uptimeSeconds === undefined) return undefined;
  // An uptime is printed with two decimals in a unit of which it is at least 1, so it is up to 1 %
  // off; 2 s are for two requests on their way at the same time.
  return after.uptimeSeconds >= before.uptimeSeconds * 0.99 - 2;
}

type JvmFacts = Pick<InfoReading, 'identity' | 'uptimeSeconds'>;

/**
 * Seconds of a duration as airlift prints it ("10.55h", "3.20m", "12.00s"); undefined for anything else.
 * Source: io.airlift.units.Duration, which knows exactly these units.
 */
export function durationSeconds(text: unknown): number | undefined {
  if (typeof text !== 'string' || text.length > 40) return undefined;
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : secondsPerUnit.get(unit);
  return factor === undefined ? undefined : Number(amount) * factor;
}

const secondsPerUnit: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-9],
  ['us', 1e-6],
  ['ms', 1e-3],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
]);

const silentKindSentences: Readonly<Record<SilentKind, string>> = {
  refused: 'refuses connections: nothing listens on the port',
  reset: 'broke the connection off',
  'timed-out': 'did not answer in time',
  unreachable: 'cannot be reached',
  'not-http': 'answers, but not in HTTP',
  'not-asked': 'was not asked',
  'certificate-expired': 'presents a certificate that has expired',
  'certificate-not-yet-valid': 'presents a certificate that is not valid yet',
  'unknown-authority': 'presents a certificate of an authority that is not in the CA bundle',
  'name-mismatch': 'presents a certificate for another name',
  'pin-mismatch': 'presents another certificate than the pinned one',
  'certificate-unfit': 'presents a certificate that cannot be verified',
  'tls-failed': 'does not come to a TLS connection',
  'not-tls': 'answers without TLS: HTTP seems to be spoken on the HTTPS port',
  'tls-instead': 'answers in TLS: HTTPS seems to be spoken on the HTTP port',
};

const unverifiedKinds: ReadonlySet<string> = new Set<UnverifiedKind>([
  'certificate-expired',
  'certificate-not-yet-valid',
  'unknown-authority',
  'name-mismatch',
  'pin-mismatch',
  'certificate-unfit',
  'tls-failed',
  'not-tls',
  'tls-instead',
]);

export function isUnverified(outcome: string): boolean {
  return unverifiedKinds.has(outcome);
}

/** Every other outcome shows a way to the host. */
const unreachedKinds: ReadonlySet<string> = new Set<SilentKind>([
  'timed-out',
  'unreachable',
  'not-asked',
]);

type Reading = Omit<InfoReading, 'reached' | 'kept'>;

function notReady(outcome: InfoOutcome, sentence: string): Reading {
  return { outcome, ready: false, sentence };
}

function readStatus(status: number): Reading | undefined {
  if (status === 200) return undefined;
  if (status === 406) {
    return notReady(
      'not-acceptable',
      'answers 406: the server refuses X-Forwarded headers, so a proxy seems to stand in between',
    );
  }
  if (status >= 500) return notReady('server-error', `answers with an error, status ${status}`);
  return notReady('wrong-status', `answers with status ${status} instead of 200`);
}

function readBody(answer: HttpAnswer & { kind: 'answered' }): Reading {
  if (answer.truncated) {
    return notReady('too-large', 'answers with more than /v1/info ever says');
  }
  // Some proxies put a byte order mark in front; JSON.parse does not take it. To trim, it is a space.
  const text = answer.body.trim();
  if (text === '') return notReady('empty', 'answers 200 with an empty body');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return text.startsWith('<') || /^text\/html/i.test(answer.contentType)
      ? notReady('html', 'answers with a web page: something other than the server is there')
      : notReady('not-json', 'answers 200 with something that is not JSON');
  }
  return readServerInfo(parsed);
}

function readServerInfo(info: unknown): Reading {
  if (!isRecord(info)) return notReady('not-info', 'answers with JSON that is not a server info');
  // Being ready depends on these two, so they must be exactly right.
  for (const name of ['coordinator', 'starting']) {
    if (typeof info[name] !== 'boolean') {
      const shown = tidy(JSON.stringify(info[name]) ?? 'missing', 60);
      return notReady(
        'not-info',
        `answers with JSON whose "${name}" is ${shown}, not true or false`,
      );
    }
  }
  const facts = serverFacts(info);
  const about = aboutServer(facts, info.uptime);
  if (info.coordinator !== true) {
    return { ...notReady('not-coordinator', `is a worker, not a coordinator${about}`), ...facts };
  }
  if (info.starting !== false) {
    return { ...notReady('starting', `is still starting${about}`), ...facts };
  }
  return { outcome: 'ready', ready: true, sentence: `is ready${about}`, ...facts };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type ServerFacts = Pick<
  InfoReading,
  'identity' | 'uptimeSeconds' | 'environment' | 'version' | 'state'
>;

/** Only what is there and of the right type: a strange uptime makes no coordinator unusable. */
function serverFacts(info: Readonly<Record<string, unknown>>): ServerFacts {
  const { nodeVersion } = info;
  const identity = word(info.coordinatorId);
  const uptimeSeconds = durationSeconds(info.uptime);
  const environment = word(info.environment);
  const version =
    typeof nodeVersion === 'object' && nodeVersion !== null && 'version' in nodeVersion
      ? word(nodeVersion.version)
      : undefined;
  const state = word(info.state);
  return {
    ...(identity === undefined ? undefined : { identity }),
    ...(uptimeSeconds === undefined ? undefined : { uptimeSeconds }),
    ...(environment === undefined ? undefined : { environment }),
    ...(version === undefined ? undefined : { version }),
    ...(state === undefined ? undefined : { state }),
  };
}

function aboutServer(facts: ServerFacts, uptime: unknown): string {
  const parts: string[] = [];
  if (facts.version !== undefined) parts.push(`version ${facts.version}`);
  if (facts.environment !== undefined) parts.push(`environment ${facts.environment}`);
  if (facts.uptimeSeconds !== undefined) parts.push(`up ${tidy(String(uptime), 40).trim()}`);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function word(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return tidy(value, wordCharacters);
}

/** Cut, and without control characters and halves of characters, which grow up to 6-fold in JSON. */
function tidy(text: string, characters: number): string {
  const kept = text.slice(0, characters);
  // Nearly every text, once a second.
  if (/^[ -~]*$/.test(kept)) return kept;
  return kept.toWellFormed().replace(/\p{Cc}/gu, ' ');
}
