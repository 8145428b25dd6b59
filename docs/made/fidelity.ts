/** local-cloud/fidelity.md: the local cloud's own table. */
import { fidelityDocument as textOf } from '../../local-cloud/test/fidelity/document.ts';
import { comparisons } from '../../local-cloud/test/fidelity/others/comparisons.ts';
import { areas } from '../../local-cloud/test/fidelity/table.ts';
import type { MadeDocument } from './document.ts';

export const fidelityDocument: MadeDocument = {
  file: 'local-cloud/fidelity.md',
  make: () => textOf(areas, comparisons),
};
