/**
 * What an execution's end means for people: the subject, what happened, whether it is over, what to
 * type now; or why nobody is told. Pure.
 * What can go wrong: a sentence that only its author understands. Each says what a person sees and does.
 */
import type { Ending, Incident } from './incident.ts';
import { addressTargetName } from './incident.ts';

export interface News {
  /** What the message is about: the same topic is not told twice in a row. `null` = nothing to tell. */
  readonly topic: string | null;
  /** Why nobody is told, where the topic is null. */
  readonly quiet: string;
  readonly subject: string;
  readonly happened: string;
  readonly over: string;
  readonly todo: readonly string[];
}

export function newsOf(incident: Incident, ending: Ending): News {
  const sentence = sentenceOf(incident);
  switch (ending) {
    case 'failed-over':
      return movedNews(incident);
    case 'held-back':
      return heldNews(incident, sentence);
    case 'paused':
      return pausedNews(incident, sentence);
    case 'incomplete':
      return {
        ...news('incomplete', 'Failover incomplete: the coordinator is NOT back'),
        happened: `A failover has begun and could not be finished. ${sentence}`,
        over: 'No. The next try starts by itself, within minutes.',
        todo: [command(incident, 'doctor'), command(incident, 'status --watch')],
      };
    case 'undecided':
      return undecidedNews(incident, sentence);
    case 'nothing-to-do':
      return restorationNews(incident, sentence);
    case 'closing':
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
    over: 'Unknown. The next look starts by itself, within minutes.',
    todo: [command(incident, 'status'), command(incident, 'doctor')],
  };
  const isDryRun = incident.verdict?.kind === 'undecided' && incident.verdict.dryRun;
  return isDryRun ? { ...told, ...askedNews, subject: 'Dry run could not decide' } : told;
}

function movedNews(incident: Incident): News {
  const { termination, verification, promotion } = incident;
  const held = heldNow(incident);
  const to = held?.instanceId ?? 'nobody';
  const fenced = termination && 'fenced' in termination ? termination.sentence : '';
  const verified = verification?.kind === 'verified';
  const findings = [fenced, promotion && 'sentence' in promotion ? promotion.sentence : ''];
  const answer = verification && 'sentence' in verification ? verification.sentence : '';
  const planned = termination && 'rule' in termination && termination.rule === 'outdated';
  const subject = planned
    ? `Planned switchover to ${to}, version ${incident.cluster.launchTemplateVersion}`
    : `Coordinator moved to ${to}`;
  return {
    ...news(`moved ${held?.attachmentId ?? incident.execution.id}`, subject),
    happened: [
      ...(planned ? ['An upgrade was asked for; the coordinator had not failed.'] : []),
      sentenceOf(incident),
      ...findings,
      answer,
    ]
      .filter(Boolean)
      .join(' '),
    over: verified
      ? `Yes: the address answered at ${verification.at}. Queries that were running on the old coordinator have died; send them again.`
      : 'The address is on a coordinator, but it was not seen to answer there. Look.',
    todo: [
      ...(verified ? ['Nothing tonight.'] : []),
      ...restorationProblems(incident),
      command(incident, 'status'),
      command(incident, `report ${incident.execution.id}`),
    ],
  };
}

/** Who holds the address at the end: given by this execution, or seen to have got it from another. */
function heldNow({ attachment, survey }: Incident) {
  if (attachment?.kind === 'attached') return attachment;
  return survey?.kind === 'surveyed' ? (survey.address?.attachment ?? null) : null;
}

function heldNews(incident: Incident, sentence: string): News {
  const { verdict } = incident;
  const rule = verdict?.kind === 'verdict' ? verdict.rule : null;
  if (rule === 'kept') return keptNews(incident, sentence);
  const byCount = rule === 'held';
  return {
    ...news(
      byCount ? 'held-back' : 'unclear',
      byCount ? 'Failover HELD BACK: too many in a short time' : 'Failover HELD BACK: unclear',
    ),
    happened: `${sentence} Nothing was touched.`,
    over: 'No. The coordinator is looked at again about once a minute, and nothing is done without you.',
    todo: byCount
      ? [
          'Find out why it fails again and again, then let failovers go on:',
          command(incident, 'status'),
          command(incident, 'acknowledge --reason "..."'),
        ]
      : [
          'Find out whether the coordinator works. If it does not, move the address:',
          command(incident, 'status'),
          command(incident, 'failover --force --reason "..."'),
        ],
  };
}

/** Nobody else will do anything about it. */
function keptNews(incident: Incident, sentence: string): News {
  return {
    ...news('kept', 'Coordinator has FAILED and its node is kept: it waits for YOU'),
    happened: `${sentence} Nothing was touched.`,
    over: 'No. Nothing is done without you: KeepCoordinatorNode is yes.',
    todo: [
      'Bring the coordinator back where it is, or move the address to a standby:',
      command(incident, 'status'),
      command(incident, 'failover --force --reason "..."'),
    ],
  };
}

function pausedNews(incident: Incident, sentence: string): News {
  const { answers } = incident;
  const asked = answers?.kind === 'asked' ? answers.answers : [];
  const address = asked.find(({ name }) => name === addressTargetName);
  const fails = address !== undefined && !address.ready;
  const told = {
    ...news('paused', 'Coordinator does not answer, and failover is PAUSED'),
    happened: `${sentence} ${address?.sentence ?? 'The address was not asked.'}`,
    over: 'No. Nothing is done while the pause holds.',
    todo: [
      'End the pause, or see to the coordinator yourself:',
      command(incident, 'status'),
      command(incident, 'resume'),
    ],
  };
  return fails ? told : { ...told, ...quietNews('It is paused, and nothing was seen to fail.') };
}

function restorationNews(incident: Incident, sentence: string): News {
  const { restoration } = incident;
  const done = restoration && 'launched' in restoration ? restoration : null;
  const problems = restorationProblems(incident);
  const [launched, terminated] = [done?.launched ?? [], done?.terminated ?? []];
  const base = {
    happened: `${sentence} ${done?.sentence ?? ''}`.trim(),
    todo: [...problems, command(incident, problems.length > 0 ? 'doctor' : 'status')],
  };
  if (incident.verdict?.kind === 'verdict' && incident.verdict.rule === 'box-says-healthy') {
    return pathNews(incident, base.happened);
  }
  if (problems.length > 0) {
    return {
      ...news(`problems ${problems[0]}`, 'Standbys are not complete'),
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

/** The outside check is one witness against the box's own word: not enough to move, too much to be silent. */
function pathNews(incident: Incident, happened: string): News {
  return {
    ...news('path', 'Coordinator says healthy, but its address does not answer'),
    happened: `${happened} The address was not moved.`,
    over: 'Unknown: either the path to the coordinator is broken, or only the path of the check.',
    todo: [
      ...restorationProblems(incident),
      'Find out whether clients reach the coordinator. If they do not, move the address:',
      command(incident, 'status'),
      command(incident, 'failover --force --reason "..."'),
    ],
  };
}

/** Several executions look at one failure; they all see the gap that it leaves. */
function hasJustMoved({ survey }: Incident): boolean {
  const attachment = survey?.kind === 'surveyed' ? survey.address?.attachment : null;
  if (!attachment || survey?.kind !== 'surveyed') return false;
  return Date.parse(survey.at) - Date.parse(attachment.attachedAt) < justMovedMs;
}

const justMovedMs = 10 * 60_000;

function restorationProblems({ restoration }: Incident): string[] {
  if (restoration?.kind === 'no-answer') {
    return [`Standbys could not be restored: ${restoration.error.Error ?? 'no answer'}.`];
  }
  return restoration && 'problems' in restoration
    ? restoration.problems.map(({ sentence }) => sentence)
    : [];
}

function sentenceOf({ verdict }: Incident): string {
  return verdict && 'sentence' in verdict ? verdict.sentence : 'No verdict was reached.';
}

function news(topic: string, subject: string) {
  return { topic, quiet: '', subject };
}

function quietNews(quiet: string) {
  return { topic: null, quiet, subject: 'Nothing to do', todo: [] as readonly string[] };
}

const askedNews = quietNews('Whoever asked sees the answer: nobody else is told.');

/** An execution's ARN names the region: `arn:aws:states:eu-central-1:...`. */
function command({ cluster, execution }: Incident, rest: string): string {
  const region = execution.id.split(':')[3];
  const where = region ? ` --region ${region}` : '';
  return `  coordinator-failover ${rest} --cluster ${cluster.clusterName}${where}`;
}
