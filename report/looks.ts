/**
 * The looks: each time the execution asked every witness (Survey, Ask) and decided (Confirm).
 * What can go wrong: a look without an end (the execution was stopped), without a survey or without
 * answers (a function failed). What is there is told, and why the rest is not.
 */
import { addressTargetName } from '../workflow/incident.ts';
import { isPendingOrRunning } from '../workflow/model/instance-state.ts';
import { rules } from '../workflow/rules.ts';
import { findingOf, type StateVisit } from './history.ts';
import {
  type Fields,
  fieldsOf,
  isoOf,
  listOf,
  numberOf,
  secondsBetween,
  textOf,
  textsOf,
} from './reading.ts';
import type { AnswerFacts, Look, SampleFacts, Witness } from './report.ts';

export function looksOf(visits: readonly StateVisit[]): readonly Look[] {
  const looks: Look[] = [];
  let parts: Parts = {};
  const close = () => {
    if (parts.survey || parts.ask || parts.confirm) looks.push(lookFrom(parts, looks.length + 1));
    parts = {};
  };
  for (const visit of visits) {
    if (visit.state === 'Survey coordinators') {
      close();
      parts = { survey: visit };
    } else if (visit.state === 'Ask coordinators') {
      parts = { ...parts, ask: visit };
    } else if (visit.state === 'Confirm failure') {
      parts = { ...parts, confirm: visit };
      close();
    }
  }
  close();
  return looks;
}

export function answerFacts(value: unknown): AnswerFacts {
  const answer = fieldsOf(value);
  return {
    name: textOf(answer.name) ?? 'somebody without a name',
    host: textOf(answer.host),
    ready: answer.ready === true,
    sentence: textOf(answer.sentence),
    milliseconds: numberOf(answer.milliseconds),
    identity: textOf(answer.identity),
    uptimeSeconds: numberOf(answer.uptimeSeconds),
    kept: textOf(answer.kept),
  };
}

interface Parts {
  readonly survey?: StateVisit;
  readonly ask?: StateVisit;
  readonly confirm?: StateVisit;
}

function lookFrom(parts: Parts, number: number): Look {
  const survey = findingIn(parts.survey, 'survey');
  const asked = findingIn(parts.ask, 'answers');
  const verdict = findingIn(parts.confirm, 'verdict');
  const surveyedAt = isoOf(survey?.at);
  const address = fieldsOf(survey?.address);
  const answers = listOf(asked?.answers).map(answerFacts);
  return {
    number,
    surveyedAt,
    askedAt: isoOf(asked?.at),
    decidedAt: isoOf(verdict?.at),
    gaps: [
      ...gapsIn(parts.survey, survey, 'The survey'),
      ...gapsIn(parts.ask, asked, 'The outside check'),
      ...gapsIn(parts.confirm, verdict, 'The verdict'),
      ...textsOf(survey?.unread),
      ...(survey?.samplesRead === false ? ["The probes' samples could not be read."] : []),
    ],
    attachment: attachmentFrom(survey, address),
    paused: textOf(address.paused),
    acknowledged: textOf(address.acknowledged),
    earlierFailovers: textsOf(address.failovers),
    coordinators: witnesses(survey, address, answers, surveyedAt),
    address: answers.find(({ name }) => name === addressTargetName) ?? null,
    verdict: verdict === undefined ? null : verdictFrom(verdict),
    eventIds: [parts.survey, parts.ask, parts.confirm].flatMap((visit) => visit?.exitedId ?? []),
  };
}

function findingIn(visit: StateVisit | undefined, path: string): Fields | undefined {
  return visit && findingOf(visit, path);
}

function gapsIn(visit: StateVisit | undefined, found: Fields | undefined, what: string): string[] {
  if (found !== undefined) return [];
  const error = visit?.tries.at(-1)?.error;
  if (visit === undefined) return [`${what} is not in the history.`];
  if (visit.leftAt === null) return [`${what} was not finished when the history ends.`];
  return error
    ? [`${what} gave no answer: ${error}, after ${visit.tries.length} tries.`]
    : [`${what} ran, but its finding is not in the history: missing or cut off.`];
}

function attachmentFrom(survey: Fields | undefined, address: Fields): Look['attachment'] {
  if (survey === undefined || typeof address.attachment !== 'object') return null;
  if (address.attachment === null) return null;
  const { attachmentId, instanceId, attachedAt, status } = fieldsOf(address.attachment);
  return {
    attachmentId: textOf(attachmentId),
    instanceId: textOf(instanceId),
    attachedAt: isoOf(attachedAt),
    status: textOf(status),
  };
}

function witnesses(
  survey: Fields | undefined,
  address: Fields,
  answers: readonly AnswerFacts[],
  surveyedAt: string | null,
): Witness[] {
  const activeId = textOf(fieldsOf(address.attachment).instanceId);
  return listOf(survey?.coordinators).map((item) => {
    const one = fieldsOf(item);
    const instanceId = textOf(one.instanceId) ?? 'an instance without an id';
    return {
      instanceId,
      role: roleOf(one, instanceId, activeId),
      state: textOf(one.state),
      launchedAt: isoOf(one.launchedAt),
      slot: numberOf(one.slot),
      generation: numberOf(one.generation),
      condemned: textOf(one.condemned),
      statusChecks: textOf(one.statusChecks),
      health: sampleFacts(one.health, surveyedAt),
      reachable: sampleFacts(one.reachable, surveyedAt),
      answer: answers.find(({ name }) => name === instanceId) ?? null,
    };
  });
}

function roleOf(one: Fields, instanceId: string, activeId: string | null): Witness['role'] {
  if (instanceId === activeId) return 'active';
  if (one.ours !== true) return 'not ours';
  if (one.condemned !== null) return 'condemned';
  return isPendingOrRunning({ state: String(one.state) }) ? 'standby' : 'ended';
}

function sampleFacts(value: unknown, surveyedAt: string | null): SampleFacts | null {
  const sample = fieldsOf(value);
  const at = isoOf(sample.at);
  const number = numberOf(sample.value);
  if (at === null || number === null) return null;
  return { value: number, at, ageSeconds: secondsBetween(at, surveyedAt) };
}

/** Where the record holds an id or nothing, words are made of it; the rest are the workflow's own. */
function verdictFrom(verdict: Fields): NonNullable<Look['verdict']> {
  const rule = textOf(verdict.rule);
  const evidence = fieldsOf(verdict.evidence);
  const pin = fieldsOf(verdict.pin);
  return {
    rule,
    when: rules.find(({ name }) => name === rule)?.when ?? null,
    outcome: textOf(verdict.outcome),
    sentence: textOf(verdict.sentence),
    note: textOf(verdict.requestNote),
    dryRun: verdict.dryRun === true,
    evidence: Object.entries(evidence).map(([name, value]) => ({
      witness: witnessNames.get(name) ?? name,
      saw: Array.isArray(value) ? textsOf(value).join(', ') || 'none' : wordsOf(value),
    })),
    pin: textOf(pin.attachmentId) && `${textOf(pin.attachmentId)} of ${textOf(pin.instanceId)}`,
  };
}

function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

const witnessNames: ReadonlyMap<string, string> = new Map([
  ['startedBy', 'What started it'],
  ['levers', 'Operators (tags on the ENI)'],
  ['active', 'Who holds the address (EC2)'],
  ['address', 'Outside check (VPC function)'],
  ['box', "The active's own probe"],
  ['standbys', "The standbys' probes"],
  ['statusChecks', 'EC2 status checks of the active'],
  ['versions', 'Launch template versions (tags)'],
  ['readyStandbys', 'Ready to take over'],
]);
