/**
 * What the execution did: fenced, picked, attached, verified, restored, reset. One entry per finding;
 * what failed without one stands among the failures.
 */
import { type Findings, findingsOf } from '../../history/findings.ts';
import { fieldsOf, secondsBetween, textOf } from '../../history/values.ts';
import { documentBefore, type ExecutionHistory } from '../../history/visits.ts';
import type { FindingEvent, Report } from '../report.ts';

export type Actions = Pick<
  Report,
  | 'fencings'
  | 'standbyPicks'
  | 'attachments'
  | 'verifications'
  | 'standbyLaunches'
  | 'alarmResets'
  | 'records'
>;

export function actionsOf(history: ExecutionHistory): Actions {
  const sent = findingsOf(history, 'notification').at(-1);
  return {
    fencings: findingsOf(history, 'termination').map(({ finding, visit, eventId }) => {
      const { pin } = fieldsOf(documentBefore(visit).decision);
      return { ...finding, eventId, attachmentId: textOf(fieldsOf(pin).attachmentId) };
    }),
    standbyPicks: told(history, 'standbyPick'),
    attachments: findingsOf(history, 'attachment').map(({ finding, visit, eventId }) => ({
      ...finding,
      eventId,
      tries: visit.tries.length,
      seconds: secondsBetween(visit.enteredAt, visit.leftAt),
    })),
    verifications: told(history, 'verification'),
    standbyLaunches: told(history, 'standbyLaunch'),
    alarmResets: told(history, 'alarmReset'),
    records: told(history, 'record').map((record) => ({
      ...record,
      messageId: sent?.finding.messageId ?? null,
    })),
  };
}

function told<Path extends keyof Findings>(
  history: ExecutionHistory,
  path: Path,
): readonly FindingEvent<Path>[] {
  return findingsOf(history, path).map(({ finding, eventId }) => ({ ...finding, eventId }));
}
