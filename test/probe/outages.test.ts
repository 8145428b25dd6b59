import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchLimit, bufferLimit } from '../../probe/loop/publisher.ts';
import {
  broken,
  healthyActive,
  healthyStandby,
  ready,
  refused,
  startHost,
  starting,
  type World,
} from './host.ts';

describe('probe: CloudWatch is gone', () => {
  test('it goes on, says so once, keeps what fits, and sends the newest first', async () => {
    const host = startHost(healthyStandby);
    await host.seconds(30);
    host.world.cloudWatch = 'fails';
    await host.seconds(3600);
    host.world.cloudWatch = 'works';
    const before = host.nowMs();
    await host.seconds(12);
    const after = host.received.filter((datum) => datum.sentMs > before);
    expect(after.length).toBeGreaterThanOrEqual(bufferLimit);
    expect(after.length).toBeLessThan(bufferLimit + 20);
    const firstBatch = after.slice(0, batchLimit).map((datum) => datum.at);
    expect(Math.max(...firstBatch)).toBeGreaterThan(Math.max(...after.map((d) => d.at)) - 20_000);
    expect(Math.max(...host.calls.map((call) => call.size))).toBe(batchLimit);
    expect(host.events()).toEqual([
      'watching',
      'role',
      'health',
      'reachable',
      'publishing-fails',
      'dropping-data',
      'publishing-works',
    ]);
    expect(host.lines.at(-1)?.droppedData).toBeGreaterThan(1000);
    await host.stop();
  });

  test('it is tried again with growing pauses, up to 10 s: a host must be heard soon after', async () => {
    const host = startHost({ ...healthyActive, cloudWatch: 'fails' });
    await host.seconds(120);
    const times = host.calls.map((call) => call.atMs);
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses.slice(-5)).toEqual([7500, 7500, 7500, 7500, 7500]);
    expect(pauses[2]).toBeLessThan(4000);
    await host.stop();
  });

  test('a change is sent at once, however long the pause would be', async () => {
    const host = startHost({ ...healthyActive, cloudWatch: 'fails' });
    await host.seconds(300);
    host.world.own = refused;
    await host.seconds(4);
    const turned = host.lines.find((line) => line.event === 'health' && line.to === 'unhealthy');
    const atMs = Number(turned?.turnedAt) - Date.UTC(2025, 10, 23, 17, 0, 0);
    expect(host.calls.map((call) => call.atMs)).toContain(atMs);
    await host.stop();
  });

  test('a change during a call that hangs is sent as soon as that call is given up', async () => {
    const host = startHost({ ...healthyActive, cloudWatch: 'hangs' });
    await host.seconds(120);
    const begun = host.calls.length;
    while (host.calls.length === begun) await host.seconds(0.5);
    host.world.own = refused;
    await host.seconds(4);
    const changedMs = host.nowMs();
    await host.seconds(3);
    const next = host.calls.find((call) => call.atMs >= changedMs)?.atMs;
    expect(next).toBe((host.calls[begun]?.atMs ?? 0) + 5000);
    await host.stop();
  });

  test('a CloudWatch that hangs does not hold the sampling up', async () => {
    const host = startHost(healthyActive);
    await host.seconds(10);
    host.world.cloudWatch = 'hangs';
    await host.seconds(60);
    host.world.own = refused;
    await host.seconds(4);
    expect(host.lines.at(-1)).toMatchObject({ event: 'health', to: 'unhealthy' });
    host.world.cloudWatch = 'works';
    await host.seconds(12);
    expect(host.values('ActiveHealth').at(-1)).toBe(0);
    expect(host.alarms).toHaveLength(1);
    await host.stop();
  });

  test('an alarm that cannot be set is tried four times, and no longer than it is true', async () => {
    const host = startHost(healthyActive);
    await host.seconds(10);
    Object.assign(host.world, { own: refused, cloudWatch: 'fails' });
    await host.seconds(30);
    expect(host.lines).toContainEqual({
      event: 'alarm-not-set',
      alarmName: 'analytics-coordinator-active-health',
      tries: 4,
      sentence: 'CloudWatch fails',
    });
    host.world.own = ready;
    await host.seconds(5);
    host.world.own = refused;
    await host.seconds(3.1);
    Object.assign(host.world, { own: ready });
    await host.seconds(1.2);
    host.world.cloudWatch = 'works';
    await host.seconds(30);
    expect(host.alarms).toEqual([]);
    await host.stop();
  });

  test('data that it refuses for what they are do not hold up what follows', async () => {
    const host = startHost(healthyActive);
    await host.seconds(10);
    host.world.cloudWatch = 'refuses';
    await host.seconds(60);
    host.world.cloudWatch = 'works';
    await host.seconds(6);
    expect(host.values('Health', 70_000)).toHaveLength(1);
    expect(host.events().filter((event) => event === 'data-refused')).toHaveLength(1);
    await host.stop();
  });
});

describe('probe: metadata is gone', () => {
  test('the active stays the active for two minutes, then says nothing for the coordinator', async () => {
    const host = startHost(healthyActive);
    await host.seconds(20);
    host.world.metadata = 'fails';
    await host.seconds(115);
    expect(host.values('ActiveHealth', 130_000)).toContain(1);
    await host.seconds(10);
    const since = host.nowMs();
    await host.seconds(60);
    expect(host.values('ActiveHealth', since)).toEqual([]);
    expect(host.values('Health', since)).toContain(1);
    expect(host.events().filter((event) => event === 'metadata-fails')).toHaveLength(1);
    host.world.metadata = 'works';
    await host.seconds(2);
    expect(host.values('ActiveHealth', since)).toEqual([1]);
    await host.stop();
  });

  test('at the start it waits for its name, says so once, and then goes on', async () => {
    const host = startHost({ ...healthyActive, metadata: 'hangs' });
    await host.seconds(120);
    expect(host.events()).toEqual(['waiting-for-metadata']);
    host.world.metadata = 'works';
    await host.seconds(10);
    expect(host.values('ActiveHealth')).toContain(1);
    await host.stop();
  });

  test('that hangs does not delay the loss of the address', async () => {
    const host = startHost(healthyActive);
    await host.seconds(20);
    host.world.metadata = 'hangs';
    await host.seconds(20.5);
    host.world.place = 'elsewhere';
    await host.seconds(1.2);
    expect(host.lines.at(-1)).toMatchObject({ event: 'role', to: 'standby' });
    await host.stop();
  });
});

describe('probe: strange times', () => {
  test('the clock jumps a day back and a day on: the cadence stays', async () => {
    const host = startHost(healthyActive);
    await host.seconds(20);
    host.jumpClock(-86_400_000);
    await host.seconds(20);
    host.jumpClock(2 * 86_400_000);
    await host.seconds(20);
    expect(host.values('Health', 20_001)).toHaveLength(8);
    host.world.own = refused;
    await host.seconds(4);
    expect(host.values('Health').at(-1)).toBe(0);
    await host.stop();
  });

  test('a probe that cannot ask any more (out of files) says nothing, rather than the old thing', async () => {
    const host = startHost(healthyActive);
    await host.seconds(20);
    host.world.own = { kind: 'not-asked', detail: 'EMFILE' };
    await host.seconds(10);
    const since = host.nowMs();
    await host.seconds(30);
    expect(host.values('Health', since)).toEqual([]);
    await host.stop();
  });
});

describe('probe: the end', () => {
  test.each([
    ['everything works', {}],
    ['everything hangs', { own: 'hang', metadata: 'hangs', cloudWatch: 'hangs' }],
    ['it waits for its name', { metadata: 'hangs' }],
  ] as const)('within a second, with nothing left behind (%s)', async (name, later) => {
    const host = startHost(
      name.startsWith('it waits') ? { ...healthyActive, ...later } : healthyActive,
    );
    await host.seconds(20.5);
    Object.assign(host.world, later);
    await host.seconds(7);
    expect(await host.stop()).toBe(0);
  });

  test('what waits in the buffer gets one last try', async () => {
    const host = startHost({ ...healthyActive, cloudWatch: 'fails' });
    await host.seconds(60);
    host.world.cloudWatch = 'works';
    const calls = host.calls.length;
    await host.stop();
    expect(host.calls).toHaveLength(calls + 1);
    expect(host.received.length).toBeGreaterThan(10);
  });
});

describe('probe: whatever happens', () => {
  const change = fc.record<Partial<World>>(
    {
      own: fc.constantFrom(ready, refused, broken, starting, 'hang' as const),
      address: fc.constantFrom(ready, refused, 'hang' as const),
      place: fc.constantFrom('here', 'elsewhere', 'not-on-eni', 'played', 'unknown'),
      listed: fc.boolean(),
      metadata: fc.constantFrom('works', 'fails', 'hangs'),
      cloudWatch: fc.constantFrom('works', 'fails', 'hangs', 'refuses'),
    },
    { requiredKeys: [] },
  );
  const script = fc.array(fc.tuple(change, fc.integer({ min: 1, max: 400 })), { maxLength: 12 });

  test('no ActiveHealth once the address is gone, and it always ends with nothing left', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        const host = startHost(healthyActive);
        /** When the place was last seen at each value, by the time of the datum. */
        const places: { readonly fromMs: number; readonly place: string }[] = [
          { fromMs: 0, place: 'here' },
        ];
        for (const [part, tenths] of steps) {
          Object.assign(host.world, part);
          places.push({ fromMs: host.nowMs(), place: host.world.place });
          await host.seconds(tenths / 10);
        }
        const offset = Date.UTC(2025, 10, 23, 17, 0, 0);
        for (const datum of host.received) {
          const atMs = datum.at - offset;
          const recent = placesWithin(places, atMs - 2100, atMs);
          if (datum.metricName === 'ActiveHealth') {
            expect(recent.some((place) => place === 'here' || place === 'played')).toBe(true);
          }
        }
        expect(await host.stop()).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});

function placesWithin(
  places: readonly { readonly fromMs: number; readonly place: string }[],
  fromMs: number,
  toMs: number,
): string[] {
  return places
    .filter(
      (each, index) => each.fromMs <= toMs && (places[index + 1]?.fromMs ?? Infinity) >= fromMs,
    )
    .map((each) => each.place);
}
