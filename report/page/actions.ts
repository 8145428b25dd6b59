/** What was done, in the page: fenced, promoted, attached, verified, restored, and what failed. */

import type { Failing, Fencing, Report } from '../report.ts';
import { count, duration, listed, moment } from '../words.ts';
import { type Block, facts, notice, paragraph, type Section, subtitle, table } from './blocks.ts';
import { answerWords } from './observations.ts';

export function fencingSection({ fencings, execution }: Report): Section {
  const blocks = fencings.flatMap((one, index): Block[] => [
    ...(fencings.length > 1 ? [subtitle(`Fencing ${index + 1}: ${one.kind}`)] : []),
    paragraph(one.sentence ?? 'Its sentence is not in the history.'),
    facts(
      ['Instance', one.instanceId],
      ['Attachment that the decision was about', one.attachmentId],
      ['Result', one.kind],
      ['When', moment(one.at, execution.startedAt)],
      ['Terminated so far', listed(one.terminated)],
      ['From event', one.eventId === null ? null : String(one.eventId)],
    ),
    ...stepBlocks(one, execution.startedAt),
    ...one.problems.map((problem) => notice(problem)),
  ]);
  return {
    id: 'fencing',
    title: 'Who was terminated, and how it was fenced',
    blocks: blocks.length > 0 ? blocks : [paragraph('Nobody was fenced in this history.')],
  };
}

function stepBlocks({ steps, kind }: Fencing, startedAt: string | null): Block[] {
  if (kind !== 'fenced') return [];
  if (steps === null) {
    return [
      paragraph('The single steps (guard, retire, detach, terminate) are not in the history.'),
    ];
  }
  return [
    table(
      'Steps of fencing, in their order',
      ['Step', 'Result', 'When'],
      steps.map(({ step, result, at }) => [step, result, moment(at, startedAt)]),
    ),
  ];
}

export function standbyPickSection({ standbyPicks, execution }: Report): Section {
  const blocks = standbyPicks.flatMap((one, index): Block[] => [
    ...(standbyPicks.length > 1
      ? [subtitle(`Choice ${index + 1}: ${one.instanceId ?? 'nobody'}`)]
      : []),
    paragraph(one.sentence ?? 'Its sentence is not in the history.'),
    facts(
      ['Picked', one.instanceId ?? 'nobody'],
      ['When', moment(one.at, execution.startedAt)],
      ['From what was seen at', one.observation === null ? null : `observation ${one.observation}`],
      ['From event', one.eventId === null ? null : String(one.eventId)],
    ),
    one.passedOver.length === 0
      ? paragraph('There was nobody else to choose from.')
      : table(
          'Why not the others',
          ['Instance', 'Why not'],
          one.passedOver.map(({ instanceId, why }) => [instanceId, why]),
        ),
  ]);
  return {
    id: 'pick',
    title: 'Who was promoted, and why not the others',
    blocks: blocks.length > 0 ? blocks : [paragraph('No choice was made in this history.')],
  };
}

export function attachmentSection({ attachments, verifications, execution }: Report): Section {
  const { startedAt } = execution;
  return {
    id: 'verification',
    title: 'The address: attached and verified',
    blocks: [
      attachments.length === 0
        ? paragraph('The address was not attached to anybody in this history.')
        : table(
            'Attaching',
            ['Instance', 'Result', 'When', 'Took', 'Sentence', 'Event'],
            attachments.map((one) => [
              one.instanceId,
              one.kind,
              moment(one.at, startedAt),
              `${duration(one.seconds)} in ${count(one.tries, 'try', 'tries')}`,
              one.sentence,
              one.eventId === null ? null : String(one.eventId),
            ]),
          ),
      verifications.length === 0
        ? paragraph('Nothing was verified in this history.')
        : table(
            'Attempts to verify, each over the address and at the own IP',
            ['Attempt', 'Result', 'When', 'Sentence', 'What answered', 'Event'],
            verifications.map((one) => [
              `${one.tries ?? '?'} of ${one.instanceId ?? 'unknown'}`,
              one.kind,
              moment(one.at, startedAt),
              one.sentence,
              one.answers.map(answerWords).join(' '),
              one.eventId === null ? null : String(one.eventId),
            ]),
          ),
    ],
  };
}

export function identitySection({ identity, execution }: Report): Section {
  const { sightings, sentence } = identity;
  return {
    id: 'identity',
    title: 'Identity before and after',
    blocks: [
      paragraph(sentence),
      ...(sightings.length === 0
        ? []
        : [
            table(
              'Answers that said who they are',
              ['When', 'Asked', 'Instance', 'coordinatorId', 'Uptime'],
              sightings.map((one) => [
                `${one.when}, ${moment(one.at, execution.startedAt)}`,
                one.asked,
                one.instanceId,
                one.identity ?? 'did not say',
                one.uptimeSeconds === null ? 'did not say' : duration(one.uptimeSeconds),
              ]),
            ),
          ]),
    ],
  };
}

export function standbyLaunchSection(report: Report): Section {
  const { standbyLaunches, alarmResets, records, execution } = report;
  const { startedAt } = execution;
  return {
    id: 'launch',
    title: 'Standbys, alarms, and who was notified',
    blocks: [
      standbyLaunches.length === 0
        ? paragraph('The history holds no observation of whether the standbys are complete.')
        : table(
            'Replacement',
            ['When', 'Sentence', 'Launched', 'Terminated', 'Surplus', 'Problems'],
            standbyLaunches.map((one) => [
              moment(one.at, startedAt),
              one.sentence,
              listed(one.launched),
              listed(one.terminated),
              listed(one.surplus),
              listed(one.problems.map(({ sentence }) => sentence ?? 'its sentence is not there')),
            ]),
          ),
      alarmResets.length === 0
        ? paragraph('The history does not hold that the alarms were reset.')
        : table(
            'Alarms',
            ['When', 'Sentence'],
            alarmResets.map(({ at, sentence }) => [moment(at, startedAt), sentence]),
          ),
      ...records.flatMap((one) => [
        paragraph(`Recorded at ${moment(one.at, startedAt)}. ${one.sentence ?? ''}`),
        paragraph(
          one.messageId === null
            ? 'That a message was sent is not in the history.'
            : `A message was sent: "${one.subject}" (${one.messageId}).`,
        ),
        { kind: 'code', text: one.message ?? 'Its text is not in the history.' } as const,
      ]),
    ],
  };
}

export function failuresSection({ failures, execution }: Report): Section {
  const { startedAt } = execution;
  const groups = grouped(failures);
  return {
    id: 'failures',
    title: 'Retries and errors',
    blocks: [
      groups.length === 0
        ? paragraph(
            'No function failed, none was tried twice, and the execution ended without an error.',
          )
        : table(
            'Failed tries and errors; repeated ones together',
            ['State', 'When', 'Error', 'Message', 'What came of it', 'Events'],
            groups.map((group) => failureRow(group, startedAt)),
          ),
    ],
  };
}

function failureRow({ first, last, times }: Group, startedAt: string | null): (string | null)[] {
  const once = times === 1;
  const attempts = once ? String(first.attempt) : `${first.attempt}–${last.attempt}`;
  const expected = first.error === 'EniNotReleased' ? ' (expected: the address is on its way)' : '';
  const until = once ? '' : ` to ${moment(last.at, startedAt)}`;
  return [
    `${first.state ?? 'execution'}${first.attempt === null ? '' : `, try ${attempts}`}`,
    `${moment(first.at, startedAt)}${until}`,
    `${first.error}${expected}`,
    first.message,
    last.outcome,
    once ? String(first.eventId) : `${first.eventId}–${last.eventId} (${times})`,
  ];
}

interface Group {
  readonly first: Failing;
  readonly last: Failing;
  readonly times: number;
}

/** An address on its way is asked for every second: one row for all of it. */
function grouped(failures: readonly Failing[]): readonly Group[] {
  const groups: Group[] = [];
  for (const failing of failures) {
    const group = groups.at(-1);
    const same =
      group !== undefined &&
      group.first.error === failing.error &&
      group.first.state === failing.state &&
      failing.attempt === (group.last.attempt ?? 0) + 1;
    if (same) groups[groups.length - 1] = { ...group, last: failing, times: group.times + 1 };
    else groups.push({ first: failing, last: failing, times: 1 });
  }
  return groups;
}
