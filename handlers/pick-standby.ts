/** Pick standby, DECIDE: who takes over, and why not the others. Needs no permissions. */
import { readIncident } from '../workflow/model/document.ts';
import type { StandbyPick } from '../workflow/model/incident.ts';
import { pickStandby } from '../workflow/standbys/pick-standby.ts';
import { type Clock, decidingHandler, isoNow } from './entry.ts';

export const handler = decidingHandler(pick);

export function pick(event: unknown, clock: Clock): StandbyPick {
  return pickStandby(readIncident(event), isoNow(clock));
}
