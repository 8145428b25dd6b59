import { describe, expect, test } from 'vitest';
import {
  broken,
  configuration,
  type Host,
  healthyActive,
  healthyStandby,
  instanceId,
  ready,
  refused,
  startHost,
  starting,
} from './host.ts';

const clusterOnly = { Cluster: 'analytics' };
const thisHost = { Cluster: 'analytics', InstanceId: instanceId };

describe('probe: the active', () => {
  test('publishes Health and ActiveHealth every 5 s, and no Reachable', async () => {
    const host = startHost(healthyActive);
    await host.seconds(60);
    const last = host.received.filter((datum) => datum.sentMs >= 50_000);
    expect(
      last.map(({ metricName, dimensions, value }) => [metricName, dimensions, value]),
    ).toEqual(
      Array.from({ length: 3 }, () => [
        ['Health', thisHost, 1],
        ['ActiveHealth', clusterOnly, 1],
      ]).flat(),
    );
    expect(host.values('Reachable')).toEqual([]);
    await host.stop();
  });

  test('that dies says 0 at once and sets the alarm, after three bad samples', async () => {
    const host = startHost(healthyActive);
    await host.seconds(30.5);
    host.world.own = refused;
    await host.seconds(2.6);
    expect(host.values('ActiveHealth', 31_000)).toEqual([0]);
    expect(host.values('Health', 31_000)).toEqual([0]);
    expect(host.alarms).toEqual([
      {
        atMs: 33_000,
        alarmName: 'analytics-coordinator-active-health',
        reason:
          `Probe on ${instanceId}: the coordinator on this host, which holds the address, refuses ` +
          'connections: nothing listens on the port (connect ECONNREFUSED); 3 bad samples in a row ' +
          'since 2025-11-23T17:00:31.000Z',
        reasonData: {
          by: 'probe',
          clusterName: 'analytics',
          instanceId,
          metricName: 'ActiveHealth',
          firstBadSampleAt: '2025-11-23T17:00:31.000Z',
          turnedBadAt: '2025-11-23T17:00:33.000Z',
          sentence: 'refuses connections: nothing listens on the port (connect ECONNREFUSED)',
        },
      },
    ]);
    await host.stop();
  });

  test('that hangs is known within two samples and one timeout (looks overlap)', async () => {
    const host = startHost(healthyActive);
    await host.seconds(30.5);
    host.world.own = 'hang';
    await host.seconds(4.4);
    expect(host.alarms).toEqual([]);
    await host.seconds(0.2);
    expect(host.alarms.map((alarm) => alarm.atMs)).toEqual([35_000]);
    await host.stop();
  });

  test('that comes back says 1 at once, and sets the alarm anew only when it fails again', async () => {
    const host = startHost(healthyActive);
    await host.seconds(10);
    host.world.own = refused;
    await host.seconds(60);
    expect(host.alarms).toHaveLength(1);
    host.world.own = ready;
    await host.seconds(1.1);
    expect(host.values('ActiveHealth').at(-1)).toBe(1);
    host.world.own = broken;
    await host.seconds(4);
    expect(host.alarms).toHaveLength(2);
    await host.stop();
  });

  test('says a change in a second of its own: CloudWatch keeps one value a second', async () => {
    const host = startHost(healthyActive);
    await host.seconds(27.5);
    host.world.own = refused;
    await host.seconds(8);
    // Published at 30 s as 1, and 0 from the third bad sample of the same second on.
    const newest = new Map<number, number>();
    for (const { metricName, at, value } of host.received) {
      if (metricName !== 'Health') continue;
      const second = Math.floor(at / 1000);
      newest.set(second, Math.max(newest.get(second) ?? 0, value));
    }
    const seconds = [...newest.keys()].sort((one, other) => one - other);
    const change = seconds.find((second) => newest.get(second) === 0);
    expect(change).toBe(Date.UTC(2025, 10, 23, 17, 0, 31) / 1000);
    await host.stop();
  });

  test('two bad samples are nothing', async () => {
    const host = startHost(healthyActive);
    await host.seconds(10.5);
    host.world.own = refused;
    await host.seconds(2);
    host.world.own = ready;
    await host.seconds(30);
    expect(host.values('Health')).not.toContain(0);
    expect(host.alarms).toEqual([]);
    await host.stop();
  });

  test('speaks for the coordinator no longer once the address is gone, whatever metadata says', async () => {
    const host = startHost(healthyActive);
    await host.seconds(20.5);
    host.world.place = 'elsewhere';
    await host.seconds(0.6);
    const gone = host.nowMs();
    await host.seconds(60);
    expect(host.values('ActiveHealth', gone)).toEqual([]);
    expect(host.values('Reachable', gone)).toContain(1);
    await host.stop();
  });

  test('does not set an alarm about itself after it has lost the address', async () => {
    const host = startHost(healthyActive);
    await host.seconds(20);
    host.world.place = 'elsewhere';
    host.world.own = refused;
    await host.seconds(20);
    expect(host.alarms).toEqual([]);
    expect(host.values('Health').at(-1)).toBe(0);
    await host.stop();
  });
});

describe('probe: a standby', () => {
  test('asks the coordinator address and publishes Reachable by cluster and by host', async () => {
    const host = startHost(healthyStandby);
    await host.seconds(60);
    const last = host.received.filter((datum) => datum.sentMs >= 55_000 && datum.sentMs < 60_000);
    expect(
      last.map(({ metricName, dimensions, value }) => [metricName, dimensions, value]),
    ).toEqual([
      ['Health', thisHost, 1],
      ['Reachable', clusterOnly, 1],
      ['Reachable', thisHost, 1],
    ]);
    await host.stop();
  });

  test('sets the other alarm when the address does not answer', async () => {
    const host = startHost(healthyStandby);
    await host.seconds(30.5);
    host.world.address = 'hang';
    await host.seconds(5);
    expect(host.alarms.map((alarm) => [alarm.alarmName, alarm.atMs])).toEqual([
      ['analytics-coordinator-reachable', 35_000],
    ]);
    expect(host.alarms[0]?.reason).toContain(
      'the coordinator address, asked from this standby, did not answer in time',
    );
    expect(host.values('Reachable').slice(-2)).toEqual([0, 0]);
    expect(host.values('Health').at(-1)).toBe(1);
    await host.stop();
  });

  test('that has never been ready is a witness all the same', async () => {
    const host = startHost({ ...healthyStandby, own: starting });
    await host.seconds(20);
    expect(new Set(host.values('Health'))).toEqual(new Set([0]));
    expect(new Set(host.values('Reachable'))).toEqual(new Set([1]));
    expect(host.alarms).toEqual([]);
    await host.stop();
  });

  test('needs no metadata to be a witness, once it knows its name', async () => {
    const host = startHost(healthyStandby);
    await host.seconds(5);
    host.world.metadata = 'hangs';
    await host.seconds(600);
    expect(host.values('Reachable', 590_000)).toContain(1);
    await host.stop();
  });

  test.each(['not-on-eni', 'here'] as const)(
    'that would only ask itself says nothing of the address (%s)',
    async (place) => {
      const host = startHost({ ...healthyStandby, place });
      await host.seconds(30);
      expect(host.values('Reachable')).toEqual([]);
      expect(host.values('ActiveHealth')).toEqual([]);
      expect(host.values('Health')).toContain(1);
      await host.stop();
    },
  );
});

describe('probe: changes of role', () => {
  test('an unhealthy host that becomes the active sets the alarm', async () => {
    const host = startHost({ ...healthyStandby, own: refused });
    await host.seconds(20);
    expect(host.alarms).toEqual([]);
    promote(host);
    await host.seconds(2);
    expect(host.alarms.map((alarm) => alarm.alarmName)).toEqual([
      'analytics-coordinator-active-health',
    ]);
    expect(host.values('ActiveHealth').at(-1)).toBe(0);
    await host.stop();
  });

  test('what a standby saw of the address does not follow it into its next time as a standby', async () => {
    const host = startHost({ ...healthyStandby, address: refused });
    await host.seconds(10);
    promote(host);
    await host.seconds(2);
    Object.assign(host.world, { place: 'elsewhere', listed: false, address: ready });
    const since = host.nowMs();
    await host.seconds(10);
    expect(new Set(host.values('Reachable', since))).toEqual(new Set([1]));
    await host.stop();
  });

  test('an answer that comes after the change of role does not count', async () => {
    const host = startHost({ ...healthyStandby, address: 'hang' }, { badSamplesToUnhealthy: 1 });
    await host.seconds(1.5);
    promote(host);
    await host.seconds(1);
    Object.assign(host.world, { place: 'elsewhere', listed: false, address: ready });
    await host.seconds(10);
    expect(host.values('Reachable')).not.toContain(0);
    await host.stop();
  });

  test('the same address on this host without the interface makes no active', async () => {
    const host = startHost({ ...healthyActive, listed: false });
    await host.seconds(20);
    expect(host.values('ActiveHealth')).toEqual([]);
    await host.stop();
  });

  test('an active that loses the interface but has the address on lo is none, at once', async () => {
    const host = startHost(healthyActive);
    await host.seconds(20);
    // Metadata goes on listing the interface for minutes.
    host.world.place = 'not-on-eni';
    const since = host.nowMs() + 1100;
    await host.seconds(60);
    expect(host.values('ActiveHealth', since)).toEqual([]);
    expect(host.values('Reachable')).toEqual([]);
    await host.stop();
  });
});

describe('probe: the log', () => {
  test('has one line per change and none per sample', async () => {
    const host = startHost(healthyActive);
    await host.seconds(600);
    expect(host.events()).toEqual(['watching', 'health', 'role']);
    const before = host.lines.length;
    host.world.own = refused;
    await host.seconds(600);
    expect(host.lines.slice(before)).toMatchObject([
      {
        event: 'health',
        from: 'healthy',
        to: 'unhealthy',
        sentence: 'refuses connections: nothing listens on the port (connect ECONNREFUSED)',
      },
      { event: 'alarm-set', alarmName: configuration.alarms.activeHealth },
    ]);
    await host.stop();
    expect(host.events().at(-1)).toBe('stopped');
  });
});

function promote(host: Host): void {
  Object.assign(host.world, { place: 'here', listed: true });
}
