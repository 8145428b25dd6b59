/**
 * systemd's watchdog (WatchdogSec= of the unit): a process that does not report in time is ended and
 * started anew. Node.js has no datagram sockets of AF_UNIX, so systemd-notify carries the message; the
 * unit allows it by NotifyAccess=all. Source: sd_notify(3), systemd.service(5).
 * What can go wrong: the program is missing or hangs. It has a deadline, and is tried again.
 */
import { execFile } from 'node:child_process';
import type { WatchdogPort } from './ports.ts';

/** Four times within the watchdog's time, and every 5 s at the rarest. */
const timesWithin = 4;
const mostMs = 5000;

/** Undefined where no watchdog is armed: not started by systemd, or by a unit without one. */
export function systemdWatchdog(
  environment: Readonly<Record<string, string | undefined>>,
): WatchdogPort | undefined {
  const microseconds = Number(environment.WATCHDOG_USEC);
  if (environment.NOTIFY_SOCKET === undefined || !(microseconds > 0)) return undefined;
  return {
    everyMs: Math.min(mostMs, microseconds / 1000 / timesWithin),
    tell: () =>
      new Promise((resolve) => {
        execFile('systemd-notify', ['WATCHDOG=1'], { timeout: mostMs }, (error) =>
          resolve(error === null ? undefined : error.message.trim()),
        );
      }),
  };
}
