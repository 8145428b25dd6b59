/**
 * The record of an incident, with the message to people: what happened, is it over, what to do now; or why nobody
 * is told. The message may be read at three at night by somebody who has never seen this system.
 * What can go wrong: a lasting fault is observed once a minute, and nobody reads a message a minute. So the topic of
 * the last message is kept in a tag of the ENI, and is not told again for a while.
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

interface Recorded {
  readonly record: IncidentRecord;
  /** The tag `tagKeys.notified` is to be set to this; `null` when nobody is told. */
  readonly notifiedTag: string | null;
}

/** The same topic is told again after so long. */
const quietMinutes = 60;

/** `notified` is the tag's value, `now` ISO 8601. Never throws for a document of ours. */
export function recordOf(incident: Incident, notified: string | null, now: string): Recorded {
  const ending = endingOf(incident);
  const parts = partsOf(incident, ending);
  const record = { at: now, ending, topic: parts.topic, ...textOf(incident, parts, ending) };
  if (parts.topic === null) {
    return { record: { kind: 'quiet', ...record, sentence: parts.whyQuiet }, notifiedTag: null };
  }
  const topic = notifiedTopic(parts.topic);
  const last = lastTold(notified, now);
  const mark = notifiedMark(incident.execution.id);
  // This execution's own mark: the answer of an earlier try was lost, and nobody has been told yet.
  if (last?.topic === topic && last.mark !== mark) {
    const sentence = `People were told already, at ${last.at}.`;
    return { record: { kind: 'quiet', ...record, sentence }, notifiedTag: null };
  }
  const sentence = `People are told: ${parts.subject}.`;
  return {
    record: { kind: 'notify', ...record, sentence },
    notifiedTag: notifiedTagValue({ topic, at: now, mark }),
  };
}

/** Another execution has attached the address, and may be telling people in this moment. */
export function mayBeToldByAnother(incident: Incident): boolean {
  if (endingOf(incident) !== 'failed-over') return false;
  const attached = attachedBy(incident);
  return attached === null || attached.found === true;
}

/** SNS: fewer than 100 ASCII characters, no line break. */
const longestSubject = 99;

function textOf(incident: Incident, parts: MessageParts, ending: Ending) {
  const { subject, happened, over, first = [] } = parts;
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

/** A time in the future is not taken: nobody would be told until then. */
function lastTold(tagValue: string | null, now: string): Notified | null {
  const told = readNotified(tagValue);
  if (told === null) return null;
  const ageMs = Date.parse(now) - Date.parse(told.at);
  return ageMs >= 0 && ageMs < quietMinutes * 60_000 ? told : null;
}

interface MessageParts {
  /** No topic is told twice in a row. `null` = nobody is told. */
  readonly topic: string | null;
  /** Why nobody is told, where `topic` is null. */
  readonly whyQuiet: string;
  readonly subject: string;
  readonly happened: string;
  readonly over: string;
  /** Lines before the advice. */
  readonly first?: readonly string[];
}

function partsOf(incident: Incident, ending: Ending): MessageParts {
  const sentence = sentenceOf(incident);
  switch (ending) {
    case 'failed-over':
      return movedMessage(incident);
    case 'waiting-for-operator':
      return waitingMessage(incident, sentence);
    case 'paused':
      return pausedMessage(incident, sentence);
    case 'incomplete':
      return {
        ...topicAndSubject('incomplete', 'Failover incomplete: the coordinator is NOT back'),
        happened: `A failover has begun and could not be finished. ${sentence}`,
        over: 'No. The next try starts by itself, within minutes.',
      };
    case 'undecided':
      return undecidedMessage(incident, sentence);
    case 'nothing-to-do':
      return standbysMessage(incident, sentence);
    case 'stack-deleting':
      return {
        ...noMessage('Whoever deletes the stack knows: nobody is told.'),
        subject: 'Cluster is being taken down',
        happened: sentence,
        over: 'There was nothing to be over.',
      };
    default:
      return {
        ...onlyForTheRequester,
        subject: ending === 'dry-run' ? 'Dry run' : 'Request refused',
        happened: `${sentence} Nothing was touched.`,
        over: 'There was nothing to be over.',
      };
  }
}

function undecidedMessage(incident: Incident, sentence: string): MessageParts {
  const told = {
    ...topicAndSubject('undecided', 'Failover could not decide'),
    happened: `A function of the failover itself has failed, so nobody knows whether the coordinator is well. ${sentence}`,
    over: 'Unknown. The next observation starts by itself, within minutes.',
  };
  const isDryRun = incident.decision?.kind === 'undecided' && incident.decision.dryRun;
  return isDryRun ? { ...told, ...onlyForTheRequester, subject: 'Dry run could not decide' } : told;
}

function movedMessage(incident: Incident): MessageParts {
  const termination = terminationOf(incident);
  const verification = verificationOf(incident);
  const held = holderNow(incident);
  const to = held?.instanceId ?? 'nobody';
  const verified = verification?.kind === 'verified';
  const findings = [termination, standbyPickOf(incident), verification];
  const planned = termination?.rule === 'outdated';
  const subject = planned
    ? `Planned switchover to ${to}, version ${incident.cluster.launchTemplateVersion}`
    : `Coordinator moved to ${to}`;
  return {
    ...topicAndSubject(`moved ${held?.attachmentId ?? incident.execution.id}`, subject),
    happened: [
      ...(planned ? ['An upgrade was asked for; the coordinator had not failed.'] : []),
      sentenceOf(incident),
      ...findings.flatMap((finding) => finding?.sentence ?? []),
    ].join(' '),
    over: verified
      ? `Yes: the address answered at ${verification.at}. Queries that were running on the old coordinator have died; send them again.`
      : 'The address is on a coordinator, but that coordinator was not seen to answer there. Find out whether it works.',
    first: [...(verified ? ['Nothing tonight.'] : []), ...problemSentences(incident)],
  };
}

/** The holder of the address at the end: attached by this execution, or seen after another one did. */
function holderNow(incident: Incident) {
  return attachedBy(incident) ?? surveyOf(incident)?.address?.attachment ?? null;
}

function waitingMessage(incident: Incident, sentence: string): MessageParts {
  const rule = decisionOf(incident)?.rule;
  if (rule === 'node-kept') return nodeKeptMessage(sentence);
  return {
    ...(rule === 'failover-limit'
      ? topicAndSubject('failover-limit', 'Failover WAITS FOR YOU: too many in a short time')
      : topicAndSubject('unclear', 'Failover WAITS FOR YOU: unclear')),
    happened: `${sentence} Nothing was touched.`,
    over: 'No. The coordinator is observed about once a minute, and nothing is done without you.',
  };
}

function nodeKeptMessage(sentence: string): MessageParts {
  return {
    ...topicAndSubject(
      'node-kept',
      'Coordinator has FAILED and its node is kept: it waits for YOU',
    ),
    happened: `${sentence} Nothing was touched.`,
    over: 'No. Nothing is done without you: KeepCoordinatorNode is yes.',
  };
}

function pausedMessage(incident: Incident, sentence: string): MessageParts {
  const address = answerOf(incident, addressTargetName);
  const fails = address !== undefined && !address.ready;
  const told = {
    ...topicAndSubject('paused', 'Coordinator does not answer, and failover is PAUSED'),
    happened: `${sentence} ${address?.sentence ?? 'The address was not asked.'}`,
    over: 'No. Nothing is done while the pause holds.',
  };
  return fails
    ? told
    : {
        ...told,
        ...noMessage('Failover is paused, and nothing was seen to fail: nobody is told.'),
      };
}

function standbysMessage(incident: Incident, sentence: string): MessageParts {
  const done = standbyLaunchOf(incident);
  const problem = standbyProblemsOf(incident)[0];
  const [launched, terminated] = [done?.launched ?? [], done?.terminated ?? []];
  const base = {
    happened: `${sentence} ${done?.sentence ?? ''}`.trim(),
    first: problemSentences(incident),
  };
  if (decisionOf(incident)?.rule === 'self-report-healthy') return pathMessage(base);
  if (problem !== undefined) {
    return {
      ...topicAndSubject(topicOf(problem), 'Standbys are not complete'),
      ...base,
      over: 'The coordinator itself works. Until this is mended, a failover may find nobody to take over.',
    };
  }
  const quiet = { ...base, over: 'There was nothing to be over.' };
  if (launched.length + terminated.length === 0) {
    return { ...noMessage('Nothing has happened: nobody is told.'), ...quiet };
  }
  if (hasJustMoved(incident)) {
    return {
      ...noMessage('The address has just moved: the execution that moved it tells people.'),
      ...quiet,
    };
  }
  const words = [
    ...(launched.length > 0 ? [`launched ${launched.join(', ')}`] : []),
    ...(terminated.length > 0 ? [`terminated ${terminated.join(', ')}`] : []),
  ].join('; ');
  return {
    ...topicAndSubject(`restored ${words}`, `Standbys restored: ${words}`),
    ...base,
    over: 'Yes. A new coordinator needs some minutes until it could take over.',
  };
}

/** One witness, the outside check, against the self-report: too little for a move, too much for silence. */
function pathMessage({ happened, first }: Pick<MessageParts, 'happened' | 'first'>): MessageParts {
  return {
    ...topicAndSubject('path', 'Coordinator says healthy, but its address does not answer'),
    happened: `${happened} The address was not moved.`,
    over: 'Unknown: either the path to the coordinator is broken, or only the path of the check.',
    first,
  };
}

/** Several executions may observe one failure, and all see the gap that it leaves. */
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
  const sentence = `Launch standby failed, so the standbys may be incomplete: ${standbyLaunch.error.Error ?? 'no answer'}.`;
  return [{ kind: 'no-answer', sentence }];
}

function problemSentences(incident: Incident): string[] {
  return standbyProblemsOf(incident).map(({ sentence }) => sentence);
}

/** By error codes, not by EC2's sentences: their ids differ from try to try. */
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

function topicAndSubject(topic: string, subject: string) {
  return { topic, whyQuiet: '', subject };
}

function noMessage(whyQuiet: string) {
  return { topic: null, whyQuiet, subject: 'Nothing to do' };
}

const onlyForTheRequester = noMessage('Whoever asked sees the answer: nobody else is told.');

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
