/**
 * What a scenario is: what is done to a healthy cluster, and what must happen then. The words are
 * shown to people; the expectation is checked afterwards by expectations.ts.
 */
import type { Ending } from '../../../workflow/model/incident.ts';
import type { Stage } from '../stage.ts';

export interface Scenario {
  readonly name: string;
  /** What is done, and what must happen, as `--help` and the report say it. */
  readonly done: string;
  readonly must: string;
  /** HACoordinatorsCount: a number that belongs to the scenario, or the least it works with. */
  readonly coordinators: { readonly kind: 'exactly' | 'at least'; readonly count: number };
  /** It is about TLS: only with `--https`. */
  readonly needsHttps?: true;
  readonly expectation: Expectation;
  /** Values for the stack's parameters that belong to the scenario. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Does it. Returns when nothing more will be done; the failover may still be going on. */
  run(stage: Stage): Promise<void>;
}

export interface Expectation {
  /**
   * Who holds the address at the end. `same`: who did at the beginning. `another`: a standby of the
   * beginning that was not made to fail; where there is none, a coordinator launched since.
   * `launched`: one launched since. `nobody`: the address is gone, and with it every coordinator and
   * whatever could start an execution; then only the bystanders are looked at besides.
   */
  readonly holder: 'same' | 'another' | 'launched' | 'nobody';
  /**
   * Who is terminated at the end: exactly those that were made to fail, surplus only, nobody, or
   * anybody of the cluster.
   */
  readonly terminated: 'failed' | 'launched' | 'nobody' | 'anybody';
  /** The scenario itself stops executions: those may have been aborted. */
  readonly stopsExecutions?: true;
  /** What it asks for cannot be had: executions may end as failed, and the stack says why. */
  readonly asksForTooMuch?: true;
  /**
   * `short`: over within the promise, where a hot standby stood there. `over`: over, however long.
   * `none`: nobody else took over, and the client was served whenever nothing was failing.
   */
  readonly outage: 'short' | 'over' | 'none';
  /** Where every execution must end, where the scenario is about that. */
  readonly ending?: Ending;
  /**
   * How many executions there must be, where the scenario is about that. The schedule may start one
   * more at any time.
   */
  readonly leastExecutions?: number;
  /**
   * Where an execution must have ended, each at least once. An end that is a failure for Step
   * Functions (waiting for an operator, refused) is none here.
   */
  readonly reached?: readonly Ending[];
  /** Part of the subject of a message that people must have been told. */
  readonly told?: string;
}
