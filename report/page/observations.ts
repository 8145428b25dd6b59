/**
 * What the witnesses said, observation by observation. Observations that repeat the one before are in the overview only:
 * an execution that waits for a coordinator to boot takes hundreds.
 */

import { secondsBetween } from '../../history/values.ts';
import {
  type AnswerFinding,
  addressAnswer,
  type CoordinatorFinding,
  ownAnswer,
  roleOf,
} from '../facts/observations.ts';
import type { Observation, Report } from '../report.ts';
import { duration, listed, moment, notInTheHistory } from '../words.ts';
import { type Block, facts, notice, paragraph, type Section, subtitle, table } from './blocks.ts';

export function observationsSection({ observations, execution }: Report): Section {
  const { startedAt } = execution;
  const told = observations.filter((observation, index) =>
    isTold(observation, index, observations),
  );
  const left = observations.length - told.length;
  return {
    id: 'evidence',
    title: 'Evidence and decisions, observation by observation',
    blocks: [
      observations.length === 0
        ? paragraph('The history holds no observation: nothing was surveyed, asked or decided.')
        : table(
            'All observations',
            ['Observation', 'Decided', 'Rule', 'Outcome', 'Sentence'],
            observations.map(({ number, decision }) => [
              String(number),
              moment(decision?.at ?? null, startedAt),
              decision?.rule ?? notInTheHistory,
              decision?.outcome ?? notInTheHistory,
              decision?.sentence ?? notInTheHistory,
            ]),
          ),
      ...(left === 0
        ? []
        : [
            paragraph(
              `${left} observations that decided as the one before did are left out below; the JSON form of this report has them whole.`,
            ),
          ]),
      ...told.flatMap((observation) => observationBlocks(observation, startedAt)),
    ],
  };
}

const mostTold = 30;
/** At the beginning, and at the end. */
const alwaysTold = 3;

function isTold(
  observation: Observation,
  index: number,
  observations: readonly Observation[],
): boolean {
  if (index < alwaysTold || index >= observations.length - alwaysTold) return true;
  const before = observations[index - 1]?.decision;
  const changed =
    before?.rule !== observation.decision?.rule ||
    before?.outcome !== observation.decision?.outcome;
  return observations.length <= mostTold ? changed : changed && index < mostTold;
}

function observationBlocks(observation: Observation, startedAt: string | null): Block[] {
  const { number, survey, answers, decision, gaps, eventIds } = observation;
  const pin = decision?.pin;
  return [
    subtitle(`Observation ${number}: ${decision?.rule ?? 'no decision'}`),
    ...gaps.map((gap) => notice(gap)),
    ...(decision === null ? [] : [paragraph(`${decision.sentence} ${ruleWords(observation)}`)]),
    ...(decision?.requestNote ? [notice(decision.requestNote)] : []),
    ...(decision?.dryRun ? [notice('A dry run: this decision was only said.')] : []),
    facts(
      ['Surveyed', moment(survey?.at ?? null, startedAt)],
      ['Asked', moment(answers?.at ?? null, startedAt)],
      ['Decided', moment(decision?.at ?? null, startedAt)],
      ['The address was', attachmentWords(survey, startedAt)],
      ['Asked at the address', answerWords(addressAnswer(observation))],
      [
        'Decision is about',
        decision && (pin ? `${pin.attachmentId} of ${pin.instanceId}` : 'no attachment'),
      ],
      ['Pause (tag on the ENI)', survey?.address?.paused ?? 'none'],
      ['Acknowledgement (tag on the ENI)', survey?.address?.acknowledged ?? 'none'],
      ['Earlier failovers on the ENI', listed(survey?.address?.failovers ?? [])],
      ['From events', listed(eventIds.map(String))],
    ),
    ...evidenceBlocks(observation),
    ...coordinatorBlocks(observation, startedAt),
  ];
}

function evidenceBlocks({ number, decision }: Observation): Block[] {
  if (!decision?.evidence) return [];
  const { evidence } = decision;
  const rows = witnesses.flatMap(([key, witness]) => {
    const saw = evidence[key];
    if (saw === null) return [];
    return [[witness, typeof saw === 'string' ? saw : listed(saw)]];
  });
  const caption = `Evidence of observation ${number}, in the words that were decided upon`;
  return [table(caption, ['Witness', 'Saw'], rows)];
}

type Evidence = NonNullable<NonNullable<Observation['decision']>['evidence']>;

/** In the order of the record. */
const witnesses: readonly (readonly [keyof Evidence, string])[] = [
  ['startedBy', 'What started it'],
  ['operatorTags', 'Operators (tags on the ENI)'],
  ['active', 'Who holds the address (EC2)'],
  ['address', 'Outside check (VPC function)'],
  ['selfReport', "The active's own probe"],
  ['standbys', "The standbys' probes"],
  ['statusChecks', 'EC2 status checks of the active'],
  ['versions', 'Launch template versions (tags)'],
  ['readyStandbys', 'Ready to take over'],
];

function coordinatorBlocks(observation: Observation, startedAt: string | null): Block[] {
  const surveyedAt = observation.survey?.at ?? null;
  const coordinators = observation.survey?.coordinators ?? [];
  if (coordinators.length === 0) return [];
  return [
    table(
      `Coordinators at look ${observation.number}`,
      ['Instance', 'EC2', 'Own probe (Health)', 'Reaches the address', 'Answer at its own IP'],
      coordinators.map((one) => {
        const role = roleOf(observation, one);
        const id = one.instanceId ?? 'an instance without an id';
        const retired = one.retired ? `, retired: ${one.retired}` : '';
        return [
          `${id} (${role}, slot ${one.slot ?? '?'}.${one.generation ?? '?'})`,
          `${one.state}, status checks ${one.statusChecks}${retired}`,
          sampleWords(one.health, surveyedAt, startedAt),
          role === 'active' ? null : sampleWords(one.reachable, surveyedAt, startedAt),
          answerWords(ownAnswer(observation, one)),
        ];
      }),
    ),
  ];
}

function ruleWords({ decision, when }: Observation): string {
  return when === null ? `(Rule "${decision?.rule}".)` : `(Rule "${decision?.rule}": ${when}.)`;
}

function attachmentWords(survey: Observation['survey'], startedAt: string | null): string | null {
  if (survey === null) return null;
  const attachment = survey.address?.attachment ?? null;
  if (attachment === null) return 'attached to nothing, or could not be read';
  const { status, instanceId, attachmentId, attachedAt } = attachment;
  return `${status} to ${instanceId} by ${attachmentId} since ${moment(attachedAt, startedAt)}`;
}

/** The age is the one at the survey; a negative one means that the host's clock is ahead. */
function sampleWords(
  sample: CoordinatorFinding['health'],
  surveyedAt: string | null,
  startedAt: string | null,
): string {
  if (sample === null || sample.at === null || sample.value === null) {
    return 'nothing within two minutes';
  }
  const seconds = secondsBetween(sample.at, surveyedAt);
  const age = seconds === null ? '' : `, ${duration(seconds)} old at the survey`;
  return `${sample.value} at ${moment(sample.at, startedAt)}${age}`;
}

export function answerWords(answer: AnswerFinding | null): string {
  if (answer === null) return 'was not asked, or the answer is not in the history';
  const identity = answer.identity === null ? '' : ` JVM ${answer.identity}.`;
  const kept = answer.kept === null ? '' : ` It said: ${answer.kept}`;
  const took = answer.milliseconds === null ? '' : ` (${answer.milliseconds} ms)`;
  return `${answer.sentence ?? (answer.ready ? 'ready' : 'not ready')}${took}${identity}${kept}`;
}
