/** What `doctor` reads beyond what `status` does, and what it makes of it all. */

import type { ReadResult } from '../cluster/read-result.ts';
import type { Cure } from '../status/findings.ts';

export interface Check {
  readonly area: string;
  readonly decision: 'ok' | 'problem' | 'unknown' | 'not checked';
  readonly sentence: string;
  readonly cure?: Cure;
}

/** What `doctor` reads beyond what `status` does. */
export interface Readings {
  readonly subnet: ReadResult<{
    readonly subnetId: string;
    readonly availabilityZone: string;
    readonly freeAddresses: number;
  }>;
  /** Most interfaces by instance type. */
  readonly interfaceLimits: ReadResult<ReadonlyMap<string, number>>;
}
