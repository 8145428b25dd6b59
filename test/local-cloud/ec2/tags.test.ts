import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeLaunchTemplateVersionsCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test } from 'vitest';
import { type Ec2Fixture, ec2Fixture, launchData } from './fixture.ts';

let fixture: Ec2Fixture;
afterEach(() => fixture.ec2.stop());

describe('tags', () => {
  test('on an instance and an interface at once: added, replaced, deleted', async () => {
    fixture = await ec2Fixture();
    const Resources = [await fixture.seed(), fixture.networkInterfaceId];
    const Tags = [{ Key: 'condemned', Value: 'by this' }];
    await fixture.client.send(new CreateTagsCommand({ Resources, Tags }));
    expect(tagsOf()).toMatchObject([{ cluster: 'one', condemned: 'by this' }, tagged('by this')]);
    await fixture.client.send(
      new CreateTagsCommand({ Resources, Tags: [{ Key: 'condemned', Value: 'by that' }] }),
    );
    expect(tagsOf()[1]).toEqual(tagged('by that'));
    await fixture.client.send(new DeleteTagsCommand({ Resources, Tags }));
    expect(tagsOf()[1]).toEqual(tagged('by that'));
    await fixture.client.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'condemned' }] }));
    expect(tagsOf()[1]).toEqual({ Name: 'address' });
  });

  test.each([
    ['a reserved key', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidParameterValue'],
    [
      'a key of 129 characters',
      { Tags: [{ Key: 'x'.repeat(129), Value: '' }] },
      'InvalidParameterValue',
    ],
    [
      'a value of 257 characters',
      { Tags: [{ Key: 'x', Value: 'x'.repeat(257) }] },
      'InvalidParameterValue',
    ],
    [
      '51 tags',
      { Tags: Array.from({ length: 51 }, (_unused, n) => ({ Key: `k${n}`, Value: '' })) },
      'TagLimitExceeded',
    ],
    ['an unknown kind of id', { Resources: ['vol-1'] }, 'InvalidID'],
    [
      'an id that is not there',
      { Resources: ['i-00000000000000000'] },
      'InvalidInstanceID.NotFound',
    ],
  ])('what is refused changes nothing (%s)', async (_what, wrong, code) => {
    fixture = await ec2Fixture();
    await fixture.seed();
    const input = { Resources: [], Tags: [{ Key: 'x', Value: 'y' }], ...wrong };
    const Resources = [fixture.networkInterfaceId, ...input.Resources];
    const command = new CreateTagsCommand({ ...input, Resources });
    await expect(fixture.client.send(command)).rejects.toMatchObject({ name: code });
    expect(tagsOf()[1]).toEqual({ Name: 'address' });
  });
});

describe('launch templates', () => {
  test('a version: described with its data', async () => {
    fixture = await ec2Fixture();
    const command = new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: fixture.launchTemplateId,
      Versions: ['1'],
    });
    const { LaunchTemplateVersions: versions } = await fixture.client.send(command);
    expect(versions).toMatchObject([{ VersionNumber: 1, LaunchTemplateData: launchData }]);
  });

  test('data that is not implemented: refused by its path when it is created', async () => {
    fixture = await ec2Fixture();
    expect(() => fixture.template({ CpuOptions: { CoreCount: 1 } })).toThrow(
      'CpuOptions.CoreCount',
    );
  });
});

function tagged(condemned: string) {
  return { Name: 'address', condemned };
}

function tagsOf() {
  const { instances, networkInterfaces } = fixture.ec2.snapshot();
  return [instances[0]?.tags, networkInterfaces[0]?.tags];
}
