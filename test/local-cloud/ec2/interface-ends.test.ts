import {
  DescribeNetworkInterfacesCommand,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test } from 'vitest';
import { type Ec2Fixture, ec2Fixture } from './fixture.ts';
import { attach, attachmentOf, describeAddress, detach, terminate } from './steps.ts';

let fixture: Ec2Fixture;
afterEach(() => fixture.ec2.stop());

describe('an interface and the end of its instance', () => {
  test('it stays with a dying instance until the termination lets go of it', async () => {
    fixture = await ec2Fixture({ instanceTermination: 30_000, eniReleaseAfterTermination: 2_000 });
    const id = await fixture.seed();
    await attach(fixture, id);
    await terminate(fixture, [id], { SkipOsShutdown: true });
    await fixture.clock.advance(29_999);
    expect(attachmentOf(fixture)).toMatchObject({ instanceId: id, status: 'attached' });
    await fixture.clock.advance(1);
    expect(attachmentOf(fixture)).toMatchObject({ instanceId: id, status: 'detaching' });
    await fixture.clock.advance(2_000);
    expect(attachmentOf(fixture)).toBeUndefined();
    expect((await describeAddress(fixture))?.Status).toBe('available');
  });

  test('DeleteOnTermination: it is deleted with the instance', async () => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    const attachmentId = await attach(fixture, id);
    await setDeleteOnTermination(fixture, attachmentId, true);
    expect(attachmentOf(fixture)?.deleteOnTermination).toBe(true);
    await terminate(fixture, [id]);
    await expect(describeAddress(fixture)).rejects.toMatchObject({
      name: 'InvalidNetworkInterfaceID.NotFound',
    });
  });

  test('DeleteOnTermination set back in time: it survives', async () => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    const attachmentId = await attach(fixture, id);
    await setDeleteOnTermination(fixture, attachmentId, true);
    await setDeleteOnTermination(fixture, attachmentId, false);
    await terminate(fixture, [id]);
    expect((await describeAddress(fixture))?.Status).toBe('available');
  });

  test('DeleteOnTermination of another attachment: InvalidAttachmentID.NotFound', async () => {
    fixture = await ec2Fixture();
    await attach(fixture, await fixture.seed());
    await expect(setDeleteOnTermination(fixture, 'eni-attach-0', true)).rejects.toMatchObject({
      name: 'InvalidAttachmentID.NotFound',
    });
  });

  test('the primary interface goes with the instance', async () => {
    fixture = await ec2Fixture();
    const id = await fixture.seed();
    await terminate(fixture, [id]);
    const { networkInterfaces } = fixture.ec2.snapshot();
    expect(networkInterfaces.map((each) => each.networkInterfaceId)).toEqual([
      fixture.networkInterfaceId,
    ]);
  });
});

describe('describes of interfaces', () => {
  test('lag: a detachment shows late', async () => {
    fixture = await ec2Fixture({ describeLag: 3_000 });
    const id = await fixture.seed();
    fixture.ec2.seedAttachment({
      networkInterfaceId: fixture.networkInterfaceId,
      instanceId: id,
      attachedSecondsAgo: 3600,
    });
    const seeded = (await describeAddress(fixture))?.Attachment;
    expect(seeded?.AttachTime).toEqual(new Date(fixture.clock.now() - 3_600_000));
    await detach(fixture, seeded?.AttachmentId ?? '');
    expect((await describeAddress(fixture))?.Status).toBe('in-use');
    await fixture.clock.advance(3_000);
    expect((await describeAddress(fixture))?.Status).toBe('available');
  });

  test.each([
    ['status', ['available'], 1],
    ['attachment.instance-id', ['i-*'], 1],
    ['network-interface-id', ['eni-*'], 2],
    ['tag:Name', ['address'], 1],
    ['tag-key', ['slot'], 0],
  ])('filters: they choose (%s)', async (Name, Values, count) => {
    fixture = await ec2Fixture();
    await fixture.seed();
    const command = new DescribeNetworkInterfacesCommand({ Filters: [{ Name, Values }] });
    expect((await fixture.client.send(command)).NetworkInterfaces).toHaveLength(count);
  });
});

function setDeleteOnTermination(
  { client, networkInterfaceId }: Ec2Fixture,
  AttachmentId: string,
  DeleteOnTermination: boolean,
) {
  const command = new ModifyNetworkInterfaceAttributeCommand({
    NetworkInterfaceId: networkInterfaceId,
    Attachment: { AttachmentId, DeleteOnTermination },
  });
  return client.send(command);
}
