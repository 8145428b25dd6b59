/** Every document that is made from the code. docs/bench.md is not: `npm run bench` measures it. */
import { commandLineDocument } from './command-line.ts';
import { costDocument } from './cost.ts';
import { designDocument } from './design.ts';
import type { MadeDocument } from './document.ts';
import { fidelityDocument } from './fidelity.ts';
import { permissionsDocument } from './permissions.ts';
import { rulesDocument } from './rules.ts';
import { settingsDocument } from './settings.ts';
import { timeBudgetDocument } from './time-budget.ts';

export const documents: readonly MadeDocument[] = [
  designDocument,
  rulesDocument,
  settingsDocument,
  timeBudgetDocument,
  commandLineDocument,
  permissionsDocument,
  fidelityDocument,
  costDocument,
];
