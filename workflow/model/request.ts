/**
 * What an execution is started with: made here for the command line, read here for the functions.
 * What can go wrong: anything may arrive. What is no object is taken as {}, an observation that acts only if
 * the coordinator has failed. A person's request with an unknown or contradictory key is refused: the
 * execution ends with a sentence and touches nothing.
 */
import { isObject, mustBe, shown } from './fields.ts';

/** What a person may ask for, as JSON; every key is optional. */
export interface PersonsRequest {
  /** Why. Recorded; `force` and `switchover` need it. */
  readonly reason?: string;
  /** Move the address to a ready standby, although the rules wait for a person. */
  readonly force?: boolean;
  /** Move the address from a coordinator that works to a ready standby. */
  readonly switchover?: boolean;
  /**
   * Move the address from a coordinator of another launch template version, which works, to a ready standby
   * of the cluster's version. Without such a standby one is launched and the execution ends: ask again.
   */
  readonly upgrade?: boolean;
  /** The instance that is to take over. It must be fit to. */
  readonly standby?: string;
  /** Say what would be done, and do nothing. */
  readonly dryRun?: boolean;
  /** Who asks. */
  readonly by?: string;
}

export interface Request {
  readonly origin: 'event' | 'person';
  /** What started the execution, in words. */
  readonly startedBy: string;
  /** A person's name, or "a person"; `null` for an event. */
  readonly by: string | null;
  readonly reason: string | null;
  readonly force: boolean;
  readonly switchover: boolean;
  readonly upgrade: boolean;
  readonly standby: string | null;
  readonly dryRun: boolean;
  /** The instance that stops or is terminated, as EC2's event says. */
  readonly announcedEnd: string | null;
  /** Why the request is refused, a sentence each; empty when it is not. */
  readonly refusals: readonly string[];
  /** Says of an input that is no object that it was taken as {}. */
  readonly note?: string;
}

const moveKeys = ['force', 'switchover', 'upgrade'] as const;
const requestKeys = ['reason', ...moveKeys, 'standby', 'dryRun', 'by'] as const;

const allowedRequest =
  'Allowed: {} to look, "reason": "why", "by": "who", "dryRun": true, "standby": "i-...", ' +
  '"upgrade": true, or "switchover": true or "force": true together with a reason.';

const longestRequestText = 500;

/** The `input` of StartExecution, or why it would be refused. */
export function makeExecutionInput(
  request: PersonsRequest,
):
  | { readonly kind: 'input'; readonly input: string }
  | { readonly kind: 'refused'; readonly refusals: readonly string[] } {
  const given = Object.entries(request).filter(([, value]) => value !== undefined);
  const { refusals } = readPerson(Object.fromEntries(given));
  if (refusals.length > 0) return { kind: 'refused', refusals };
  return { kind: 'input', input: JSON.stringify(Object.fromEntries(given)) };
}

export function readRequest(input: unknown): Request {
  if (!isObject(input)) {
    const note = `The input ${shown(input)} is not an object and was taken as {}. ${allowedRequest}`;
    return { ...aPerson, note };
  }
  const event = readEvent(input);
  if (event === undefined) return readPerson(input);
  const mixed = requestKeys.filter((key) => key in input);
  const refusals =
    mixed.length === 0
      ? []
      : [`The input is an event and asks for ${mixed.join(', ')}: it can be one of both.`];
  const announcedEnd = readAnnouncedEnd(input);
  return { ...aPerson, origin: 'event', by: null, startedBy: event, announcedEnd, refusals };
}

const aPerson: Request = {
  origin: 'person',
  startedBy: 'a person',
  by: 'a person',
  reason: null,
  force: false,
  switchover: false,
  upgrade: false,
  standby: null,
  dryRun: false,
  announcedEnd: null,
  refusals: [],
};

/** A person asks for the address to move, whether or not the coordinator has failed. */
export function wantsMove({ force, switchover }: Request): boolean {
  return force || switchover;
}

function readPerson(input: object): Request {
  const given = new Map<string, unknown>(Object.entries(input));
  const refusals = [...unknownKeyProblems(given), ...valueProblems(given)];
  const by = textOf(given.get('by')) ?? 'a person';
  const reason = textOf(given.get('reason'));
  const moves = moveKeys.filter((key) => given.get(key) === true);
  const unexplained = moves.find((key) => key !== 'upgrade');
  if (unexplained !== undefined && reason === null && refusals.length === 0) {
    refusals.push(`"${unexplained}" needs a "reason". ${allowedRequest}`);
  }
  if (moves.length > 1) {
    const keys = moves.map((key) => `"${key}"`).join(' and ');
    refusals.push(`${keys} are different moves: ask for one. ${allowedRequest}`);
  }
  const followed = refusals.length === 0;
  return {
    origin: 'person',
    startedBy: reason === null ? by : `${by}: ${reason}`,
    by,
    reason,
    force: followed && moves.includes('force'),
    switchover: followed && moves.includes('switchover'),
    upgrade: followed && moves.includes('upgrade'),
    standby: followed ? textOf(given.get('standby')) : null,
    dryRun: followed && given.get('dryRun') === true,
    announcedEnd: null,
    refusals,
  };
}

function unknownKeyProblems(given: ReadonlyMap<string, unknown>): string[] {
  const known: readonly string[] = requestKeys;
  const unknownKeys = [...given.keys()].filter((key) => !known.includes(key));
  if (unknownKeys.length === 0) return [];
  const keys = cut(unknownKeys.map(shown).join(', '));
  return [`The input has unknown keys (${keys}). ${allowedRequest}`];
}

function valueProblems(given: ReadonlyMap<string, unknown>): string[] {
  return [...given].flatMap(([key, value]) => {
    const rule = valueRules.get(key);
    if (rule === undefined || rule.fits(value)) return [];
    return [mustBe(`"${key}"`, value, rule.allowed)];
  });
}

interface ValueRule {
  readonly allowed: string;
  fits(value: unknown): boolean;
}

const textRule: ValueRule = {
  allowed: `a text of 1 to ${longestRequestText} characters`,
  fits: (value) =>
    typeof value === 'string' && value.trim() !== '' && value.length <= longestRequestText,
};
const booleanRule: ValueRule = {
  allowed: 'true or false',
  fits: (value) => typeof value === 'boolean',
};
const valueRules: ReadonlyMap<string, ValueRule> = new Map([
  ['reason', textRule],
  ['by', textRule],
  ['force', booleanRule],
  ['switchover', booleanRule],
  ['upgrade', booleanRule],
  ['dryRun', booleanRule],
  [
    'standby',
    {
      allowed: 'an instance id such as "i-0123456789abcdef0"',
      fits: (value) => typeof value === 'string' && /^i-[0-9a-f]{8,17}$/.test(value),
    },
  ],
]);

/** An EventBridge event has `detail-type` and `source`. */
function readEvent(input: object): string | undefined {
  if (!('source' in input) || !('detail-type' in input)) return undefined;
  const { source, 'detail-type': detailType } = input;
  if (typeof source !== 'string' || typeof detailType !== 'string') return undefined;
  return `${detailType} (${source})${subject(input)}`;
}

/** From EC2 Instance State-change Notification; null for other events and states. */
function readAnnouncedEnd(event: object): string | null {
  const detail: object = Object(Reflect.get(event, 'detail'));
  if (Reflect.get(event, 'source') !== 'aws.ec2') return null;
  const isEnd = ['stopping', 'shutting-down'].includes(String(Reflect.get(detail, 'state')));
  return isEnd ? textOf(Reflect.get(detail, 'instance-id')) : null;
}

function subject(event: object): string {
  const detail = 'detail' in event && typeof event.detail === 'object' ? event.detail : null;
  if (detail === null) return '';
  if ('alarmName' in detail) return `: ${String(detail.alarmName)}`;
  if ('instance-id' in detail && 'state' in detail) {
    return `: ${String(detail['instance-id'])} is ${String(detail.state)}`;
  }
  return '';
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? cut(value.trim()) : null;
}

function cut(text: string): string {
  return text.slice(0, longestRequestText);
}
