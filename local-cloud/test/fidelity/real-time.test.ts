/** The checks of the fidelity table that wait for real time: the other half of fidelity.test.ts. */
import { checkAreas } from './row.ts';
import { areas } from './table.ts';

checkAreas(areas.filter(({ isRealTime = false }) => isRealTime));
