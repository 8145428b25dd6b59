/**
 * The levers that an operator leaves on the ENI as tags: automatic failover is paused, and failovers
 * that a person has acknowledged. The formats, their writers and their readers, in one place: the
 * command line writes them, the rules read them, and a person may set them in the EC2 console.
 * What can go wrong: a tag that somebody garbled. A garbled pause still pauses, a garbled
 * acknowledgement acknowledges nothing: both err on the side of touching nothing, and say so.
 */

export interface Pause {
  /** ISO 8601; `null` = until somebody resumes. */
  readonly until: string | null;
  readonly since: string;
  readonly by: string;
  readonly reason: string;
}

export type PauseState =
  | { readonly kind: 'none' }
  /** It holds now. */
  | ({ readonly kind: 'paused'; readonly sentence: string } & Pause)
  /** Its end has passed: that is no pause. */
  | ({ readonly kind: 'ended'; readonly sentence: string } & Pause)
  /** The tag is there but says nothing that can be read: it pauses, and says so. */
  | { readonly kind: 'unreadable'; readonly value: string; readonly sentence: string };

export interface Acknowledgement {
  /** ISO 8601. Failovers up to this time do not count for the rule "held". */
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

export type AcknowledgementState =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'acknowledged'; readonly sentence: string } & Acknowledgement)
  /** Acknowledges nothing. */
  | { readonly kind: 'unreadable'; readonly value: string; readonly sentence: string };

/** With these, every tag value stays within EC2's 256 characters. */
const longestLeverReason = 120;
const longestLeverBy = 70;
/** A pause that is meant to be longer is one without an end. */
export const longestPauseDays = 30;

/**
 * Value of the tag `tagKeys.paused`, at most 256 characters:
 * `until 2026-10-02T19:04:40Z since 2026-10-02T17:04:40Z by alice: kernel upgrade`, or `until resumed since ...`.
 * Ask `leverProblems` first: what is too long is cut here.
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

/** One sentence per thing that is wrong with what a person typed for a lever; none = go ahead. */
export function leverProblems({ by, reason }: { by: string; reason: string }): string[] {
  const problems: string[] = [];
  if (oneLine(by) === '') problems.push('Who asks is empty, but must be a name.');
  if (oneLine(reason) === '') problems.push('The reason is empty, but must say why.');
  if (oneLine(reason).length > longestLeverReason) {
    problems.push(
      `The reason has ${oneLine(reason).length} characters, but may have at most ${longestLeverReason}.`,
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

/** As `readPause`. A time in the future would switch the limit off, so it is not taken. */
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

/** The failovers (ISO 8601) that still count: those after what was acknowledged. */
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

function isTime(text: string | undefined): text is string {
  return text !== undefined && timePattern.test(text) && !Number.isNaN(Date.parse(text));
}

function wholeSeconds(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** The end of an ARN tells who it is. ": " ends the name in the tag, so there is none in it. */
function shortBy(by: string): string {
  const name = oneLine(by).replaceAll(': ', ':').replace(/:+$/, '') || 'somebody';
  return name.length <= longestLeverBy ? name : `…${name.slice(1 - longestLeverBy)}`;
}

function shortReason(reason: string): string {
  return oneLine(reason).slice(0, longestLeverReason);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function quote(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}
