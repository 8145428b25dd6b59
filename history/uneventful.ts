/**
 * Whether an execution found nothing to do, or has found nothing so far, by its newest document: the
 * coordinator was healthy, nobody was launched, terminated or fenced, and the address was left alone.
 */
import { readFinding } from './findings.ts';
import { fieldsOf } from './values.ts';

export function isUneventful(document: unknown): boolean {
  const { decision, termination, attachment, standbyLaunch } = fieldsOf(document);
  if (readFinding('decision', decision)?.outcome !== 'healthy') return false;
  if (readFinding('termination', termination)?.kind === 'fenced') return false;
  if (readFinding('attachment', attachment)?.kind === 'attached') return false;
  const { launched = [], terminated = [] } = readFinding('standbyLaunch', standbyLaunch) ?? {};
  return launched.length + terminated.length === 0;
}
