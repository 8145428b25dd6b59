import { afterEach, describe, expect, test } from 'vitest';
import { type Ec2Fixture, ec2Fixture, launchData, otherZoneSubnetId } from './fixture.ts';
import {
  attach,
  attachmentOf,
  describeAddress,
  describeInstances,
  detach,
  launch,
  terminate,
} from './steps.ts';

let fixture: Ec2Fixture;
afterEach(() => fixture.ec2.stop());

describe('AttachNetworkInterface', () => {
  test('an attachment: attaching, attached, then usable in the guest', async () => {
    fixture = await ec2Fixture({ eniAttach: 1_000, eniUsableInGuest: 4_000 });
    const id = await fixture.seed();
    const attachmentId = await attach(fixture, id);
    expect(attachmentOf(fixture)).toEqual({
      attachmentId,
      instanceId: id,
      status: 'attaching',
      deleteOnTermination: false,
      usable: false,
    });
    await fixture.clock.advance(1_000);
    expect(attachmentOf(fixture)).toMatchObject({ status: 'attached', usable: false });
    await fixture.clock.advance(4_000);
    expect(attachmentOf(fixture)).toMatchObject({ status: 'attached', usable: true });
    expect((await describeAddress(fixture))?.Attachment).toMatchObject({
      AttachmentId: attachmentId,
      DeviceIndex: 1,
      NetworkCardIndex: 0,
      Status: 'attached',
      DeleteOnTermination: false,
    });
    const instance = (await describeInstances(fixture, [id]))[0];
    expect(instance?.NetworkInterfaces?.map((each) => each.Attachment?.DeviceIndex)).toEqual([
      0, 1,
    ]);
  });

  test('every attachment has an id of its own', async () => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    const first = await attach(fixture, id);
    await detach(fixture, first);
    expect(await attach(fixture, id)).not.toBe(first);
  });

  test('an interface in use: nobody can steal it, not even while it is let go', async () => {
    fixture = await ec2Fixture({ eniForceDetach: 2_000 });
    const [holder, other] = [await fixture.seed(), await fixture.seed()];
    const attachmentId = await attach(fixture, holder);
    const stolen = { name: 'InvalidNetworkInterface.InUse' };
    await expect(attach(fixture, other)).rejects.toMatchObject(stolen);
    await detach(fixture, attachmentId, true);
    await expect(attach(fixture, other)).rejects.toMatchObject(stolen);
    await fixture.clock.advance(2_000);
    await expect(attach(fixture, other)).resolves.toMatch(/^eni-attach-/);
  });

  test.each(['pending', 'shutting-down', 'terminated'])(
    'a wrong state of the instance: IncorrectState (%s)',
    async (state) => {
      fixture = await ec2Fixture({
        runInstancesToRunning: state === 'pending' ? 1_000 : 0,
        instanceTermination: state === 'shutting-down' ? 1_000 : 0,
      });
      const id = await launch(fixture);
      if (state !== 'pending') await terminate(fixture, [id]);
      await expect(attach(fixture, id)).rejects.toMatchObject({ name: 'IncorrectState' });
    },
  );

  test('another Availability Zone: InvalidParameterValue names both', async () => {
    fixture = await ec2Fixture();
    const id = await fixture.seed({ subnetId: otherZoneSubnetId });
    await expect(attach(fixture, id)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringMatching(/us-east-1a.*us-east-1b/),
    });
  });

  test('a device index that is taken: InvalidParameterValue', async () => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    await attach(fixture, id);
    await expect(
      attach(fixture, id, { NetworkInterfaceId: await another() }),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Instance '${id}' already has an interface attached at device index '1'.`,
    });
  });

  test('more interfaces than the type takes: AttachmentLimitExceeded', async () => {
    fixture = await ec2Fixture();
    const small = fixture.template({ ...launchData, InstanceType: 't4g.micro' });
    const id = await fixture.seed({ launchTemplateId: small });
    await attach(fixture, id);
    const more = { NetworkInterfaceId: await another(), DeviceIndex: 2 };
    await expect(attach(fixture, id, more)).rejects.toMatchObject({
      name: 'AttachmentLimitExceeded',
    });
  });

  test.each([
    [
      'unknown interface',
      { NetworkInterfaceId: 'eni-00000000000000000' },
      'InvalidNetworkInterfaceID.NotFound',
    ],
    ['unknown instance', { InstanceId: 'i-00000000000000000' }, 'InvalidInstanceID.NotFound'],
    ['device index 0', { DeviceIndex: 0 }, 'InvalidParameterValue'],
    ['second network card', { NetworkCardIndex: 1 }, 'InvalidParameterValue'],
  ])('wrong input is refused (%s)', async (_what, wrong, code) => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    await expect(attach(fixture, id, wrong)).rejects.toMatchObject({ name: code });
  });
});

describe('DetachNetworkInterface', () => {
  test('without Force: as long as the guest takes; with it: less', async () => {
    fixture = await ec2Fixture({ eniDetach: 20_000, eniForceDetach: 2_000 });
    const id = await fixture.seed();
    const attachmentId = await attach(fixture, id);
    await detach(fixture, attachmentId);
    expect(attachmentOf(fixture)).toMatchObject({ status: 'detaching', usable: false });
    await expect(detach(fixture, attachmentId)).rejects.toMatchObject({ name: 'IncorrectState' });
    await fixture.clock.advance(5_000);
    await detach(fixture, attachmentId, true);
    await fixture.clock.advance(2_000);
    expect(attachmentOf(fixture)).toBeUndefined();
    expect((await describeAddress(fixture))?.Status).toBe('available');
  });

  test('a detachment hastened with Force: the slow one does not touch a later attachment', async () => {
    fixture = await ec2Fixture({ eniDetach: 20_000, eniForceDetach: 2_000 });
    const id = await fixture.seed();
    const attachmentId = await attach(fixture, id);
    await detach(fixture, attachmentId);
    await detach(fixture, attachmentId, true);
    await fixture.clock.advance(2_000);
    const next = await attach(fixture, id);
    await fixture.clock.advance(60_000);
    expect(attachmentOf(fixture)).toMatchObject({
      attachmentId: next,
      status: 'attached',
      usable: true,
    });
  });

  test('while it is still attaching: the attachment never gets further', async () => {
    fixture = await ec2Fixture({ eniAttach: 5_000, eniForceDetach: 10_000 });
    const attachmentId = await attach(fixture, await fixture.seed());
    await detach(fixture, attachmentId, true);
    await fixture.clock.advance(9_999);
    expect(attachmentOf(fixture)).toMatchObject({ status: 'detaching', usable: false });
    await fixture.clock.advance(1);
    expect(attachmentOf(fixture)).toBeUndefined();
  });

  test('an attachment that is gone: InvalidAttachmentID.NotFound', async () => {
    fixture = await ec2Fixture();
    const attachmentId = await attach(fixture, await fixture.seed());
    await detach(fixture, attachmentId);
    await expect(detach(fixture, attachmentId)).rejects.toMatchObject({
      name: 'InvalidAttachmentID.NotFound',
    });
  });

  test('the primary interface: it stays', async () => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    const instance = (await describeInstances(fixture, [id]))[0];
    const primary = instance?.NetworkInterfaces?.[0]?.Attachment?.AttachmentId ?? '';
    await expect(detach(fixture, primary)).rejects.toMatchObject({ name: 'OperationNotPermitted' });
  });
});

async function another(): Promise<string> {
  const made = await fixture.ec2.createNetworkInterface({
    subnetId: 'subnet-00000000000000001',
    groups: [],
    description: '',
    tags: [],
  });
  return made.networkInterfaceId;
}
