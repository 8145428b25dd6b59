/**
 * The numbers of detection and failover that a user can set. Limits and reasons stand in
 * workflow/model/settings.ts; a number outside of its limits is an error at synth, and one that breaks the
 * promised time is a warning that names it.
 */
export interface TimingProps {
  /**
   * Seconds to wait before the first observation: the buffer against false alarms.
   *
   * @default 5
   */
  readonly graceSeconds?: number;

  /**
   * Seconds for which a fresh promotion is not judged.
   *
   * @default 45
   */
  readonly settleSeconds?: number;

  /**
   * Seconds after which a probe's sample says nothing any more. Above two publishes.
   *
   * @default 12
   */
  readonly freshSeconds?: number;

  /**
   * Seconds that a coordinator which calls itself healthy may be unreachable for everybody else.
   *
   * @default 20
   */
  readonly isolatedSeconds?: number;

  /**
   * Seconds for which a decision may be acted upon.
   *
   * @default 15
   */
  readonly decisionValidSeconds?: number;

  /**
   * Seconds between two observations while the evidence is not clear.
   *
   * @default 5
   */
  readonly askAgainSeconds?: number;

  /**
   * Observations without a clear answer before a person decides.
   *
   * @default 12
   */
  readonly askLimit?: number;

  /**
   * Seconds between two tries to reach a new coordinator at the address.
   *
   * @default 1
   */
  readonly verifyAgainSeconds?: number;

  /**
   * Tries to reach a new coordinator at the address before another round.
   *
   * @default 12
   */
  readonly verifyLimit?: number;

  /**
   * Coordinators that one incident may try.
   *
   * @default 3
   */
  readonly roundLimit?: number;

  /**
   * Minutes within which a launched coordinator must be ready.
   *
   * @default 10
   */
  readonly readyWithinMinutes?: number;

  /**
   * Failovers within the window before a person decides.
   *
   * @default 3
   */
  readonly failoverLimit?: number;

  /**
   * Minutes that failovers are remembered for `failoverLimit`.
   *
   * @default 60
   */
  readonly failoverWindowMinutes?: number;

  /**
   * Seconds between the two observations that must both see a surplus coordinator before it is scaled in.
   *
   * @default 10
   */
  readonly surplusAgainSeconds?: number;

  /**
   * Seconds before an alarm may fire again for a fault about which nothing could be done.
   *
   * @default 60
   */
  readonly alarmResetSeconds?: number;

  /**
   * Seconds between two samples of a probe.
   *
   * @default 1
   */
  readonly probeIntervalSeconds?: number;

  /**
   * Seconds after which a probe counts a silent server as a bad sample.
   *
   * @default 2
   */
  readonly probeTimeoutSeconds?: number;

  /**
   * Bad samples in a row that make a coordinator unhealthy.
   *
   * @default 3
   */
  readonly badSamplesToUnhealthy?: number;

  /**
   * Seconds between two publishes of a probe. A change is published at once.
   *
   * @default 5
   */
  readonly probePublishSeconds?: number;

  /**
   * Period of the two alarms in seconds: 10, 20 or 30.
   *
   * @default 10
   */
  readonly alarmPeriodSeconds?: number;

  /**
   * Bad periods in a row that set an alarm off.
   *
   * @default 1
   */
  readonly alarmDatapoints?: number;

  /**
   * Minutes between two scheduled observations. Not a CloudFormation parameter.
   *
   * @default 5
   */
  readonly scheduleMinutes?: number;
}
