/** What to do about a finding, as lines of text. Pure. */
import { commandText } from '../../workflow/notify/advice.ts';
import type { Cure } from './findings.ts';

/** `shown`: the command that is printing: its own name is left out. `command` completes what to type. */
export function cureTexts(
  cure: Cure,
  shown: 'status' | 'doctor',
  command: (text: string) => string,
): string[] {
  if ('words' in cure) return [cure.words];
  if ('command' in cure) return [command(cure.command)];
  const { advice, execution } = cure;
  const texts = advice.commands.map((one) => commandText(one, execution));
  return [advice.sentence, ...texts.filter((text) => text !== shown).map(command)];
}
