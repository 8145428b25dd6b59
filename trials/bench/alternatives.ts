/**
 * What a user would have instead of this failover. Computed from the same latency table, always in
 * favour of the alternative: what no source gives a number for counts as nothing.
 */
import { type Latencies, latenciesFrom, randomFrom } from '@coordinator-failover/local-cloud';
import { awsLatencies } from '../../workflow/aws-latencies.ts';
import { type FailureKind, promisedSeconds } from '../../workflow/time-budget.ts';

export interface Alternative {
  readonly name: string;
  /** How its seconds come about, and what is left out. */
  readonly made: string;
  readonly doesNotCover: string;
  readonly source: string;
  /** Seconds of so many outages; null where it does not notice the failure at all. */
  outages(kind: FailureKind, count: number, seed: number): readonly number[] | null;
}

/** Presto and Trino take 15 to 40 s to start, as in the simulation (fleet.ts). */
const startSeconds = { least: 15, most: 40 };
/** systemd.service(5): RestartSec. */
const restartSeconds = 0.1;

export const groupName = 'an Auto Scaling group of one';

export const alternatives: readonly Alternative[] = [
  {
    name: groupName,
    made: "with EC2 health checks: the status check turns, an instance is launched and boots, the server starts. Not counted: the group's own wait and checking interval, which have no published number, and moving the address to the new instance",
    doesNotCover:
      'a server that exits or hangs on a machine that works: EC2 checks the instance, not the server',
    source:
      'Auto Scaling user guide, health checks (docs.aws.amazon.com/autoscaling/ec2/userguide/healthcheck.html): EC2 status checks are the default, any state but running is unhealthy. Elastic Beanstalk guide (environmentconfig-autoscaling-healthchecktype.html): a crashed application on a healthy instance is not replaced. Seconds: rows statusCheck, runInstancesToRunning and guestBoot of workflow/aws-latencies.ts',
    outages(kind, count, seed) {
      if (kind === 'process-exit' || kind === 'process-hang') return null;
      return drawn(count, seed, (latency, start) => {
        const noticed = kind === 'node-gone' ? 0 : latency('statusCheck');
        return noticed + latency('runInstancesToRunning') + latency('guestBoot') + start();
      });
    },
  },
  {
    name: 'a restart in place by systemd',
    made: 'RestartSec, and the server starts',
    doesNotCover:
      'a server that hangs (the watchdog is off unless the service calls sd_notify, which these servers do not), and every failure of the machine',
    source:
      'systemd.service(5): RestartSec defaults to 100 ms, WatchdogSec to off. Start of the server: 15 to 40 s, an estimate',
    outages: (kind, count, seed) =>
      kind === 'process-exit'
        ? drawn(count, seed, (_latency, start) => restartSeconds + start())
        : null,
  },
  {
    name: 'the starting document',
    made: 'what it promises: under a minute, whatever fails',
    doesNotCover: 'nothing that it names',
    source: 'the starting document: "should complete in under a minute"',
    outages: () => [promisedSeconds],
  },
];

function drawn(
  count: number,
  seed: number,
  outage: (latency: Latencies, start: () => number) => number,
): number[] {
  const random = randomFrom(seed);
  const latencies = latenciesFrom(awsLatencies, randomFrom(random.next() * 2 ** 32));
  const start = () => startSeconds.least + (startSeconds.most - startSeconds.least) * random.next();
  return Array.from({ length: count }, () => outage((name) => latencies(name) / 1000, start));
}
