/**
 * The looks: each time the execution asked every witness (Survey, Ask) and decided (Confirm).
 * What can go wrong: a look without an end (the execution was stopped), without a survey or without
 * answers (a function failed). What is there is told, and why the rest is not.
 */
import { type Findings, readFinding } from '../../history/findings.ts';
import type { StateVisit } from '../../history/visits.ts';
import { addressTargetName } from '../../workflow/incident.ts';
import { isPendingOrRunning } from '../../workflow/model/instance-state.ts';
import { rules } from '../../workflow/rules.ts';
import type { Look } from '../report.ts';

export type Answer = Findings['verification']['answers'][number];
export type Coordinator = NonNullable<Findings['survey']['coordinators']>[number];

export function looksOf(visits: readonly StateVisit[]): readonly Look[] {
  const looks: Look[] = [];
  let parts: Parts = {};
  const close = () => {
    if (parts.survey || parts.answers || parts.verdict) {
      looks.push(lookFrom(parts, looks.length + 1));
    }
    parts = {};
  };
  for (const visit of visits) {
    if (visit.path === 'survey') {
      close();
      parts = { survey: visit };
    } else if (visit.path === 'answers') {
      parts = { ...parts, answers: visit };
    } else if (visit.path === 'verdict') {
      parts = { ...parts, verdict: visit };
      close();
    }
  }
  close();
  return looks;
}

/** What answered at the coordinator address. */
export function addressAnswer({ answers }: Pick<Look, 'answers'>): Answer | null {
  return answers?.answers.find(({ name }) => name === addressTargetName) ?? null;
}

/** What answered at a coordinator's own IP. */
export function ownAnswer({ answers }: Look, { instanceId }: Coordinator): Answer | null {
  if (instanceId === null) return null;
  return answers?.answers.find(({ name }) => name === instanceId) ?? null;
}

export type Role = 'active' | 'standby' | 'condemned' | 'ended' | 'not ours';

export function roleOf({ survey }: Look, one: Coordinator): Role {
  const activeId = survey?.address?.attachment?.instanceId ?? null;
  if (one.instanceId !== null && one.instanceId === activeId) return 'active';
  if (one.ours !== true) return 'not ours';
  if (one.condemned !== null) return 'condemned';
  return one.state !== null && isPendingOrRunning({ state: one.state }) ? 'standby' : 'ended';
}

interface Parts {
  readonly survey?: StateVisit;
  readonly answers?: StateVisit;
  readonly verdict?: StateVisit;
}

function lookFrom(parts: Parts, number: number): Look {
  const survey = readFinding('survey', parts.survey?.finding);
  const answers = readFinding('answers', parts.answers?.finding);
  const verdict = readFinding('verdict', parts.verdict?.finding);
  return {
    number,
    survey,
    answers,
    verdict,
    when: rules.find(({ name }) => name === verdict?.rule)?.when ?? null,
    gaps: [
      ...gapsIn(parts.survey, survey, 'The survey'),
      ...gapsIn(parts.answers, answers, 'The outside check'),
      ...gapsIn(parts.verdict, verdict, 'The verdict'),
      ...(survey?.unread ?? []),
      ...(survey?.samplesRead === false ? ["The probes' samples could not be read."] : []),
    ],
    eventIds: [parts.survey, parts.answers, parts.verdict].flatMap(
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
