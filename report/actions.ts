/**
 * What the execution did: fenced, picked, attached, verified, restored, rearmed. One entry per time
 * that a state was left with a finding; what failed without one stands among the failures.
 */
import { documentBefore, findingOf, type StateVisit } from './history.ts';
import { answerFacts } from './looks.ts';
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
import type {
  Attaching,
  Fencing,
  Finding,
  Promoting,
  Recording,
  Restoring,
  Verifying,
} from './report.ts';

export function fencingsOf(visits: readonly StateVisit[]): readonly Fencing[] {
  return found(visits, 'Terminate instance', 'termination').map(({ visit, fields, finding }) => ({
    ...finding,
    instanceId: textOf(fields.instanceId),
    attachmentId: textOf(fieldsOf(fieldsOf(documentBefore(visit).verdict).pin).attachmentId),
    steps: Array.isArray(fields.steps) ? fields.steps.map(stepFrom) : null,
    terminated: textsOf(fields.terminated),
    problems: textsOf(fields.problems),
  }));
}

export function promotionsOf(visits: readonly StateVisit[]): readonly Promoting[] {
  return found(visits, 'Pick standby', 'promotion').map(({ fields, finding }) => ({
    ...finding,
    instanceId: textOf(fields.instanceId),
    passedOver: listOf(fields.passedOver).map((item) => {
      const { instanceId, why } = fieldsOf(item);
      return { instanceId: textOf(instanceId) ?? '', why: textOf(why) ?? '' };
    }),
    look: numberOf(fields.look),
  }));
}

export function attachmentsOf(visits: readonly StateVisit[]): readonly Attaching[] {
  return found(visits, 'Attach ENI', 'attachment').map(({ visit, fields, finding }) => ({
    ...finding,
    instanceId: textOf(fields.instanceId),
    attachmentId: textOf(fields.attachmentId),
    tries: visit.tries.length,
    seconds: secondsBetween(visit.enteredAt, visit.leftAt),
  }));
}

export function verificationsOf(visits: readonly StateVisit[]): readonly Verifying[] {
  return found(visits, 'Verify coordinator', 'verification').map(({ fields, finding }) => ({
    ...finding,
    instanceId: textOf(fields.instanceId),
    attempt: numberOf(fields.tries),
    answers: listOf(fields.answers).map(answerFacts),
  }));
}

export function restorationsOf(visits: readonly StateVisit[]): readonly Restoring[] {
  return found(visits, 'Launch standby', 'restoration').map(({ fields, finding }) => ({
    ...finding,
    launched: textsOf(fields.launched),
    terminated: textsOf(fields.terminated),
    surplus: textsOf(fields.surplus),
    problems: listOf(fields.problems).map((item) => textOf(fieldsOf(item).sentence) ?? ''),
  }));
}

export function rearmingsOf(visits: readonly StateVisit[]): readonly Finding[] {
  return found(visits, 'Rearm alarms', 'rearming').map(({ finding }) => finding);
}

export function recordsOf(visits: readonly StateVisit[]): readonly Recording[] {
  const sent = found(visits, 'Tell people', 'notification').at(-1);
  return found(visits, 'Record incident', 'record').map(({ fields, finding }) => ({
    ...finding,
    subject: textOf(fields.subject),
    message: textOf(fields.message),
    messageId: textOf(sent?.fields.messageId),
  }));
}

interface Found {
  readonly visit: StateVisit;
  readonly fields: Fields;
  readonly finding: Finding;
}

function found(visits: readonly StateVisit[], state: string, path: string): readonly Found[] {
  return visits.flatMap((visit) => {
    if (visit.state !== state || visit.leftAt === null) return [];
    const fields = findingOf(visit, path);
    if (fields === undefined) return [];
    const finding = {
      at: isoOf(fields.at),
      kind: textOf(fields.kind) ?? '',
      sentence: textOf(fields.sentence),
      eventId: visit.exitedId ?? visit.tries.at(-1)?.endedId ?? null,
    };
    return [{ visit, fields, finding }];
  });
}

function stepFrom(item: unknown): NonNullable<Fencing['steps']>[number] {
  const { step, result, at } = fieldsOf(item);
  return { step: textOf(step) ?? '', result: textOf(result) ?? '', at: isoOf(at) };
}
