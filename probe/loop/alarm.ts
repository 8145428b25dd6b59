/**
 * Sets an alarm to ALARM, so that an observation starts in seconds instead of an evaluation period. It only
 * starts an observation: the rules decide, and CloudWatch's next evaluation puts the true state back.
 * What can go wrong: the call fails. It is tried a few times while it is still true, and never holds
 * anything else up: the metric says the same a little later.
 */
import type { AlarmChange, Delivery, HostClock, Log } from '../ports.ts';
import { backoffMs, rest } from './waiting.ts';

export interface AlarmSetterOptions {
  readonly clock: HostClock;
  readonly random: () => number;
  readonly log: Log;
  readonly setAlarm: (change: AlarmChange, signal: AbortSignal) => Promise<Delivery>;
}

export interface AlarmRequest extends AlarmChange {
  /** Asked before every try: an alarm about something that is over is not set. */
  readonly stillTrue: () => boolean;
}

/** After that the alarm's own evaluation has seen the metric anyway. */
const alarmTries = 4;

const backoffLimits = { firstMs: 500, mostMs: 4000 };

/** Never rejects. */
export async function setAlarm(
  options: AlarmSetterOptions,
  request: AlarmRequest,
  signal: AbortSignal,
): Promise<void> {
  const { alarmName, reason, reasonData } = request;
  for (let attempt = 1; attempt <= alarmTries; attempt += 1) {
    if (signal.aborted || !request.stillTrue()) return;
    const delivery = await options.setAlarm({ alarmName, reason, reasonData }, signal);
    if (delivery.kind === 'done') {
      options.log('alarm-set', { alarmName, reason });
      return;
    }
    if (delivery.kind === 'refused' || attempt === alarmTries) {
      options.log('alarm-not-set', { alarmName, tries: attempt, sentence: delivery.sentence });
      return;
    }
    await rest(options.clock, backoffMs(attempt, options.random, backoffLimits), signal);
  }
}
