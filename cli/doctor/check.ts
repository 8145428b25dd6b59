/** One check of `doctor`, and the readings that its checks need. */

import type { ReadResult } from '../cluster/read-result.ts';
import type { Cure } from '../status/findings.ts';

export interface Check {
  readonly area: string;
  readonly decision: 'ok' | 'problem' | 'unknown' | 'not checked';
  readonly sentence: string;
  readonly cure?: Cure;
}

/** What `doctor` reads beside what `status` reads. */
export interface Readings {
  readonly subnet: ReadResult<{
    readonly subnetId: string;
    readonly availabilityZone: string;
    readonly freeAddresses: number;
  }>;
  /** The most interfaces of each instance type. */
  readonly interfaceLimits: ReadResult<ReadonlyMap<string, number>>;
}
