/**
 * What people are told at the end of an execution: what happened, is it over, what to do now. It may
 * be read at three at night by somebody who has never seen this system.
 * What can go wrong: a lasting fault is looked at once a minute, and a message a minute is one that
 * nobody reads. So what was told a short while ago is not told again; the ENI remembers it as a tag.
 */
import type { Ending, Incident, IncidentRecord } from './incident.ts';
import { type News, newsOf } from './news.ts';
import { readRequest } from './request.ts';

export interface Notice {
  readonly record: IncidentRecord;
  /** The tag `tagKeys.notified` is to be set to this; `null` when nobody is told. */
  readonly notifiedTag: string | null;
}

/** The same is told again after so long. */
const quietMinutes = 60;

/** `notified` is the tag's value, `now` ISO 8601. Pure; never throws for a document of ours. */
export function noticeOf(incident: Incident, notified: string | null, now: string): Notice {
  const ending = endingOf(incident);
  const news = newsOf(incident, ending);
  const record = { at: now, ending, ...letter(incident, news) };
  if (news.topic === null) {
    return { record: { kind: 'quiet', ...record, sentence: news.quiet }, notifiedTag: null };
  }
  const topic = news.topic.replace(/\s+/g, '-').slice(0, longestTopic);
  const last = readNotified(notified, now);
  const mark = markOf(incident);
  // Its own mark: a try before this one was not heard, so nobody has been told yet.
  if (last?.topic === topic && last.mark !== mark) {
    const sentence = `People were told so at ${last.at} already.`;
    return { record: { kind: 'quiet', ...record, sentence }, notifiedTag: null };
  }
  const sentence = `People are told: ${news.subject}.`;
  return {
    record: { kind: 'told', ...record, sentence },
    notifiedTag: `${topic} ${now.slice(0, 19)}Z ${mark}`,
  };
}

/** Whether another execution gave the address away, and may be telling so in this very moment. */
export function mayBeToldByAnother(incident: Incident): boolean {
  const { attachment } = incident;
  if (endingOf(incident) !== 'failed-over') return false;
  return attachment?.kind !== 'attached' || attachment.found === true;
}

/** The end of the execution's name: who has told. */
function markOf({ execution }: Incident): string {
  return (execution.id.split(':').at(-1) ?? '').replace(/\s/g, '-').slice(-longestMark);
}

/** The end that the state "How did it end" leads to, in the same order. */
export function endingOf(incident: Incident): Ending {
  const { verdict, verification, attachment, termination } = incident;
  const outcome = verdict && 'outcome' in verdict ? verdict.outcome : 'undecided';
  if (outcome === 'refused' || outcome === 'undecided') return outcome;
  if (verdict?.kind === 'verdict' && verdict.dryRun) return 'dry-run';
  if (outcome === 'held-back' || outcome === 'incomplete' || outcome === 'closing') return outcome;
  if (verification?.kind === 'verified') return 'failed-over';
  // It has fenced, but others have moved the address since, and nothing more is done.
  if (outcome === 'paused') return 'paused';
  const hasMoved = attachment?.kind === 'attached' || termination?.kind === 'fenced';
  return hasMoved ? 'failed-over' : 'nothing-to-do';
}

/** A tag holds 256 characters, a time 20 of them, and two are blanks. */
const longestTopic = 190;
const longestMark = 40;
/** SNS: fewer than 100 ASCII characters, no line break. */
const longestSubject = 99;

function letter(incident: Incident, { subject, happened, over, todo }: News) {
  const { cluster, execution } = incident;
  const message = [
    `WHAT HAPPENED  ${happened}`,
    '',
    `IS IT OVER     ${over}`,
    '',
    'WHAT TO DO NOW',
    ...(todo.length > 0 ? todo : ['Nothing.']),
    '',
    `Cluster    ${cluster.clusterName}, address ${cluster.coordinatorAddress}`,
    `Started by ${readRequest(incident.request).startedBy}, at ${execution.startedAt}`,
    `Execution  ${execution.id}`,
  ].join('\n');
  return { subject: plain(`${cluster.clusterName}: ${subject}`), message };
}

function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, longestSubject);
}

function readNotified(
  tagValue: string | null,
  now: string,
): { readonly topic: string; readonly at: string; readonly mark: string } | null {
  const [, topic = '', at = '', mark = ''] = /^(\S+) (\S+Z)(?: (\S+))?$/.exec(tagValue ?? '') ?? [];
  const ageMs = Date.parse(now) - Date.parse(at);
  // A time in the future would keep everybody from being told: it is not taken.
  return ageMs >= 0 && ageMs < quietMinutes * 60_000 ? { topic, at, mark } : null;
}
