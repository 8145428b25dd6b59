/**
 * Is the probe alive? Every loop of it says so each time round; only while all of them do is systemd's
 * watchdog told. A process that merely exists, with a loop that waits for something that never comes,
 * would look healthy and say nothing: that is what systemd then ends and starts anew.
 */
import type { HostClock, ProbePorts } from '../ports.ts';
import { rest } from './waiting.ts';

export interface Heartbeat {
  /** The loop has come round. From now on it must do so again within the limit. */
  beat(loop: string): void;
  /** The loop, or the one thing that it waited for, is over. */
  end(loop: string): void;
  /** The loops that have not come round in time. */
  stuck(): readonly string[];
}

export function createHeartbeat(clock: HostClock, limitMs: number): Heartbeat {
  const beats = new Map<string, number>();
  return {
    beat: (loop) => void beats.set(loop, clock.monotonicMs()),
    end: (loop) => void beats.delete(loop),
    stuck() {
      const now = clock.monotonicMs();
      return [...beats].filter(([, atMs]) => now - atMs > limitMs).map(([loop]) => loop);
    },
  };
}

/** Until the signal is aborted. Never rejects. */
export async function tellWatchdog(
  { clock, log, watchdog }: ProbePorts,
  heartbeat: Heartbeat,
  signal: AbortSignal,
): Promise<void> {
  if (watchdog === undefined) return;
  let stuck = false;
  let fails = false;
  while (!signal.aborted) {
    const loops = heartbeat.stuck();
    if (loops.length > 0 && !stuck) {
      log('stuck', { sentence: `has not come round for too long: ${loops.join(', ')}` });
    }
    stuck = loops.length > 0;
    if (!stuck) {
      const problem = await watchdog.tell();
      if (problem !== undefined && !fails) log('watchdog-fails', { sentence: problem });
      fails = problem !== undefined;
    }
    await rest(clock, watchdog.everyMs, signal);
  }
}
