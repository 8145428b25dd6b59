/** `doctor` for a person: what is wrong first. Pure. */

import { cureTexts } from '../status/cures.ts';
import { type Line, type Tone, toned } from '../terminal/lines.ts';
import type { Check } from './check.ts';

const order: readonly Check['decision'][] = ['problem', 'unknown', 'ok', 'not checked'];

const words: Readonly<Record<Check['decision'], { readonly tone: Tone; readonly word: string }>> = {
  problem: { tone: 'bad', word: 'PROBLEM' },
  unknown: { tone: 'warn', word: 'UNKNOWN' },
  ok: { tone: 'good', word: 'ok' },
  'not checked': { tone: 'faint', word: 'not checked' },
};

export function showChecks(checks: readonly Check[], command: (text: string) => string): Line[] {
  const sorted = order.flatMap((decision) => checks.filter((check) => check.decision === decision));
  return sorted.flatMap(({ area, decision, sentence, cure }): Line[] => {
    const { tone, word } = words[decision];
    const line: Line = [
      toned(tone, word.padEnd(11)),
      ' ',
      toned('faint', area.padEnd(13)),
      ' ',
      sentence,
    ];
    if (cure === undefined || decision === 'ok') return [line];
    const cures = cureTexts(cure, 'doctor', command).map(
      (text, index): Line => [' '.repeat(26), index === 0 ? '-> ' : '   ', text],
    );
    return [line, ...cures];
  });
}
