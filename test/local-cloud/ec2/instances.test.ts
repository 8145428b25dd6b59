import { afterEach, describe, expect, test } from 'vitest';
import { type Ec2Fixture, ec2Fixture, launchData, otherZoneSubnetId } from './fixture.ts';
import { launch, stateOf, terminate } from './steps.ts';

let fixture: Ec2Fixture;
afterEach(() => fixture.ec2.stop());

describe('TerminateInstances', () => {
  test('without more: the OS shuts down first, then the instance goes', async () => {
    fixture = await ec2Fixture({ osShutdown: 30_000, powerOff: 1_000, instanceTermination: 9_000 });
    const id = await fixture.seed();
    const { TerminatingInstances } = await terminate(fixture, [id]);
    expect(TerminatingInstances).toEqual([
      {
        InstanceId: id,
        PreviousState: { Code: 16, Name: 'running' },
        CurrentState: { Code: 32, Name: 'shutting-down' },
      },
    ]);
    await fixture.clock.advance(29_999);
    expect(fixture.ended).toEqual([]);
    await fixture.clock.advance(1);
    expect(fixture.ended).toEqual([id]);
    expect(stateOf(fixture, id)).toBe('shutting-down');
    await fixture.clock.advance(9_000);
    expect(stateOf(fixture, id)).toBe('terminated');
    expect(fixture.events.map(({ detail }) => (detail as { state: string }).state)).toEqual([
      'shutting-down',
      'terminated',
    ]);
  });

  test('SkipOsShutdown: the machine is off at once, also in the middle of a shutdown', async () => {
    fixture = await ec2Fixture({
      osShutdown: 300_000,
      powerOff: 1_000,
      instanceTermination: 9_000,
    });
    const id = await fixture.seed();
    await terminate(fixture, [id]);
    await fixture.clock.advance(5_000);
    await terminate(fixture, [id], { SkipOsShutdown: true, Force: true });
    await fixture.clock.advance(1_000);
    expect(fixture.ended).toEqual([id]);
    await fixture.clock.advance(9_000);
    expect(stateOf(fixture, id)).toBe('terminated');
    await fixture.clock.advance(300_000);
    expect(fixture.ended).toEqual([id]);
  });

  test('twice: it is idempotent', async () => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    await terminate(fixture, [id]);
    const { TerminatingInstances } = await terminate(fixture, [id]);
    expect(TerminatingInstances?.[0]?.CurrentState?.Name).toBe('terminated');
    expect(fixture.ended).toEqual([id]);
  });

  test.each([
    ['unknown', 'i-00000000000000000', 'InvalidInstanceID.NotFound'],
    ['malformed', 'coordinator', 'InvalidInstanceID.Malformed'],
  ])('one wrong id: the whole call fails (%s)', async (_what, wrongId, code) => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    await expect(terminate(fixture, [id, wrongId])).rejects.toMatchObject({ name: code });
    expect(stateOf(fixture, id)).toBe('running');
  });

  test('a protected instance: it and its neighbours stay, those of other zones go', async () => {
    fixture = await ec2Fixture();
    const protectedTemplate = fixture.template({ ...launchData, DisableApiTermination: true });
    const safe = await fixture.seed({ launchTemplateId: protectedTemplate });
    const neighbour = await fixture.seed();
    const elsewhere = await fixture.seed({ subnetId: otherZoneSubnetId });
    await expect(terminate(fixture, [safe, neighbour, elsewhere])).rejects.toMatchObject({
      name: 'OperationNotPermitted',
      message: expect.stringContaining(safe),
    });
    expect([safe, neighbour, elsewhere].map((id) => stateOf(fixture, id))).toEqual([
      'running',
      'running',
      'terminated',
    ]);
  });

  test('while it boots: the machine ends as soon as it is there', async () => {
    const started = Promise.withResolvers<void>();
    const ended: string[] = [];
    fixture = await ec2Fixture(
      {},
      {
        boot: async ({ instanceId }) => {
          await started.promise;
          return { terminate: async () => void ended.push(instanceId) };
        },
      },
    );
    const id = await launch(fixture);
    await terminate(fixture, [id], { SkipOsShutdown: true });
    started.resolve();
    await fixture.clock.advance(0);
    expect(ended).toEqual([id]);
  });
});

describe('stop', () => {
  test('in the middle of everything: machines end and nothing is left waiting', async () => {
    fixture = await ec2Fixture({ runInstancesToRunning: 60_000, osShutdown: 60_000 });
    const seeded = [await fixture.seed(), await fixture.seed()];
    await launch(fixture);
    await terminate(fixture, seeded.slice(0, 1));
    await fixture.ec2.stop();
    expect(fixture.ended.toSorted()).toEqual(seeded.toSorted());
    expect(fixture.clock.sleepers()).toBe(0);
  });

  test('a machine that did not boot: stop says so', async () => {
    fixture = await ec2Fixture(
      {},
      { boot: async () => Promise.reject(new Error('no such program: stand-in')) },
    );
    await launch(fixture);
    await expect(fixture.ec2.stop()).rejects.toThrow('no such program: stand-in');
    fixture = await ec2Fixture();
  });
});
