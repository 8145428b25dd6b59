/** docs/rules.md: the table of rules in words. */
import { rules } from '../../workflow/decide/rules.ts';
import { headOf, type MadeDocument, madeNotice, row } from './document.ts';

export const rulesDocument: MadeDocument = {
  file: 'docs/rules.md',
  make: () =>
    [
      '# The rules',
      '',
      'The first rule that matches decides. Its name and its sentence stand in the execution, in the log',
      'and in the drill. "Fenced" means: by this execution. What the words mean: [design.md](design.md#words).',
      '',
      madeNotice,
      '',
      ...headOf(['#', 'rule', 'when']),
      ...rules.map(({ name, when }, index) => row([index + 1, `\`${name}\``, when])),
      '',
    ].join('\n'),
};
