import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchLimit, bufferLimit } from '../../probe/loop/publisher.ts';
import {
  broken,
  healthyActive,
  healthyStandby,
  ready,
  refused,
  startBox,
  starting,
  type World,
} from './host.ts';

describe('probe: CloudWatch is gone', () => {
  test('it goes on, says so once, keeps what fits, and sends the newest first', async () => {
    const box = startBox(healthyStandby);
    await box.seconds(30);
    box.world.cloudWatch = 'fails';
    await box.seconds(3600);
    box.world.cloudWatch = 'works';
    const before = box.nowMs();
    await box.seconds(12);
    const after = box.received.filter((datum) => datum.sentMs > before);
    expect(after.length).toBeGreaterThanOrEqual(bufferLimit);
    expect(after.length).toBeLessThan(bufferLimit + 20);
    const firstBatch = after.slice(0, batchLimit).map((datum) => datum.at);
    expect(Math.max(...firstBatch)).toBeGreaterThan(Math.max(...after.map((d) => d.at)) - 20_000);
    expect(Math.max(...box.calls.map((call) => call.size))).toBe(batchLimit);
    expect(box.events()).toEqual([
      'watching',
      'role',
      'health',
      'reachable',
      'publishing-fails',
      'dropping-data',
      'publishing-works',
    ]);
    expect(box.lines.at(-1)?.droppedData).toBeGreaterThan(1000);
    await box.stop();
  });

  test('it is tried again with growing pauses, up to 10 s: a box must be heard soon after', async () => {
    const box = startBox({ ...healthyActive, cloudWatch: 'fails' });
    await box.seconds(120);
    const times = box.calls.map((call) => call.atMs);
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses.slice(-5)).toEqual([7500, 7500, 7500, 7500, 7500]);
    expect(pauses[2]).toBeLessThan(4000);
    await box.stop();
  });

  test('a change is sent at once, however long the pause would be', async () => {
    const box = startBox({ ...healthyActive, cloudWatch: 'fails' });
    await box.seconds(300);
    box.world.own = refused;
    await box.seconds(4);
    const turned = box.lines.find((line) => line.event === 'health' && line.to === 'unhealthy');
    const atMs = Number(turned?.turnedAt) - Date.UTC(2025, 10, 23, 17, 0, 0);
    expect(box.calls.map((call) => call.atMs)).toContain(atMs);
    await box.stop();
  });

  test('a change during a call that hangs is sent as soon as that call is given up', async () => {
    const box = startBox({ ...healthyActive, cloudWatch: 'hangs' });
    await box.seconds(120);
    const begun = box.calls.length;
    while (box.calls.length === begun) await box.seconds(0.5);
    box.world.own = refused;
    await box.seconds(4);
    const changedMs = box.nowMs();
    await box.seconds(3);
    const next = box.calls.find((call) => call.atMs >= changedMs)?.atMs;
    expect(next).toBe((box.calls[begun]?.atMs ?? 0) + 5000);
    await box.stop();
  });

  test('a CloudWatch that hangs does not hold the sampling up', async () => {
    const box = startBox(healthyActive);
    await box.seconds(10);
    box.world.cloudWatch = 'hangs';
    await box.seconds(60);
    box.world.own = refused;
    await box.seconds(4);
    expect(box.lines.at(-1)).toMatchObject({ event: 'health', to: 'unhealthy' });
    box.world.cloudWatch = 'works';
    await box.seconds(12);
    expect(box.values('ActiveHealth').at(-1)).toBe(0);
    expect(box.alarms).toHaveLength(1);
    await box.stop();
  });

  test('an alarm that cannot be set is tried four times, and no longer than it is true', async () => {
    const box = startBox(healthyActive);
    await box.seconds(10);
    Object.assign(box.world, { own: refused, cloudWatch: 'fails' });
    await box.seconds(30);
    expect(box.lines).toContainEqual({
      event: 'alarm-not-set',
      alarmName: 'analytics-coordinator-active-health',
      tries: 4,
      sentence: 'CloudWatch fails',
    });
    box.world.own = ready;
    await box.seconds(5);
    box.world.own = refused;
    await box.seconds(3.1);
    Object.assign(box.world, { own: ready });
    await box.seconds(1.2);
    box.world.cloudWatch = 'works';
    await box.seconds(30);
    expect(box.alarms).toEqual([]);
    await box.stop();
  });

  test('data that it refuses for what they are do not hold up what follows', async () => {
    const box = startBox(healthyActive);
    await box.seconds(10);
    box.world.cloudWatch = 'refuses';
    await box.seconds(60);
    box.world.cloudWatch = 'works';
    await box.seconds(6);
    expect(box.values('Health', 70_000)).toHaveLength(1);
    expect(box.events().filter((event) => event === 'data-refused')).toHaveLength(1);
    await box.stop();
  });
});

describe('probe: metadata is gone', () => {
  test('the active stays the active for two minutes, then says nothing for the coordinator', async () => {
    const box = startBox(healthyActive);
    await box.seconds(20);
    box.world.metadata = 'fails';
    await box.seconds(115);
    expect(box.values('ActiveHealth', 130_000)).toContain(1);
    await box.seconds(10);
    const since = box.nowMs();
    await box.seconds(60);
    expect(box.values('ActiveHealth', since)).toEqual([]);
    expect(box.values('Health', since)).toContain(1);
    expect(box.events().filter((event) => event === 'metadata-fails')).toHaveLength(1);
    box.world.metadata = 'works';
    await box.seconds(2);
    expect(box.values('ActiveHealth', since)).toEqual([1]);
    await box.stop();
  });

  test('at the start it waits for its name, says so once, and then goes on', async () => {
    const box = startBox({ ...healthyActive, metadata: 'hangs' });
    await box.seconds(120);
    expect(box.events()).toEqual(['waiting-for-metadata']);
    box.world.metadata = 'works';
    await box.seconds(10);
    expect(box.values('ActiveHealth')).toContain(1);
    await box.stop();
  });

  test('that hangs does not delay the loss of the address', async () => {
    const box = startBox(healthyActive);
    await box.seconds(20);
    box.world.metadata = 'hangs';
    await box.seconds(20.5);
    box.world.place = 'elsewhere';
    await box.seconds(1.2);
    expect(box.lines.at(-1)).toMatchObject({ event: 'role', to: 'standby' });
    await box.stop();
  });
});

describe('probe: strange times', () => {
  test('the clock jumps a day back and a day on: the cadence stays', async () => {
    const box = startBox(healthyActive);
    await box.seconds(20);
    box.jumpClock(-86_400_000);
    await box.seconds(20);
    box.jumpClock(2 * 86_400_000);
    await box.seconds(20);
    expect(box.values('Health', 20_001)).toHaveLength(8);
    box.world.own = refused;
    await box.seconds(4);
    expect(box.values('Health').at(-1)).toBe(0);
    await box.stop();
  });

  test('a probe that cannot ask any more (out of files) says nothing, rather than the old thing', async () => {
    const box = startBox(healthyActive);
    await box.seconds(20);
    box.world.own = { kind: 'not-asked', detail: 'EMFILE' };
    await box.seconds(10);
    const since = box.nowMs();
    await box.seconds(30);
    expect(box.values('Health', since)).toEqual([]);
    await box.stop();
  });
});

describe('probe: the end', () => {
  test.each([
    ['everything works', {}],
    ['everything hangs', { own: 'hang', metadata: 'hangs', cloudWatch: 'hangs' }],
    ['it waits for its name', { metadata: 'hangs' }],
  ] as const)('within a second, with nothing left behind (%s)', async (name, later) => {
    const box = startBox(
      name.startsWith('it waits') ? { ...healthyActive, ...later } : healthyActive,
    );
    await box.seconds(20.5);
    Object.assign(box.world, later);
    await box.seconds(7);
    expect(await box.stop()).toBe(0);
  });

  test('what waits in the buffer gets one last try', async () => {
    const box = startBox({ ...healthyActive, cloudWatch: 'fails' });
    await box.seconds(60);
    box.world.cloudWatch = 'works';
    const calls = box.calls.length;
    await box.stop();
    expect(box.calls).toHaveLength(calls + 1);
    expect(box.received.length).toBeGreaterThan(10);
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
        const box = startBox(healthyActive);
        /** When the place was last seen at each value, by the time of the datum. */
        const places: { readonly fromMs: number; readonly place: string }[] = [
          { fromMs: 0, place: 'here' },
        ];
        for (const [part, tenths] of steps) {
          Object.assign(box.world, part);
          places.push({ fromMs: box.nowMs(), place: box.world.place });
          await box.seconds(tenths / 10);
        }
        const offset = Date.UTC(2025, 10, 23, 17, 0, 0);
        for (const datum of box.received) {
          const atMs = datum.at - offset;
          const recent = placesWithin(places, atMs - 2100, atMs);
          if (datum.metricName === 'ActiveHealth') {
            expect(recent.some((place) => place === 'here' || place === 'played')).toBe(true);
          }
        }
        expect(await box.stop()).toBe(0);
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
