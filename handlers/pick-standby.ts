/** Pick standby, DECIDE: which standby takes over, and why the others do not. Needs no permissions. */
import { readIncident } from '../workflow/model/document.ts';
import type { StandbyPick } from '../workflow/model/incident.ts';
import { pick } from '../workflow/standbys/pick-standby.ts';
import { type Clock, decidingHandler, isoNow } from './entry.ts';

export const handler = decidingHandler(pickStandby);

export function pickStandby(event: unknown, clock: Clock): StandbyPick {
  return pick(readIncident(event), isoNow(clock));
}
