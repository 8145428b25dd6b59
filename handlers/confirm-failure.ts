/** Confirm failure, DECIDE: applies the rules. Needs no permissions. */
import { confirm } from '../workflow/decide/confirm-failure.ts';
import { readIncident } from '../workflow/model/document.ts';
import type { Decision } from '../workflow/model/incident.ts';
import { type Clock, decidingHandler, isoNow } from './entry.ts';

export const handler = decidingHandler(confirmFailure);

export function confirmFailure(event: unknown, clock: Clock): Decision {
  return confirm(readIncident(event), isoNow(clock));
}
