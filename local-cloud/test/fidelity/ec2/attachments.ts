/** Attaching the address to an instance. */
import { ModifyNetworkInterfaceAttributeCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { type Ec2Fixture, launchData, otherZoneSubnetId } from '../../ec2/fixture.ts';
import {
  attach,
  attachmentOf,
  describeAddress,
  describeInstances,
  detach,
  launch,
  terminate,
} from '../../ec2/steps.ts';
import { type Area, refused } from '../row.ts';
import { onEc2 } from '../worlds.ts';

export const ec2Attachments: Area = {
  title: 'EC2, the network interface',
  file: 'test/fidelity/ec2/attachments.ts',
  rows: [
    {
      behaviour: '`AttachNetworkInterface`: the attachment is `attaching`, then `attached`',
      source: 'EC2 API reference, NetworkInterfaceAttachment: status',
      localCloud: 'The same; `eniAttach` is the time between them.',
      check: onEc2({ eniAttach: 1_000 }, async (fixture) => {
        const instanceId = await fixture.seed();
        const attachmentId = await attach(fixture, instanceId);
        expect(attachmentOf(fixture)).toMatchObject({
          attachmentId,
          instanceId,
          status: 'attaching',
        });
        await fixture.clock.advance(1_000);
        expect((await describeAddress(fixture))?.Attachment).toMatchObject({
          AttachmentId: attachmentId,
          DeviceIndex: 1,
          NetworkCardIndex: 0,
          Status: 'attached',
          DeleteOnTermination: false,
        });
      }),
    },
    {
      behaviour: 'attached is not yet usable in the guest',
      source: 'Reported: amazon-ecs-agent issue 1520 saw three minutes after `attached`',
      localCloud: 'The same; packets are dropped for `eniUsableInGuest` after `attached`.',
      check: onEc2({ eniAttach: 1_000, eniUsableInGuest: 4_000 }, async (fixture) => {
        await attach(fixture, await fixture.seed());
        await fixture.clock.advance(4_999);
        expect(attachmentOf(fixture)).toMatchObject({ status: 'attached', usable: false });
        await fixture.clock.advance(1);
        expect(attachmentOf(fixture)).toMatchObject({ status: 'attached', usable: true });
      }),
    },
    {
      behaviour: 'every attachment has an id of its own, also to the same instance',
      source: 'EC2 API reference, AttachNetworkInterface: AttachmentId',
      localCloud: 'The same. The failover rests on it: the id is the compare-and-swap token.',
      check: onEc2({}, async (fixture) => {
        const instanceId = await fixture.seed();
        const first = await attach(fixture, instanceId);
        await detach(fixture, first);
        expect(await attach(fixture, instanceId)).not.toBe(first);
      }),
    },
    {
      behaviour:
        'an interface in use is refused with `InvalidNetworkInterface.InUse`, also while it is let go',
      source: 'EC2 API error codes; terraform-provider-aws issue 27513 (code and words)',
      localCloud: 'The same.',
      check: onEc2({ eniForceDetach: 2_000 }, async (fixture) => {
        const [holder, other] = [await fixture.seed(), await fixture.seed()];
        const attachmentId = await attach(fixture, holder);
        await refused(
          attach(fixture, other),
          'InvalidNetworkInterface.InUse',
          /^Interface: \[eni-/,
        );
        await detach(fixture, attachmentId, true);
        await refused(attach(fixture, other), 'InvalidNetworkInterface.InUse');
        await fixture.clock.advance(2_000);
        expect(await attach(fixture, other)).toMatch(/^eni-attach-/);
      }),
    },
    {
      behaviour:
        'a device index that is taken is refused with `InvalidParameterValue`, "already has an interface attached at device index"',
      source: 'EC2 API error codes; reports quote the words',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        await attach(fixture, id);
        await refused(
          attach(fixture, id, { NetworkInterfaceId: await anotherInterface(fixture) }),
          'InvalidParameterValue',
          /already has an interface attached at device index '1'/,
        );
      }),
    },
    {
      behaviour: 'more interfaces than the instance type takes: `AttachmentLimitExceeded`',
      source: 'EC2 API error codes; knife-ec2 pull request 375 (the words)',
      localCloud: 'The same; the limits are by size of the type, not per type.',
      check: onEc2({}, async (fixture) => {
        const small = fixture.template({ ...launchData, InstanceType: 't4g.micro' });
        const id = await fixture.seed({ launchTemplateId: small });
        await attach(fixture, id);
        const more = { NetworkInterfaceId: await anotherInterface(fixture), DeviceIndex: 2 };
        await refused(attach(fixture, id, more), 'AttachmentLimitExceeded', /^Interface count 3/);
      }),
    },
    {
      behaviour:
        'to an instance that is pending, stopping, shutting down or terminated: `IncorrectState`',
      source:
        'Reported for volumes (amazon.aws pull request 497, with the words); for interfaces some say `IncorrectInstanceState`: the handlers take both',
      localCloud: '`IncorrectState`.',
      check: onEc2(
        { runInstancesToRunning: 1_000, instanceTermination: 1_000, instanceStop: 1_000 },
        async (fixture) => {
          const pending = await launch(fixture);
          await refused(attach(fixture, pending), 'IncorrectState', /is not 'running'/);
          const ending = await fixture.seed();
          await terminate(fixture, [ending]);
          await refused(attach(fixture, ending), 'IncorrectState');
          await fixture.clock.advance(1_000);
          await refused(attach(fixture, ending), 'IncorrectState');
          const stopping = await fixture.seed();
          await fixture.client.send(new StopInstancesCommand({ InstanceIds: [stopping] }));
          await refused(attach(fixture, stopping), 'IncorrectState');
        },
      ),
    },
    {
      behaviour: 'to a stopped instance an interface can be attached ("warm attach")',
      source: 'EC2 user guide, attach a network interface: hot, warm and cold attach',
      localCloud: 'The same. Until the instance runs nobody answers at the address.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        await fixture.client.send(new StopInstancesCommand({ InstanceIds: [id] }));
        await attach(fixture, id);
        expect(attachmentOf(fixture)).toMatchObject({ instanceId: id, status: 'attached' });
      }),
    },
    {
      behaviour: 'an interface only goes to instances of its own Availability Zone',
      source: 'EC2 user guide, elastic network interfaces. The error is not published',
      localCloud:
        '`InvalidParameterValue` that names both zones. The handlers treat any error of an attachment that they do not know as passing.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed({ subnetId: otherZoneSubnetId });
        await refused(attach(fixture, id), 'InvalidParameterValue', /us-east-1a.*us-east-1b/);
      }),
    },
    {
      behaviour:
        'ids that do not exist: `InvalidNetworkInterfaceID.NotFound`, `InvalidInstanceID.NotFound`; of another form: `InvalidNetworkInterfaceID.Malformed`, `InvalidInstanceID.Malformed`',
      source: 'EC2 API error codes',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        const eni = (NetworkInterfaceId: string) => attach(fixture, id, { NetworkInterfaceId });
        await refused(eni('eni-00000000000000000'), 'InvalidNetworkInterfaceID.NotFound');
        await refused(eni('address'), 'InvalidNetworkInterfaceID.Malformed');
        await refused(attach(fixture, 'i-00000000000000000'), 'InvalidInstanceID.NotFound');
        await refused(attach(fixture, 'coordinator'), 'InvalidInstanceID.Malformed');
      }),
    },
    {
      behaviour: 'the primary interface, at device index 0, is neither attached nor detached',
      source:
        'EC2 user guide, elastic network interfaces; cloud-governance pull request 950 (`OperationNotPermitted` and its words)',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        await refused(attach(fixture, id, { DeviceIndex: 0 }), 'InvalidParameterValue');
        const [instance] = await describeInstances(fixture, [id]);
        const primary = instance?.NetworkInterfaces?.[0]?.Attachment?.AttachmentId ?? '';
        await refused(detach(fixture, primary), 'OperationNotPermitted', /device index 0 and/);
      }),
    },
    {
      behaviour:
        'an interface may ask for an address of its subnet; one that is taken: `InvalidIPAddress.InUse`',
      source: 'CloudFormation, AWS::EC2::NetworkInterface: PrivateIpAddress; EC2 API error codes',
      localCloud: 'The same, when the template is deployed.',
      check: onEc2({}, async ({ ec2 }) => {
        const ask = (privateIpAddress: string) => {
          const subnetId = 'subnet-00000000000000001';
          const properties = { subnetId, groups: [], description: '', tags: [] };
          return ec2.createNetworkInterface({ ...properties, privateIpAddress });
        };
        expect(await ask('127.40.0.77')).toMatchObject({ privateIpAddress: '127.40.0.77' });
        await refused(ask('127.40.0.77'), 'InvalidIPAddress.InUse');
        await refused(ask('127.41.0.5'), 'InvalidParameterValue');
      }),
    },
  ],
};

export async function anotherInterface({ ec2 }: Ec2Fixture): Promise<string> {
  const subnetId = 'subnet-00000000000000001';
  const made = await ec2.createNetworkInterface({
    subnetId,
    groups: [],
    description: '',
    tags: [],
  });
  return made.networkInterfaceId;
}

export function setDeleteOnTermination(
  { client, networkInterfaceId }: Ec2Fixture,
  AttachmentId: string,
  DeleteOnTermination: boolean,
): Promise<unknown> {
  const command = new ModifyNetworkInterfaceAttributeCommand({
    NetworkInterfaceId: networkInterfaceId,
    Attachment: { AttachmentId, DeleteOnTermination },
  });
  return client.send(command);
}
