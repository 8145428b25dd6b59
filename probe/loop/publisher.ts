/**
 * Brings data to CloudWatch: in order of need, from a bounded buffer, for as long as it takes.
 * What can go wrong: CloudWatch refuses, hangs, or is gone for an hour. Nothing here stops the
 * sampling, grows without bound or ends the program; what is lost is said.
 */
import { probeBackoffMs } from '../../workflow/model/timing.ts';
import type { Datum, Delivery, HostClock, Log } from '../ports.ts';
import { backoffMs, createWakeUp } from './waiting.ts';

export interface PublisherOptions {
  readonly clock: HostClock;
  readonly random: () => number;
  readonly log: Log;
  readonly send: (data: readonly Datum[], signal: AbortSignal) => Promise<Delivery>;
}

export interface Publisher {
  /** Takes data in. `urgent` sends at once, even while waiting after failures. */
  add(data: readonly Datum[], urgent: boolean): void;
  /** Sends until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** One last try for what is left, one call. */
  flush(signal: AbortSignal): Promise<void>;
}

/** Data that are kept while CloudWatch does not take them: half an hour of a standby's. */
export const bufferLimit = 1000;
/** Data in one call: small enough to arrive over a bad line before its timeout. */
export const batchLimit = 250;
/** With nothing to send, it waits for the wake-up at most so long. */
const idleMs = 60_000;

export function createPublisher(options: PublisherOptions): Publisher {
  const { clock, random, log } = options;
  const wakeUp = createWakeUp(clock);
  let buffer: readonly Datum[] = [];
  let failures = 0;
  let dropped = 0;
  let refused = false;

  const keep = (data: readonly Datum[]) => {
    buffer = data.slice(-bufferLimit);
    const lost = data.length - buffer.length;
    if (lost > 0 && dropped === 0) {
      log('dropping-data', { sentence: `the buffer is full: beyond ${bufferLimit} the oldest go` });
    }
    dropped += lost;
  };

  /** Newest first: what is true now must not wait for what was true before. */
  const sendNewest = async (signal: AbortSignal) => {
    const batch = buffer.slice(-batchLimit);
    const delivery = await options.send(batch, signal);
    // A called-off send may have arrived: sent again is the same value at the same second.
    if (signal.aborted && delivery.kind !== 'done') return;
    if (delivery.kind === 'failed') {
      failures += 1;
      if (failures === 1) log('publishing-fails', { sentence: delivery.sentence });
      return;
    }
    const gone = new Set(batch);
    buffer = buffer.filter((datum) => !gone.has(datum));
    if (delivery.kind === 'refused') {
      // The same data would be refused for ever, and everything behind them would wait.
      if (!refused) log('data-refused', { sentence: delivery.sentence, data: batch.length });
      refused = true;
      return;
    }
    refused = false;
    if (failures > 0) log('publishing-works', { failedCalls: failures, droppedData: dropped });
    failures = 0;
    dropped = 0;
  };

  return {
    add(data, urgent) {
      if (data.length === 0) return;
      keep([...buffer, ...data]);
      if (urgent || failures === 0) wakeUp.ring();
    },

    async run(signal) {
      while (!signal.aborted) {
        if (failures > 0) await wakeUp.wait(backoffMs(failures, random, probeBackoffMs), signal);
        else if (buffer.length === 0) await wakeUp.wait(idleMs, signal);
        if (buffer.length > 0 && !signal.aborted) await sendNewest(signal);
      }
    },

    async flush(signal) {
      if (buffer.length > 0) await sendNewest(signal);
    },
  };
}
