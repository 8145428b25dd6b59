// What AWS does with instances is in test/fidelity/; here is what only concerns the local cloud.
import { afterEach, describe, expect, test } from 'vitest';
import { type Ec2Fixture, ec2Fixture } from './fixture.ts';
import { describeInstances, launch, terminate } from './steps.ts';

let fixture: Ec2Fixture;
afterEach(() => fixture.ec2.stop());

describe('instances', () => {
  test('terminated while it boots: the machine ends as soon as it is there', async () => {
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

  test('seeded as running for an hour: described so from the first moment, whatever the lag', async () => {
    fixture = await ec2Fixture({ describeLag: 3_000 });
    const [instance] = await describeInstances(fixture, [await fixture.seed()]);
    expect(instance).toMatchObject({ State: { Name: 'running' } });
    expect(instance?.NetworkInterfaces).toHaveLength(1);
    expect(instance?.LaunchTime).toEqual(new Date(fixture.clock.now() - 3_600_000));
  });

  test('a parameter that is not implemented: refused by its path, and nothing is launched', async () => {
    fixture = await ec2Fixture();
    await expect(launch(fixture, { Ipv6AddressCount: 1 })).rejects.toMatchObject({
      name: 'NotImplementedByLocalCloud',
      message: expect.stringContaining('Ipv6AddressCount'),
    });
    expect(fixture.ec2.snapshot().instances).toEqual([]);
  });

  test('launch template data that are not implemented: refused when it is created', async () => {
    fixture = await ec2Fixture();
    const create = () => fixture.template({ CpuOptions: { CoreCount: 1 } });
    expect(create).toThrow('CpuOptions.CoreCount');
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
