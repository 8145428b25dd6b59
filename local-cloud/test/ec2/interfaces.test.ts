// What AWS does with interfaces is in test/fidelity/; here is what only concerns the local cloud.
import { afterEach, describe, expect, test } from 'vitest';
import { type Ec2Fixture, ec2Fixture } from './fixture.ts';
import { attach, attachmentOf, describeAddress, describeInstances, detach } from './steps.ts';

let fixture: Ec2Fixture;
afterEach(() => fixture.ec2.stop());

describe('interfaces', () => {
  test('an attached one: described with its instance, in the order of the device indexes', async () => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    await attach(fixture, id);
    const [instance] = await describeInstances(fixture, [id]);
    const indexes = instance?.NetworkInterfaces?.map((each) => each.Attachment?.DeviceIndex);
    expect(indexes).toEqual([0, 1]);
  });

  test('detached while it is still attaching: the attachment never gets further', async () => {
    fixture = await ec2Fixture({ eniAttach: 5_000, eniForceDetach: 10_000 });
    const attachmentId = await attach(fixture, await fixture.seed());
    await detach(fixture, attachmentId, true);
    await fixture.clock.advance(9_999);
    expect(attachmentOf(fixture)).toMatchObject({ status: 'detaching', usable: false });
    await fixture.clock.advance(1);
    expect(attachmentOf(fixture)).toBeUndefined();
  });

  test('a second network card: refused', async () => {
    fixture = await ec2Fixture();
    const wrong = attach(fixture, await fixture.seed(), { NetworkCardIndex: 1 });
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('seeded as attached for an hour: described so from the first moment, whatever the lag', async () => {
    fixture = await ec2Fixture({ describeLag: 3_000 });
    const { networkInterfaceId } = fixture;
    const instanceId = await fixture.seed();
    fixture.ec2.seedAttachment({ networkInterfaceId, instanceId, attachedSecondsAgo: 3600 });
    const attachTime = new Date(fixture.clock.now() - 3_600_000);
    expect((await describeAddress(fixture))?.Attachment).toMatchObject({
      InstanceId: instanceId,
      AttachTime: attachTime,
    });
  });
});
