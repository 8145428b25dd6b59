/**
 * What people are told at the end of an execution: what happened, is it over, what to do now; or why
 * nobody is told. It may be read at three at night by somebody who has never seen this system.
 * What can go wrong: a lasting fault is looked at once a minute, and a message a minute is one that
 * nobody reads. So what was told a short while ago is not told again; the ENI remembers it as a tag.
 */

import { endingOf } from '../model/ending.ts';
import {
  answerOf,
  attachedBy,
  decisionOf,
  standbyLaunchOf,
  standbyPickOf,
  surveyOf,
  terminationOf,
  verificationOf,
} from '../model/findings.ts';
import {
  addressTargetName,
  type Ending,
  type Incident,
  type IncidentRecord,
  type StandbyProblem,
} from '../model/incident.ts';
import { readRequest } from '../model/request.ts';
import {
  type Notified,
  notifiedMark,
  notifiedTagValue,
  notifiedTopic,
  readNotified,
} from '../model/tags.ts';
import { adviceOn, commandText } from './advice.ts';

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
  const record = { at: now, ending, topic: news.topic, ...letter(incident, news, ending) };
  if (news.topic === null) {
    return { record: { kind: 'quiet', ...record, sentence: news.quiet }, notifiedTag: null };
  }
  const topic = notifiedTopic(news.topic);
  const last = lastTold(notified, now);
  const mark = notifiedMark(incident.execution.id);
  // Its own mark: a try before this one was not heard, so nobody has been told yet.
  if (last?.topic === topic && last.mark !== mark) {
    const sentence = `People were told so at ${last.at} already.`;
    return { record: { kind: 'quiet', ...record, sentence }, notifiedTag: null };
  }
  const sentence = `People are told: ${news.subject}.`;
  return {
    record: { kind: 'notify', ...record, sentence },
    notifiedTag: notifiedTagValue({ topic, at: now, mark }),
  };
}

/** Whether another execution gave the address away, and may be telling so in this very moment. */
export function mayBeToldByAnother(incident: Incident): boolean {
  if (endingOf(incident) !== 'failed-over') return false;
  const attached = attachedBy(incident);
  return attached === null || attached.found === true;
}

/** SNS: fewer than 100 ASCII characters, no line break. */
const longestSubject = 99;

function letter(incident: Incident, news: News, ending: Ending) {
  const { subject, happened, over, first = [] } = news;
  const { cluster, execution } = incident;
  const message = [
    `WHAT HAPPENED  ${happened}`,
    '',
    `IS IT OVER     ${over}`,
    '',
    'WHAT TO DO NOW',
    ...first,
    ...adviceLines(incident, ending),
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

/** A time in the future would keep everybody from being told: it is not taken. */
function lastTold(tagValue: string | null, now: string): Notified | null {
  const told = readNotified(tagValue);
  if (told === null) return null;
  const ageMs = Date.parse(now) - Date.parse(told.at);
  return ageMs >= 0 && ageMs < quietMinutes * 60_000 ? told : null;
}

interface News {
  /** What the message is about: the same topic is not told twice in a row. `null` = nothing to tell. */
  readonly topic: string | null;
  /** Why nobody is told, where the topic is null. */
  readonly quiet: string;
  readonly subject: string;
  readonly happened: string;
  readonly over: string;
  /** What a person reads before the advice. */
  readonly first?: readonly string[];
}

function newsOf(incident: Incident, ending: Ending): News {
  const sentence = sentenceOf(incident);
  switch (ending) {
    case 'failed-over':
      return movedNews(incident);
    case 'waiting-for-operator':
      return heldNews(incident, sentence);
    case 'paused':
      return pausedNews(incident, sentence);
    case 'incomplete':
      return {
        ...news('incomplete', 'Failover incomplete: the coordinator is NOT back'),
        happened: `A failover has begun and could not be finished. ${sentence}`,
        over: 'No. The next try starts by itself, within minutes.',
      };
    case 'undecided':
      return undecidedNews(incident, sentence);
    case 'nothing-to-do':
      return standbyLaunchNews(incident, sentence);
    case 'stack-deleting':
      return {
        ...quietNews('Whoever deletes the stack knows.'),
        subject: 'Cluster is being taken down',
        happened: sentence,
        over: 'There was nothing to be over.',
      };
    default:
      return {
        ...askedNews,
        subject: ending === 'dry-run' ? 'Dry run' : 'Request refused',
        happened: `${sentence} Nothing was touched.`,
        over: 'There was nothing to be over.',
      };
  }
}

function undecidedNews(incident: Incident, sentence: string): News {
  const told = {
    ...news('undecided', 'Failover could not decide'),
    happened: `A function of the failover itself has failed, so nobody knows whether the coordinator is well. ${sentence}`,
    over: 'Unknown. The next observation starts by itself, within minutes.',
  };
  const isDryRun = incident.decision?.kind === 'undecided' && incident.decision.dryRun;
  return isDryRun ? { ...told, ...askedNews, subject: 'Dry run could not decide' } : told;
}

function movedNews(incident: Incident): News {
  const termination = terminationOf(incident);
  const verification = verificationOf(incident);
  const held = heldNow(incident);
  const to = held?.instanceId ?? 'nobody';
  const verified = verification?.kind === 'verified';
  const findings = [termination, standbyPickOf(incident), verification];
  const planned = termination?.rule === 'outdated';
  const subject = planned
    ? `Planned switchover to ${to}, version ${incident.cluster.launchTemplateVersion}`
    : `Coordinator moved to ${to}`;
  return {
    ...news(`moved ${held?.attachmentId ?? incident.execution.id}`, subject),
    happened: [
      ...(planned ? ['An upgrade was asked for; the coordinator had not failed.'] : []),
      sentenceOf(incident),
      ...findings.flatMap((finding) => finding?.sentence ?? []),
    ].join(' '),
    over: verified
      ? `Yes: the address answered at ${verification.at}. Queries that were running on the old coordinator have died; send them again.`
      : 'The address is on a coordinator, but it was not seen to answer there. Look.',
    first: [...(verified ? ['Nothing tonight.'] : []), ...problemSentences(incident)],
  };
}

/** Who holds the address at the end: given by this execution, or seen to have got it from another. */
function heldNow(incident: Incident) {
  return attachedBy(incident) ?? surveyOf(incident)?.address?.attachment ?? null;
}

function heldNews(incident: Incident, sentence: string): News {
  const rule = decisionOf(incident)?.rule;
  if (rule === 'node-kept') return nodeKeptNews(sentence);
  const byCount = rule === 'failover-limit';
  return {
    ...news(
      byCount ? 'waiting-for-operator' : 'unclear',
      byCount
        ? 'Failover WAITS FOR YOU: too many in a short time'
        : 'Failover WAITS FOR YOU: unclear',
    ),
    happened: `${sentence} Nothing was touched.`,
    over: 'No. The coordinator is looked at again about once a minute, and nothing is done without you.',
  };
}

/** Nobody else will do anything about it. */
function nodeKeptNews(sentence: string): News {
  return {
    ...news('node-kept', 'Coordinator has FAILED and its node is kept: it waits for YOU'),
    happened: `${sentence} Nothing was touched.`,
    over: 'No. Nothing is done without you: KeepCoordinatorNode is yes.',
  };
}

function pausedNews(incident: Incident, sentence: string): News {
  const address = answerOf(incident, addressTargetName);
  const fails = address !== undefined && !address.ready;
  const told = {
    ...news('paused', 'Coordinator does not answer, and failover is PAUSED'),
    happened: `${sentence} ${address?.sentence ?? 'The address was not asked.'}`,
    over: 'No. Nothing is done while the pause holds.',
  };
  return fails ? told : { ...told, ...quietNews('It is paused, and nothing was seen to fail.') };
}

function standbyLaunchNews(incident: Incident, sentence: string): News {
  const done = standbyLaunchOf(incident);
  const problem = standbyProblemsOf(incident)[0];
  const [launched, terminated] = [done?.launched ?? [], done?.terminated ?? []];
  const base = {
    happened: `${sentence} ${done?.sentence ?? ''}`.trim(),
    first: problemSentences(incident),
  };
  if (decisionOf(incident)?.rule === 'self-report-healthy') return pathNews(base);
  if (problem !== undefined) {
    return {
      ...news(topicOf(problem), 'Standbys are not complete'),
      ...base,
      over: 'The coordinator itself works. Until this is mended, a failover may find nobody to take over.',
    };
  }
  const quiet = { ...base, over: 'There was nothing to be over.' };
  if (launched.length + terminated.length === 0) {
    return { ...quietNews('Nothing has happened.'), ...quiet };
  }
  if (hasJustMoved(incident)) {
    return { ...quietNews('The address has just moved: who moved it tells people.'), ...quiet };
  }
  const words = [
    ...(launched.length > 0 ? [`launched ${launched.join(', ')}`] : []),
    ...(terminated.length > 0 ? [`terminated ${terminated.join(', ')}`] : []),
  ].join('; ');
  return {
    ...news(`restored ${words}`, `Standbys restored: ${words}`),
    ...base,
    over: 'Yes. A new coordinator needs some minutes until it could take over.',
  };
}

/** The outside check is one witness against the host's own word: not enough to move, too much to be silent. */
function pathNews({ happened, first }: Pick<News, 'happened' | 'first'>): News {
  return {
    ...news('path', 'Coordinator says healthy, but its address does not answer'),
    happened: `${happened} The address was not moved.`,
    over: 'Unknown: either the path to the coordinator is broken, or only the path of the check.',
    first,
  };
}

/** Several executions look at one failure; they all see the gap that it leaves. */
function hasJustMoved(incident: Incident): boolean {
  const survey = surveyOf(incident);
  const attachment = survey?.address?.attachment;
  if (!attachment) return false;
  return Date.parse(survey.at) - Date.parse(attachment.attachedAt) < justMovedMs;
}

const justMovedMs = 10 * 60_000;

/** A Launch standby that gave no answer is a problem, too. */
type Problem = StandbyProblem | { readonly kind: 'no-answer'; readonly sentence: string };

function standbyProblemsOf(incident: Incident): readonly Problem[] {
  const { standbyLaunch } = incident;
  if (standbyLaunch?.kind !== 'no-answer') return standbyLaunchOf(incident)?.problems ?? [];
  const sentence = `Standbys could not be restored: ${standbyLaunch.error.Error ?? 'no answer'}.`;
  return [{ kind: 'no-answer', sentence }];
}

function problemSentences(incident: Incident): string[] {
  return standbyProblemsOf(incident).map(({ sentence }) => sentence);
}

/** By what is wrong, not by EC2's words for it: those hold ids that differ from try to try. */
function topicOf(problem: Problem): string {
  switch (problem.kind) {
    case 'not-launched':
      return `problems not-launched ${problem.slot} ${problem.refusals.map(({ code }) => code).join(' ')}`;
    case 'not-terminated':
      return `problems not-terminated ${problem.instanceId}`;
    default:
      return `problems ${problem.kind}`;
  }
}

function sentenceOf({ decision }: Incident): string {
  return decision && 'sentence' in decision ? decision.sentence : 'No decision was reached.';
}

function news(topic: string, subject: string) {
  return { topic, quiet: '', subject };
}

function quietNews(quiet: string) {
  return { topic: null, quiet, subject: 'Nothing to do' };
}

const askedNews = quietNews('Whoever asked sees the answer: nobody else is told.');

/** An execution's ARN names the region: `arn:aws:states:eu-central-1:...`. */
function adviceLines(incident: Incident, ending: Ending): string[] {
  const { cluster, execution } = incident;
  const { sentence, commands } = adviceOn({
    ending,
    rule: decisionOf(incident)?.rule ?? null,
    standbysIncomplete: standbyProblemsOf(incident).length > 0,
  });
  const region = execution.id.split(':')[3];
  const where = `--cluster ${cluster.clusterName}${region ? ` --region ${region}` : ''}`;
  return [
    sentence,
    ...commands.map(
      (command) => `  coordinator-failover ${commandText(command, execution.id)} ${where}`,
    ),
  ];
}
