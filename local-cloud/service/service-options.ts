/** What every service is made with. */

import type { Latencies } from '../chance/latency.ts';
import type { Random } from '../chance/random.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Clock } from '../time/clock.ts';

export interface ServiceOptions {
  readonly clock: Clock;
  /** The service's own: one more draw in it leaves the other services as they were. */
  readonly random: Random;
  readonly latencies: Latencies;
  readonly region: string;
  readonly accountId: string;
  /** Decides what roles may do, where the service acts with one. @default everything */
  readonly authorizer?: () => Authorizer;
}
