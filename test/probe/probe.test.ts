import { describe, expect, test } from 'vitest';
import {
  type Box,
  broken,
  configuration,
  healthyActive,
  healthyStandby,
  instanceId,
  ready,
  refused,
  startBox,
  starting,
} from './host.ts';

const clusterOnly = { Cluster: 'analytics' };
const thisBox = { Cluster: 'analytics', InstanceId: instanceId };

describe('probe: the active', () => {
  test('publishes Health and ActiveHealth every 5 s, and no Reachable', async () => {
    const box = startBox(healthyActive);
    await box.seconds(60);
    const last = box.received.filter((datum) => datum.sentMs >= 50_000);
    expect(
      last.map(({ metricName, dimensions, value }) => [metricName, dimensions, value]),
    ).toEqual(
      Array.from({ length: 3 }, () => [
        ['Health', thisBox, 1],
        ['ActiveHealth', clusterOnly, 1],
      ]).flat(),
    );
    expect(box.values('Reachable')).toEqual([]);
    await box.stop();
  });

  test('that dies says 0 at once and sets the alarm, after three bad samples', async () => {
    const box = startBox(healthyActive);
    await box.seconds(30.5);
    box.world.own = refused;
    await box.seconds(2.6);
    expect(box.values('ActiveHealth', 31_000)).toEqual([0]);
    expect(box.values('Health', 31_000)).toEqual([0]);
    expect(box.alarms).toEqual([
      {
        atMs: 33_000,
        alarmName: 'analytics-coordinator-active-health',
        reason:
          `Probe on ${instanceId}: the coordinator on this box, which holds the address, refuses ` +
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
    await box.stop();
  });

  test('that hangs is known within two samples and one timeout (looks overlap)', async () => {
    const box = startBox(healthyActive);
    await box.seconds(30.5);
    box.world.own = 'hang';
    await box.seconds(4.4);
    expect(box.alarms).toEqual([]);
    await box.seconds(0.2);
    expect(box.alarms.map((alarm) => alarm.atMs)).toEqual([35_000]);
    await box.stop();
  });

  test('that comes back says 1 at once, and sets the alarm anew only when it fails again', async () => {
    const box = startBox(healthyActive);
    await box.seconds(10);
    box.world.own = refused;
    await box.seconds(60);
    expect(box.alarms).toHaveLength(1);
    box.world.own = ready;
    await box.seconds(1.1);
    expect(box.values('ActiveHealth').at(-1)).toBe(1);
    box.world.own = broken;
    await box.seconds(4);
    expect(box.alarms).toHaveLength(2);
    await box.stop();
  });

  test('says a change in a second of its own: CloudWatch keeps one value a second', async () => {
    const box = startBox(healthyActive);
    await box.seconds(27.5);
    box.world.own = refused;
    await box.seconds(8);
    // Published at 30 s as 1, and 0 from the third bad sample of the same second on.
    const newest = new Map<number, number>();
    for (const { metricName, at, value } of box.received) {
      if (metricName !== 'Health') continue;
      const second = Math.floor(at / 1000);
      newest.set(second, Math.max(newest.get(second) ?? 0, value));
    }
    const seconds = [...newest.keys()].sort((one, other) => one - other);
    const change = seconds.find((second) => newest.get(second) === 0);
    expect(change).toBe(Date.UTC(2025, 10, 23, 17, 0, 31) / 1000);
    await box.stop();
  });

  test('two bad samples are nothing', async () => {
    const box = startBox(healthyActive);
    await box.seconds(10.5);
    box.world.own = refused;
    await box.seconds(2);
    box.world.own = ready;
    await box.seconds(30);
    expect(box.values('Health')).not.toContain(0);
    expect(box.alarms).toEqual([]);
    await box.stop();
  });

  test('speaks for the coordinator no longer once the address is gone, whatever metadata says', async () => {
    const box = startBox(healthyActive);
    await box.seconds(20.5);
    box.world.place = 'elsewhere';
    await box.seconds(0.6);
    const gone = box.nowMs();
    await box.seconds(60);
    expect(box.values('ActiveHealth', gone)).toEqual([]);
    expect(box.values('Reachable', gone)).toContain(1);
    await box.stop();
  });

  test('does not set an alarm about itself after it has lost the address', async () => {
    const box = startBox(healthyActive);
    await box.seconds(20);
    box.world.place = 'elsewhere';
    box.world.own = refused;
    await box.seconds(20);
    expect(box.alarms).toEqual([]);
    expect(box.values('Health').at(-1)).toBe(0);
    await box.stop();
  });
});

describe('probe: a standby', () => {
  test('asks the coordinator address and publishes Reachable by cluster and by box', async () => {
    const box = startBox(healthyStandby);
    await box.seconds(60);
    const last = box.received.filter((datum) => datum.sentMs >= 55_000 && datum.sentMs < 60_000);
    expect(
      last.map(({ metricName, dimensions, value }) => [metricName, dimensions, value]),
    ).toEqual([
      ['Health', thisBox, 1],
      ['Reachable', clusterOnly, 1],
      ['Reachable', thisBox, 1],
    ]);
    await box.stop();
  });

  test('sets the other alarm when the address does not answer', async () => {
    const box = startBox(healthyStandby);
    await box.seconds(30.5);
    box.world.address = 'hang';
    await box.seconds(5);
    expect(box.alarms.map((alarm) => [alarm.alarmName, alarm.atMs])).toEqual([
      ['analytics-coordinator-reachable', 35_000],
    ]);
    expect(box.alarms[0]?.reason).toContain(
      'the coordinator address, asked from this standby, did not answer in time',
    );
    expect(box.values('Reachable').slice(-2)).toEqual([0, 0]);
    expect(box.values('Health').at(-1)).toBe(1);
    await box.stop();
  });

  test('that has never been ready is a witness all the same', async () => {
    const box = startBox({ ...healthyStandby, own: starting });
    await box.seconds(20);
    expect(new Set(box.values('Health'))).toEqual(new Set([0]));
    expect(new Set(box.values('Reachable'))).toEqual(new Set([1]));
    expect(box.alarms).toEqual([]);
    await box.stop();
  });

  test('needs no metadata to be a witness, once it knows its name', async () => {
    const box = startBox(healthyStandby);
    await box.seconds(5);
    box.world.metadata = 'hangs';
    await box.seconds(600);
    expect(box.values('Reachable', 590_000)).toContain(1);
    await box.stop();
  });

  test.each(['not-on-eni', 'here'] as const)(
    'that would only ask itself says nothing of the address (%s)',
    async (place) => {
      const box = startBox({ ...healthyStandby, place });
      await box.seconds(30);
      expect(box.values('Reachable')).toEqual([]);
      expect(box.values('ActiveHealth')).toEqual([]);
      expect(box.values('Health')).toContain(1);
      await box.stop();
    },
  );
});

describe('probe: changes of role', () => {
  test('an unhealthy box that becomes the active sets the alarm', async () => {
    const box = startBox({ ...healthyStandby, own: refused });
    await box.seconds(20);
    expect(box.alarms).toEqual([]);
    promote(box);
    await box.seconds(2);
    expect(box.alarms.map((alarm) => alarm.alarmName)).toEqual([
      'analytics-coordinator-active-health',
    ]);
    expect(box.values('ActiveHealth').at(-1)).toBe(0);
    await box.stop();
  });

  test('what a standby saw of the address does not follow it into its next time as a standby', async () => {
    const box = startBox({ ...healthyStandby, address: refused });
    await box.seconds(10);
    promote(box);
    await box.seconds(2);
    Object.assign(box.world, { place: 'elsewhere', listed: false, address: ready });
    const since = box.nowMs();
    await box.seconds(10);
    expect(new Set(box.values('Reachable', since))).toEqual(new Set([1]));
    await box.stop();
  });

  test('an answer that comes after the change of role does not count', async () => {
    const box = startBox({ ...healthyStandby, address: 'hang' }, { badSamplesToUnhealthy: 1 });
    await box.seconds(1.5);
    promote(box);
    await box.seconds(1);
    Object.assign(box.world, { place: 'elsewhere', listed: false, address: ready });
    await box.seconds(10);
    expect(box.values('Reachable')).not.toContain(0);
    await box.stop();
  });

  test('the same address on this box without the interface makes no active', async () => {
    const box = startBox({ ...healthyActive, listed: false });
    await box.seconds(20);
    expect(box.values('ActiveHealth')).toEqual([]);
    await box.stop();
  });

  test('an active that loses the interface but has the address on lo is none, at once', async () => {
    const box = startBox(healthyActive);
    await box.seconds(20);
    // Metadata goes on listing the interface for minutes.
    box.world.place = 'not-on-eni';
    const since = box.nowMs() + 1100;
    await box.seconds(60);
    expect(box.values('ActiveHealth', since)).toEqual([]);
    expect(box.values('Reachable')).toEqual([]);
    await box.stop();
  });
});

describe('probe: the log', () => {
  test('has one line per change and none per sample', async () => {
    const box = startBox(healthyActive);
    await box.seconds(600);
    expect(box.events()).toEqual(['watching', 'health', 'role']);
    const before = box.lines.length;
    box.world.own = refused;
    await box.seconds(600);
    expect(box.lines.slice(before)).toMatchObject([
      {
        event: 'health',
        from: 'healthy',
        to: 'unhealthy',
        sentence: 'refuses connections: nothing listens on the port (connect ECONNREFUSED)',
      },
      { event: 'alarm-set', alarmName: configuration.alarms.activeHealth },
    ]);
    await box.stop();
    expect(box.events().at(-1)).toBe('stopped');
  });
});

function promote(box: Box): void {
  Object.assign(box.world, { place: 'here', listed: true });
}
