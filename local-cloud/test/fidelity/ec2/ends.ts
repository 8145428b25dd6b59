/** How instances end, and what becomes of the address then. */
import { expect } from 'vitest';
import { launchData, otherZoneSubnetId } from '../../ec2/fixture.ts';
import {
  attach,
  attachmentOf,
  describeAddress,
  describeInstances,
  stateOf,
  terminate,
} from '../../ec2/steps.ts';
import { type Area, refused } from '../row.ts';
import { onEc2 } from '../worlds.ts';
import { setDeleteOnTermination } from './attachments.ts';

export const ec2Ends: Area = {
  title: 'EC2, the end of an instance',
  file: 'test/fidelity/ec2/ends.ts',
  rows: [
    {
      behaviour:
        '`TerminateInstances`: `shutting-down` at once, the operating system shuts down, `terminated` later',
      source: 'EC2 user guide, instance lifecycle and termination; API reference, InstanceState',
      localCloud: 'The same; `osShutdown`, then `instanceTermination`.',
      check: onEc2({ osShutdown: 30_000, instanceTermination: 9_000 }, async (fixture) => {
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
        await fixture.clock.advance(9_001);
        expect(fixture.ended).toEqual([id]);
        expect(stateOf(fixture, id)).toBe('terminated');
      }),
    },
    {
      behaviour:
        '`SkipOsShutdown` does not wait for the operating system, also where a shutdown is going on',
      source: 'EC2 API reference, TerminateInstances: Force, SkipOsShutdown',
      localCloud: 'The same; `powerOff`. `Force` alone has no effect here.',
      check: onEc2({ osShutdown: 300_000, powerOff: 1_000 }, async (fixture) => {
        const id = await fixture.seed();
        await terminate(fixture, [id]);
        await terminate(fixture, [id], { Force: true });
        await fixture.clock.advance(1_000);
        expect(stateOf(fixture, id)).toBe('shutting-down');
        await terminate(fixture, [id], { SkipOsShutdown: true, Force: true });
        await fixture.clock.advance(1_000);
        expect(fixture.ended).toEqual([id]);
        expect(stateOf(fixture, id)).toBe('terminated');
      }),
    },
    {
      behaviour: 'terminating is idempotent',
      source: 'EC2 API reference, TerminateInstances: "This operation is idempotent"',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        await terminate(fixture, [id]);
        const { TerminatingInstances } = await terminate(fixture, [id]);
        expect(TerminatingInstances?.[0]?.CurrentState?.Name).toBe('terminated');
        expect(fixture.ended).toEqual([id]);
      }),
    },
    {
      behaviour: 'one id that does not exist fails the whole call',
      source: 'EC2 API reference, TerminateInstances',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        const both = terminate(fixture, [id, 'i-00000000000000000']);
        await refused(both, 'InvalidInstanceID.NotFound');
        expect(stateOf(fixture, id)).toBe('running');
      }),
    },
    {
      behaviour:
        'termination protection: `OperationNotPermitted`; other instances of its zone stay too, those of other zones go',
      source: 'EC2 API reference, TerminateInstances, on several Availability Zones',
      localCloud:
        'The same. The attribute comes from the launch template; `ModifyInstanceAttribute` is not there.',
      check: onEc2({}, async (fixture) => {
        const guarded = fixture.template({ ...launchData, DisableApiTermination: true });
        const safe = await fixture.seed({ launchTemplateId: guarded });
        const ids = [
          safe,
          await fixture.seed(),
          await fixture.seed({ subnetId: otherZoneSubnetId }),
        ];
        await refused(terminate(fixture, ids), 'OperationNotPermitted', new RegExp(safe));
        expect(ids.map((id) => stateOf(fixture, id))).toEqual(['running', 'running', 'terminated']);
      }),
    },
    {
      behaviour:
        'with `DeleteOnTermination` false a secondary interface stays with the dying instance and is free some time after it is terminated',
      source:
        'EC2 user guide, elastic network interfaces. How long it stays is unknown: an open question; fck-nat pull request 43 finds it in use while the old instance goes',
      localCloud: 'The same; `eniReleaseAfterTermination` after `terminated`.',
      check: onEc2(
        { instanceTermination: 30_000, eniReleaseAfterTermination: 2_000 },
        async (fixture) => {
          const id = await fixture.seed();
          await attach(fixture, id);
          await terminate(fixture, [id], { SkipOsShutdown: true });
          await fixture.clock.advance(29_999);
          expect(attachmentOf(fixture)).toMatchObject({ instanceId: id, status: 'attached' });
          await fixture.clock.advance(1);
          expect(attachmentOf(fixture)).toMatchObject({ instanceId: id, status: 'detaching' });
          await fixture.clock.advance(2_000);
          expect((await describeAddress(fixture))?.Status).toBe('available');
        },
      ),
    },
    {
      behaviour:
        'with `DeleteOnTermination` true a secondary interface is deleted with the instance',
      source:
        'EC2 user guide, elastic network interfaces; CloudFormation, AWS::EC2::NetworkInterfaceAttachment: its default is true',
      localCloud: 'The same. An attachment made through the API starts with false.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        const attachmentId = await attach(fixture, id);
        expect(attachmentOf(fixture)?.deleteOnTermination).toBe(false);
        await setDeleteOnTermination(fixture, attachmentId, true);
        await terminate(fixture, [id]);
        await refused(describeAddress(fixture), 'InvalidNetworkInterfaceID.NotFound');
      }),
    },
    {
      behaviour: '`ModifyNetworkInterfaceAttribute` can set `DeleteOnTermination` back in time',
      source:
        'EC2 API reference, ModifyNetworkInterfaceAttribute: Attachment. Until when is not published',
      localCloud:
        'Until the instance is `terminated`; while the interface is let go it is too late. The failover sets it before it terminates.',
      check: async () => {
        for (const [waitMs, isNodeKept] of [
          [0, true],
          [5_000, false],
        ] as const) {
          const slow = { instanceTermination: 5_000, eniReleaseAfterTermination: 2_000 };
          await onEc2(slow, async (fixture) => {
            const id = await fixture.seed();
            const attachmentId = await attach(fixture, id);
            await setDeleteOnTermination(fixture, attachmentId, true);
            await terminate(fixture, [id]);
            await fixture.clock.advance(waitMs);
            await setDeleteOnTermination(fixture, attachmentId, false);
            await fixture.clock.advance(7_000);
            if (isNodeKept) expect((await describeAddress(fixture))?.Status).toBe('available');
            else await refused(describeAddress(fixture), 'InvalidNetworkInterfaceID.NotFound');
          })();
        }
      },
    },
    {
      behaviour: 'the primary interface goes with the instance',
      source: 'EC2 user guide, elastic network interfaces',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        await terminate(fixture, [await fixture.seed()]);
        const left = fixture.ec2.snapshot().networkInterfaces;
        expect(left.map((each) => each.networkInterfaceId)).toEqual([fixture.networkInterfaceId]);
      }),
    },
    {
      behaviour: 'a terminated instance is described for an hour, without address and interfaces',
      source: 'EC2 user guide, instance termination: visible "for a short while", usually one hour',
      localCloud: 'The same, for exactly an hour; then `InvalidInstanceID.NotFound`.',
      check: onEc2({}, async (fixture) => {
        const id = await fixture.seed();
        await terminate(fixture, [id]);
        await fixture.clock.advance(3_599_999);
        const [instance] = await describeInstances(fixture, [id]);
        expect(instance).toMatchObject({
          State: { Code: 48, Name: 'terminated' },
          StateReason: { Code: 'Client.UserInitiatedShutdown' },
          NetworkInterfaces: [],
        });
        expect(instance?.PrivateIpAddress).toBeUndefined();
        await fixture.clock.advance(1);
        await refused(describeInstances(fixture, [id]), 'InvalidInstanceID.NotFound');
      }),
    },
  ],
};
