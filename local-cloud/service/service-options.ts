/** The options that every service takes. */

import type { Latencies } from '../chance/latency.ts';
import type { Random } from '../chance/random.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Clock } from '../time/clock.ts';

export interface ServiceOptions {
  readonly clock: Clock;
  /** A stream of the service's own: one more draw changes no other service. */
  readonly random: Random;
  readonly latencies: Latencies;
  readonly region: string;
  readonly accountId: string;
  /** Decides what roles may do, where the service acts with a role. @default everything */
  readonly authorizer?: () => Authorizer;
}
