/**
 * What the witnesses said, look by look. Looks that repeat the one before are in the overview only:
 * an execution that waits for a coordinator to boot takes hundreds.
 */
import type { AnswerFacts, Look, Report, SampleFacts } from './report.ts';
import {
  type Block,
  facts,
  notInTheHistory,
  notice,
  paragraph,
  type Section,
  subtitle,
  table,
} from './sections.ts';
import { duration, listed, moment } from './words.ts';

export function looksSection({ looks, execution }: Report): Section {
  const { startedAt } = execution;
  const told = looks.filter((look, index) => isTold(look, index, looks));
  const left = looks.length - told.length;
  return {
    id: 'evidence',
    title: 'Evidence and decisions, look by look',
    blocks: [
      looks.length === 0
        ? paragraph('The history holds no look: nothing was surveyed, asked or decided.')
        : table(
            'All looks',
            ['Look', 'Decided', 'Rule', 'Outcome', 'Sentence'],
            looks.map(({ number, decidedAt, verdict }) => [
              String(number),
              moment(decidedAt, startedAt),
              verdict?.rule ?? notInTheHistory,
              verdict?.outcome ?? notInTheHistory,
              verdict?.sentence ?? notInTheHistory,
            ]),
          ),
      ...(left === 0
        ? []
        : [
            paragraph(
              `${left} looks that decided as the one before did are not told below; the JSON form of this report has them whole.`,
            ),
          ]),
      ...told.flatMap((look) => lookBlocks(look, startedAt)),
    ],
  };
}

const mostTold = 30;
/** Of the looks at the beginning and at the end. */
const alwaysTold = 3;

function isTold(look: Look, index: number, looks: readonly Look[]): boolean {
  if (index < alwaysTold || index >= looks.length - alwaysTold) return true;
  const before = looks[index - 1]?.verdict;
  const changed = before?.rule !== look.verdict?.rule || before?.outcome !== look.verdict?.outcome;
  return looks.length <= mostTold ? changed : changed && index < mostTold;
}

function lookBlocks(look: Look, startedAt: string | null): Block[] {
  const { number, verdict, gaps, eventIds, coordinators, attachment } = look;
  const address = look.address;
  return [
    subtitle(`Look ${number}: ${verdict?.rule ?? 'no verdict'}`),
    ...gaps.map((gap) => notice(gap)),
    ...(verdict === null ? [] : [paragraph(`${verdict.sentence} ${ruleWords(verdict)}`)]),
    ...(verdict?.note ? [notice(verdict.note)] : []),
    ...(verdict?.dryRun ? [notice('A dry run: this verdict was only said.')] : []),
    facts(
      ['Surveyed', moment(look.surveyedAt, startedAt)],
      ['Asked', moment(look.askedAt, startedAt)],
      ['Decided', moment(look.decidedAt, startedAt)],
      ['The address was', attachmentWords(look, attachment, startedAt)],
      ['Asked at the address', answerWords(address)],
      ['Verdict is about', verdict === null ? null : (verdict.pin ?? 'no attachment')],
      ['Pause (tag on the ENI)', look.paused ?? 'none'],
      ['Acknowledgement (tag on the ENI)', look.acknowledged ?? 'none'],
      ['Earlier failovers on the ENI', listed(look.earlierFailovers)],
      ['From events', listed(eventIds.map(String))],
    ),
    ...(verdict === null || verdict.evidence.length === 0
      ? []
      : [
          table(
            `Evidence of look ${number}, in the words that were decided upon`,
            ['Witness', 'Saw'],
            verdict.evidence.map(({ witness, saw }) => [witness, saw]),
          ),
        ]),
    ...(coordinators.length === 0
      ? []
      : [
          table(
            `Coordinators at look ${number}`,
            [
              'Instance',
              'EC2',
              'Own probe (Health)',
              'Reaches the address',
              'Answer at its own IP',
            ],
            coordinators.map((one) => [
              `${one.instanceId} (${one.role}, slot ${one.slot ?? '?'}.${one.generation ?? '?'})`,
              `${one.state}, status checks ${one.statusChecks}${one.condemned ? `, condemned: ${one.condemned}` : ''}`,
              sampleWords(one.health, startedAt),
              one.role === 'active' ? null : sampleWords(one.reachable, startedAt),
              answerWords(one.answer),
            ]),
          ),
        ]),
  ];
}

function ruleWords({ rule, when }: NonNullable<Look['verdict']>): string {
  return when === null ? `(Rule "${rule}".)` : `(Rule "${rule}": ${when}.)`;
}

function attachmentWords(
  { surveyedAt }: Look,
  attachment: Look['attachment'],
  startedAt: string | null,
): string | null {
  if (surveyedAt === null) return null;
  if (attachment === null) return 'attached to nothing, or could not be read';
  const { status, instanceId, attachmentId, attachedAt } = attachment;
  return `${status} to ${instanceId} by ${attachmentId} since ${moment(attachedAt, startedAt)}`;
}

function sampleWords(sample: SampleFacts | null, startedAt: string | null): string {
  if (sample === null) return 'nothing within two minutes';
  const age =
    sample.ageSeconds === null ? '' : `, ${duration(sample.ageSeconds)} old at the survey`;
  return `${sample.value} at ${moment(sample.at, startedAt)}${age}`;
}

export function answerWords(answer: AnswerFacts | null): string {
  if (answer === null) return 'was not asked, or the answer is not in the history';
  const identity = answer.identity === null ? '' : ` JVM ${answer.identity}.`;
  const kept = answer.kept === null ? '' : ` It said: ${answer.kept}`;
  const took = answer.milliseconds === null ? '' : ` (${answer.milliseconds} ms)`;
  return `${answer.sentence ?? (answer.ready ? 'ready' : 'not ready')}${took}${identity}${kept}`;
}
