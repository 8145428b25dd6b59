/**
 * The values of all tags (names.ts has the keys): formats, writers and readers. A value has at most 256
 * characters (EC2).
 * What can go wrong: a tag that a person has garbled. What cannot be read leads to touching nothing.
 */
import type { Cluster } from './cluster.ts';
import type { RuleName } from './incident.ts';

// On a coordinator: slot, generation, template-version. As what it was launched.

/** A slot or a generation; null for anything else, which is not ours. */
export function readSmallNumber(tagValue: string | undefined): number | null {
  return tagValue !== undefined && /^[1-9]\d{0,8}$/.test(tagValue) ? Number(tagValue) : null;
}

/** `lt-0123456789abcdef0:3`. With the id, as a new template begins again at version 1. */
export function templateVersionOf({
  launchTemplateId,
  launchTemplateVersion,
}: Pick<Cluster, 'launchTemplateId' | 'launchTemplateVersion'>): string {
  return `${launchTemplateId}:${launchTemplateVersion}`;
}

export interface TemplateVersion {
  readonly launchTemplateId: string;
  readonly launchTemplateVersion: string;
}

/** Null for a value that is not ours. */
export function readTemplateVersion(tagValue: string | null): TemplateVersion | null {
  const [, launchTemplateId, launchTemplateVersion] =
    /^(lt-[0-9a-f]+):(\d+)$/.exec(tagValue ?? '') ?? [];
  return launchTemplateId === undefined || launchTemplateVersion === undefined
    ? null
    : { launchTemplateId, launchTemplateVersion };
}

// On a coordinator: retired. Why it never gets the address again, by which execution and, of a standby, when.

export const surplusReason = 'surplus';
const requestedReason = 'requested';
const upgradeReason = 'outdated';
const askedReasons: readonly string[] = [requestedReason, upgradeReason];

/** Counted together: of standbys that were replaced. */
const unhealthyReasons = ['not ready in time', 'reached by nobody'] as const;
export type UnhealthyReason = (typeof unhealthyReasons)[number];

export type ScaleInReason = typeof surplusReason | UnhealthyReason;

/** `surplus: EXECUTION 2026-10-02T12:00:00Z`. */
export function scaledInTag(why: ScaleInReason, executionId: string, now: string): string {
  return `${why}: ${executionId} ${now}`;
}

/**
 * Of the active: the execution. Where a person asked for the move, with the rule and the standby:
 * `outdated: EXECUTION`, `requested: EXECUTION to i-0123456789abcdef0`.
 */
export function fencedTag(rule: RuleName, executionId: string, standby: string | null): string {
  if (!isAskedFor(rule)) return executionId;
  return `${rule}: ${executionId}${standby === null ? '' : ` to ${standby}`}`;
}

/** A person asked for the move: no sign of how often the cluster fails. */
export function isAskedFor(rule: RuleName): boolean {
  return askedReasons.includes(rule);
}

/** A person's upgrade moved the address off it. */
export function isUpgraded(retired: string | null): boolean {
  return saysOneOf(retired, [upgradeReason]);
}

/** The standby that a person asked for; null where none. */
export function standbyAskedFor(retired: string | null): string | null {
  return saysOneOf(retired, askedReasons)
    ? (/ to (i-[0-9a-f]+)$/.exec(retired ?? '')?.[1] ?? null)
    : null;
}

/** When a standby was replaced as unhealthy, in milliseconds since the epoch; null for any other reason. */
export function replacedAt(retired: string | null): number | null {
  return saysOneOf(retired, unhealthyReasons) ? Date.parse(retired?.split(' ').at(-1) ?? '') : null;
}

/** Not unhealthy as far as is known: surplus, or a person asked for the move. */
export function isNoFailure(retired: string | null): boolean {
  return saysOneOf(retired, [surplusReason, ...askedReasons]);
}

// On the network interface: failovers. The times of the recent ones.

/** Two executions of one incident fence within seconds of each other; a second failover takes longer. */
const sameFailoverMs = 10_000;

/** 20 times of 10 digits with a blank between them are 219 characters. */
const mostTimes = 20;

/** ISO times, oldest first. What is no time is left out: a person may have edited the tag. */
export function readFailoverTimes(tagValue: string | undefined): string[] {
  return (tagValue ?? '')
    .split(/\s+/)
    .filter((word) => /^\d{9,11}$/.test(word))
    .map((word) => new Date(Number(word) * 1000).toISOString());
}

/** The tag's new value: the failovers within the window, and this one. */
export function addFailoverTime(
  earlier: readonly string[],
  at: string,
  windowMinutes: number,
): string {
  const others = failoversWithin(earlier, at, windowMinutes).filter(
    (time) => Math.abs(Date.parse(at) - Date.parse(time)) >= sameFailoverMs,
  );
  return [...others, at]
    .slice(-mostTimes)
    .map((time) => String(Math.floor(Date.parse(time) / 1000)))
    .join(' ');
}

/**
 * An attachment fails over once, although several executions may find it: a time later than the attachment
 * is that of its own failover. Some seconds are for clocks that differ, and for a late execution of the
 * failover before.
 */
export function isCounted(times: readonly string[], attachedAt: string): boolean {
  return times.some((time) => Date.parse(time) > Date.parse(attachedAt) + sameFailoverMs);
}

export function failoversWithin(
  times: readonly string[],
  now: string,
  windowMinutes: number,
): string[] {
  const oldest = Date.parse(now) - windowMinutes * 60_000;
  return times.filter((time) => Date.parse(time) > oldest);
}

// On the network interface: stack-deleting. The tag counts, with any value.

/** `since 2026-10-02T12:00:00.000Z for REQUEST`. */
export function stackDeletingTagValue(now: string, requestId: string): string {
  return `since ${now} for ${requestId}`;
}

// On the network interface: notified. What people were last told, when, and by which execution.

export interface Notified {
  /** Of `notifiedTopic`. */
  readonly topic: string;
  /** ISO 8601, whole seconds. */
  readonly at: string;
  /** Of `notifiedMark`: the execution that told people. May be empty. */
  readonly mark: string;
}

/** `TOPIC 2026-10-02T12:00:00Z MARK`. */
export function notifiedTagValue({ topic, at, mark }: Notified): string {
  return `${topic} ${wholeSeconds(at)} ${mark}`;
}

/** The time takes 20 of the 256 characters, and two are blanks. */
const longestTopic = 190;
const longestMark = 40;

/** The topic of a message as one word. */
export function notifiedTopic(words: string): string {
  return words.replace(/\s+/g, '-').slice(0, longestTopic);
}

/** The end of the execution's name. */
export function notifiedMark(executionId: string): string {
  return (executionId.split(':').at(-1) ?? '').replace(/\s/g, '-').slice(-longestMark);
}

/** Null without the tag, or when it cannot be read. */
export function readNotified(tagValue: string | null): Notified | null {
  const [, topic, at, mark = ''] = /^(\S+) (\S+Z)(?: (\S+))?$/.exec(tagValue ?? '') ?? [];
  return topic === undefined || !isTime(at) ? null : { topic, at, mark };
}

// On the network interface: paused, acknowledged. From operators, by the command line or in the EC2 console.
// A garbled pause still pauses, a garbled acknowledgement acknowledges nothing.

export interface Pause {
  /** ISO 8601; `null` = until somebody resumes. */
  readonly until: string | null;
  readonly since: string;
  readonly by: string;
  readonly reason: string;
}

export type PauseState =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'paused'; readonly sentence: string } & Pause)
  /** Its end has passed: no pause any more. */
  | ({ readonly kind: 'ended'; readonly sentence: string } & Pause)
  /** Pauses. */
  | { readonly kind: 'unreadable'; readonly value: string; readonly sentence: string };

export interface Acknowledgement {
  /** ISO 8601. Failovers up to this time do not count for the rule `failover-limit`. */
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

export type AcknowledgementState =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'acknowledged'; readonly sentence: string } & Acknowledgement)
  /** Acknowledges nothing. */
  | { readonly kind: 'unreadable'; readonly value: string; readonly sentence: string };

const longestOperatorTagReason = 120;
const longestOperatorTagBy = 70;
/** A longer pause is one without an end. */
export const longestPauseDays = 30;

/**
 * Value of the tag `tagKeys.paused`, at most 256 characters:
 * `until 2026-10-02T19:04:40Z since 2026-10-02T17:04:40Z by alice: kernel upgrade`, or `until resumed since ...`.
 * Ask `operatorTagProblems` first: what is too long is cut.
 */
export function pausedTagValue({ until, since, by, reason }: Pause): string {
  const end = until === null ? 'resumed' : wholeSeconds(until);
  return `until ${end} since ${wholeSeconds(since)} by ${shortBy(by)}: ${shortReason(reason)}`;
}

/**
 * Value of the tag `tagKeys.acknowledged`, at most 256 characters:
 * `2026-10-02T17:04:40Z by alice: the bad image is gone`.
 */
export function acknowledgedTagValue({ at, by, reason }: Acknowledgement): string {
  return `${wholeSeconds(at)} by ${shortBy(by)}: ${shortReason(reason)}`;
}

/** What is wrong with what a person typed for an operator tag, a sentence each. */
export function operatorTagProblems({ by, reason }: { by: string; reason: string }): string[] {
  const problems: string[] = [];
  if (oneLine(by) === '') problems.push('Who asks is empty, but must be a name.');
  if (oneLine(reason) === '') problems.push('The reason is empty, but must say why.');
  if (oneLine(reason).length > longestOperatorTagReason) {
    problems.push(
      `The reason has ${oneLine(reason).length} characters, but may have at most ${longestOperatorTagReason}.`,
    );
  }
  return problems;
}

/** `tagValue` is null or undefined when there is no such tag; `now` is ISO 8601. */
export function readPause(tagValue: string | null | undefined, now: string): PauseState {
  if (tagValue === null || tagValue === undefined) return { kind: 'none' };
  const [, until, since, by, reason] = pausePattern.exec(tagValue) ?? [];
  const valid = isTime(since) && (until === 'resumed' || isTime(until));
  if (!valid || until === undefined || by === undefined || reason === undefined) {
    const sentence =
      `Paused: the tag is there, but its value ${quote(tagValue)} cannot be read. ` +
      'Resume removes it.';
    return { kind: 'unreadable', value: tagValue, sentence };
  }
  const pause = { until: until === 'resumed' ? null : until, since, by, reason };
  if (pause.until !== null && Date.parse(pause.until) <= Date.parse(now)) {
    const sentence = `The pause by ${by} since ${since} ended at ${until}: ${reason}`;
    return { kind: 'ended', ...pause, sentence };
  }
  const end = pause.until === null ? 'until somebody resumes' : `until ${until}`;
  return { kind: 'paused', ...pause, sentence: `Paused by ${by} since ${since} ${end}: ${reason}` };
}

/** As `readPause`. A time in the future is unreadable: it would switch the limit off. */
export function readAcknowledgement(
  tagValue: string | null | undefined,
  now: string,
): AcknowledgementState {
  if (tagValue === null || tagValue === undefined) return { kind: 'none' };
  const [, at, by, reason] = acknowledgedPattern.exec(tagValue) ?? [];
  const latest = Date.parse(now) + clockDifferenceMs;
  if (!isTime(at) || by === undefined || reason === undefined || Date.parse(at) > latest) {
    const sentence = `The acknowledgement ${quote(tagValue)} cannot be read, so it acknowledges nothing.`;
    return { kind: 'unreadable', value: tagValue, sentence };
  }
  const sentence = `Failovers until ${at} are acknowledged by ${by}: ${reason}`;
  return { kind: 'acknowledged', at, by, reason, sentence };
}

/** The failovers (ISO 8601) after the acknowledgement: these still count. */
export function withoutAcknowledged(
  failovers: readonly string[],
  state: AcknowledgementState,
): string[] {
  if (state.kind !== 'acknowledged') return [...failovers];
  return failovers.filter((time) => Date.parse(time) > Date.parse(state.at));
}

const pausePattern = /^until (\S+) since (\S+) by (.+?): (.+)$/;
const acknowledgedPattern = /^(\S+) by (.+?): (.+)$/;
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

/** An operator's clock may be ahead of Lambda's. */
const clockDifferenceMs = 5 * 60_000;

function saysOneOf(retired: string | null, reasons: readonly string[]): boolean {
  return reasons.some((why) => retired?.startsWith(`${why}: `));
}

function isTime(text: string | undefined): text is string {
  return text !== undefined && timePattern.test(text) && !Number.isNaN(Date.parse(text));
}

function wholeSeconds(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** The end of an ARN names a person. ": " ends the name in the tag, so the name holds none. */
function shortBy(by: string): string {
  const name = oneLine(by).replaceAll(': ', ':').replace(/:+$/, '') || 'somebody';
  return name.length <= longestOperatorTagBy ? name : `…${name.slice(1 - longestOperatorTagBy)}`;
}

function shortReason(reason: string): string {
  return oneLine(reason).slice(0, longestOperatorTagReason);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function quote(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}
