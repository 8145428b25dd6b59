/** What a planted bug is, and faults that several of them take. */
import type { Delay, Faults, HostFault } from '../../simulation/faults.ts';
import type { IncidentOptions } from '../../simulation/incident.ts';
import type { Bug } from './planted.ts';

export interface Planted {
  readonly bug: string;
  readonly faults: Partial<Faults>;
  readonly handlers?: Readonly<Record<string, Bug>>;
  readonly template?: (template: object) => object;
  readonly options?: Partial<IncidentOptions>;
  readonly says: RegExp;
}

export const dies: HostFault = { who: 'active', does: 'hangs', atSeconds: 20, forSeconds: null };
export function dyingAt(...moments: readonly number[]): readonly HostFault[] {
  return moments.map((atSeconds) => ({ ...dies, atSeconds }));
}

/** Its alarm rings for as long as the run lasts. */
export const lonelyStandby: Partial<Faults> = {
  hosts: [{ ...dies, who: 'last standby', does: 'is cut off inside' }],
  people: [{ does: 'start', fromSeconds: 300, forSeconds: 0 }],
};

/** Descriptions are as old as can be. */
export const lagging: Delay = {
  what: 'describeLag',
  bySeconds: 15,
  varies: false,
  fromSeconds: 0,
  forSeconds: 200,
};
