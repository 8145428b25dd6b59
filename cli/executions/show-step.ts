/** One step of a running execution, with the seconds since its start. Pure. */

import { type Line, toned } from '../terminal/lines.ts';
import type { ShownStep } from './follow-execution.ts';

export function showStep(
  { at, state, kind, sentence, rule }: ShownStep,
  startedAt: number,
): Line[] {
  const seconds = `${(Math.max(0, at - startedAt) / 1000).toFixed(1)} s`.padStart(9);
  if (kind === 'entered') return [[toned('faint', seconds), '  ', toned('strong', state)]];
  if (kind === 'failed') {
    return [[toned('faint', seconds), '  ', toned('warn', 'failed:'), ` ${sentence}`]];
  }
  const told = rule === null ? '' : `rule ${rule}: `;
  return [[toned('faint', seconds), `    ${told}${sentence}`]];
}
