/**
 * What is made up in a rehearsal: who answers at /v1/info, what the probes publish, and the event of
 * an alarm that a probe has set.
 */
import { realClock } from '@coordinator-failover/local-cloud';
import { addressTargetName, type CheckTarget } from '../../workflow/model/incident.ts';
import { readInfo } from '../../workflow/model/info.ts';
import { dimensionNames, metricNames } from '../../workflow/model/names.ts';
import type { Account } from '../support/account.ts';

export interface Hosts {
  readonly account: Account;
  /** Coordinators whose server is dead: nothing listens, and their probes say 0. */
  readonly dead: Set<string>;
  /** When the outside check first met an attachment, by its id. */
  readonly metAt: Map<string, number>;
  /** How long packets to a fresh attachment are dropped. */
  usableAfterMs: number;
}

/** The event that a probe's SetAlarmState leads to, `secondsAgo` after its first bad sample. */
export function alarmEvent({ account }: Pick<Hosts, 'account'>, secondsAgo: number): object {
  const [activeId = ''] = account.coordinatorIds;
  const firstBadSampleAt = new Date(Date.now() - secondsAgo * 1000).toISOString();
  const turnedBadAt = new Date(Date.now() - (secondsAgo - 2) * 1000).toISOString();
  const alarmName = account.cluster.alarms.activeHealth;
  return {
    version: '0',
    id: '1e5527d7-bb36-4607-3370-4164db56a40e',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '210987654321',
    time: new Date().toISOString().replace(/\.\d+/, ''),
    region: 'eu-central-1',
    resources: [`arn:aws:cloudwatch:eu-central-1:210987654321:alarm:${alarmName}`],
    detail: {
      alarmName,
      state: {
        value: 'ALARM',
        reason: `Probe on ${activeId}: the coordinator on this host, which holds the address, refuses connections; 3 bad samples in a row since ${firstBadSampleAt}`,
        reasonData: JSON.stringify({
          by: 'probe',
          clusterName: 'presto',
          instanceId: activeId,
          metricName: 'ActiveHealth',
          firstBadSampleAt,
          turnedBadAt,
          sentence: 'refuses connections: nothing listens on the port',
        }),
        timestamp: turnedBadAt.replace('Z', '+0000'),
      },
      previousState: { value: 'OK', timestamp: '2026-10-01T00:00:00.000+0000' },
    },
  };
}

export async function askIn(world: Hosts, { name, host }: CheckTarget) {
  const { account } = world;
  const holderId = account.holderId();
  const asked =
    name === addressTargetName
      ? usable(world)
        ? holderId
        : undefined
      : account.ec2.snapshot().instances.find((one) => one.privateIpAddress === host)?.instanceId;
  const alive = asked !== undefined && account.living().includes(asked);
  if (!alive) await realClock.sleep(2_000);
  const { kept, ...reading } = readInfo(
    !alive
      ? { kind: 'timed-out', detail: 'no connection after 2000 ms' }
      : world.dead.has(asked)
        ? { kind: 'refused', detail: 'ECONNREFUSED' }
        : readyAnswer(asked),
  );
  const sentence = `${name} (${host}) ${reading.sentence}.`;
  return { name, host, ...reading, sentence, ...(reading.ready ? {} : { kept }) };
}

/** A vacant or fresh address drops packets for a while, as the network does. */
function usable({ account, metAt, usableAfterMs }: Hosts): boolean {
  const attachmentId = account.attachmentId();
  if (attachmentId === undefined) return false;
  const first = metAt.get(attachmentId) ?? Date.now();
  metAt.set(attachmentId, first);
  return metAt.size === 1 || Date.now() - first >= usableAfterMs;
}

function readyAnswer(instanceId: string) {
  const info = {
    nodeVersion: { version: '477' },
    environment: 'production',
    coordinator: true,
    starting: false,
    uptime: '1.02h',
    coordinatorId: `jvm${instanceId.slice(-5)}`,
  };
  const contentType = 'application/json';
  return {
    kind: 'answered',
    status: 200,
    contentType,
    body: JSON.stringify(info),
    truncated: false,
  } as const;
}

/** Every probe publishes every 5 s; standbys say whether they reach the address. */
export function startProbes(world: Hosts): () => void {
  const publish = () => {
    for (const instanceId of world.account.living()) {
      sample(world, instanceId, metricNames.health, world.dead.has(instanceId) ? 0 : 1);
      const holderId = world.account.holderId();
      if (instanceId === holderId) continue;
      const reaches = holderId !== undefined && !world.dead.has(holderId) && usable(world);
      sample(world, instanceId, metricNames.reachable, reaches ? 1 : 0);
    }
  };
  const timer = setInterval(publish, 5_000);
  return () => clearInterval(timer);
}

function sample({ account }: Hosts, instanceId: string, metricName: string, value: 0 | 1): void {
  const { clusterName, metricNamespace: namespace } = account.cluster;
  const dimensions = [
    { name: dimensionNames.cluster, value: clusterName },
    { name: dimensionNames.instanceId, value: instanceId },
  ];
  account.cloudWatch.seedMetric({ namespace, metricName, dimensions }, value, {
    everySeconds: 5,
    forSeconds: 0,
  });
}
