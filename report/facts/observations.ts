/**
 * The observations: each time the execution asked every witness (Survey, Ask) and decided (Confirm).
 * What can go wrong: an observation without an end (the execution was stopped), without a survey or without
 * answers (a function failed). What is there is shown, and why the rest is not.
 */
import { type Findings, readFinding } from '../../history/findings.ts';
import type { StateVisit } from '../../history/visits.ts';
import { rules } from '../../workflow/decide/rules.ts';
import { addressTargetName } from '../../workflow/model/incident.ts';
import { isPendingOrRunning } from '../../workflow/model/instance-state.ts';
import type { Observation } from '../report.ts';

export type AnswerFinding = Findings['verification']['answers'][number];
export type CoordinatorFinding = NonNullable<Findings['survey']['coordinators']>[number];

export function observationsOf(visits: readonly StateVisit[]): readonly Observation[] {
  const observations: Observation[] = [];
  let parts: Parts = {};
  const close = () => {
    if (parts.survey || parts.answers || parts.decision) {
      observations.push(observationFrom(parts, observations.length + 1));
    }
    parts = {};
  };
  for (const visit of visits) {
    if (visit.path === 'survey') {
      close();
      parts = { survey: visit };
    } else if (visit.path === 'answers') {
      parts = { ...parts, answers: visit };
    } else if (visit.path === 'decision') {
      parts = { ...parts, decision: visit };
      close();
    }
  }
  close();
  return observations;
}

/** What answered at the coordinator address. */
export function addressAnswer({ answers }: Pick<Observation, 'answers'>): AnswerFinding | null {
  return answers?.answers.find(({ name }) => name === addressTargetName) ?? null;
}

/** What answered at a coordinator's own IP. */
export function ownAnswer(
  { answers }: Observation,
  { instanceId }: CoordinatorFinding,
): AnswerFinding | null {
  if (instanceId === null) return null;
  return answers?.answers.find(({ name }) => name === instanceId) ?? null;
}

export type RoleInSurvey = 'active' | 'standby' | 'retired' | 'ended' | 'not ours';

export function roleOf({ survey }: Observation, one: CoordinatorFinding): RoleInSurvey {
  const activeId = survey?.address?.attachment?.instanceId ?? null;
  if (one.instanceId !== null && one.instanceId === activeId) return 'active';
  if (one.ours !== true) return 'not ours';
  if (one.retired !== null) return 'retired';
  return one.state !== null && isPendingOrRunning({ state: one.state }) ? 'standby' : 'ended';
}

interface Parts {
  readonly survey?: StateVisit;
  readonly answers?: StateVisit;
  readonly decision?: StateVisit;
}

function observationFrom(parts: Parts, number: number): Observation {
  const survey = readFinding('survey', parts.survey?.finding);
  const answers = readFinding('answers', parts.answers?.finding);
  const decision = readFinding('decision', parts.decision?.finding);
  return {
    number,
    survey,
    answers,
    decision,
    when: rules.find(({ name }) => name === decision?.rule)?.when ?? null,
    gaps: [
      ...gapsIn(parts.survey, survey, 'The survey'),
      ...gapsIn(parts.answers, answers, 'The outside check'),
      ...gapsIn(parts.decision, decision, 'The decision'),
      ...(survey?.unread ?? []),
      ...(survey?.samplesRead === false ? ["The probes' samples could not be read."] : []),
    ],
    eventIds: [parts.survey, parts.answers, parts.decision].flatMap(
      (visit) => visit?.exitedId ?? [],
    ),
  };
}

function gapsIn(visit: StateVisit | undefined, found: object | null, what: string): string[] {
  if (found !== null) return [];
  const error = visit?.tries.at(-1)?.error;
  if (visit === undefined) return [`${what} is not in the history.`];
  if (visit.leftAt === null) return [`${what} was not finished when the history ends.`];
  return error
    ? [`${what} gave no answer: ${error}, after ${visit.tries.length} tries.`]
    : [`${what} ran, but its finding is not in the history: missing or cut off.`];
}
