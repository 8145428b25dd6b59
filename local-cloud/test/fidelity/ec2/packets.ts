/** What clients and workers see of the address: packets. */
import { expect } from 'vitest';
import type { LatencyName } from '../../../chance/latency.ts';
import { type Ec2Fixture, ec2Fixture } from '../../ec2/fixture.ts';
import { type LoopbackFixture, loopbackFixture } from '../../ec2/loopback-fixture.ts';
import { attach, attachmentOf, detach, launch, terminate } from '../../ec2/steps.ts';
import type { Area } from '../row.ts';

/** The fixture's interface. */
const address = '127.40.0.4';

export const packets: Area = {
  title: 'VPC, packets to the address',
  file: 'test/fidelity/ec2/packets.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        'an address that nobody holds, or whose interface is not usable yet, drops packets: connections hang, and are never reset',
      source:
        'VPC user guide: no host answers for an address without one. What a client sees: inferred',
      localCloud:
        'The same, by real sockets on loopback. A connection is accepted and never answered.',
      check: onLoopback({ eniAttach: 1_000, eniUsableInGuest: 1_000 }, async (world) => {
        const { fixture, ask } = world;
        const id = await fixture.seed();
        expect(await ask(address)).toBe('silence');
        await attach(fixture, id);
        await fixture.clock.advance(1_999);
        expect(await ask(address)).toBe('silence');
        await fixture.clock.advance(1);
        expect(await ask(address)).toBe(id);
      }),
    },
    {
      behaviour:
        'from the moment of a detachment on the old holder gets no packets any more: it is fenced',
      source:
        'Inferred from EC2 user guide, elastic network interfaces: traffic follows the interface',
      localCloud: 'The same, at once. The failover rests on it; with Force as without.',
      check: onLoopback({ eniForceDetach: 60_000 }, async ({ fixture, ask }) => {
        const id = await fixture.seed();
        await attach(fixture, id);
        await fixture.clock.advance(0);
        expect(await ask(address)).toBe(id);
        await detach(fixture, attachmentOf(fixture)?.attachmentId ?? '', true);
        expect(await ask(address)).toBe('silence');
      }),
    },
    {
      behaviour:
        'a machine that is up without a server refuses; one that is off, hung or cut off is silent',
      source: 'TCP; EC2 instances do not answer for each other',
      localCloud: 'The same.',
      check: onLoopback({ instanceTermination: 9_000 }, async (world) => {
        const { fixture, network, ask, settled } = world;
        const id = await fixture.seed();
        await attach(fixture, id);
        await settled();
        network.setPort(id, 'closed');
        await settled();
        expect(await ask(address)).toBe('ECONNREFUSED');
        network.setPort(id, 'open');
        network.drop(id, true);
        await settled();
        expect(await ask(address)).toBe('silence');
        network.drop(id, false);
        expect(await ask(address)).toBe(id);
        await terminate(fixture, [id], { SkipOsShutdown: true });
        expect(attachmentOf(fixture)?.status).toBe('attached');
        expect(await ask(address)).toBe('silence');
      }),
    },
    {
      behaviour: 'an instance’s own address answers once it has booted, and until its server ends',
      source: 'EC2 user guide, instance lifecycle',
      localCloud: 'The same.',
      check: onLoopback(
        { runInstancesToRunning: 1_000, osShutdown: 5_000 },
        async ({ fixture, ask, settled }) => {
          const id = await launch(fixture);
          const own = fixture.ec2.snapshot().instances[0]?.privateIpAddress ?? '';
          expect(await ask(own)).toBe('silence');
          await fixture.clock.advance(1_000);
          await settled();
          expect(await ask(own)).toBe(id);
          await terminate(fixture, [id]);
          expect(await ask(own)).toBe(id);
        },
      ),
    },
  ],
};

function onLoopback(
  latencies: Partial<Record<LatencyName, number>>,
  act: (world: LoopbackFixture & { readonly fixture: Ec2Fixture }) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const loopback = await loopbackFixture();
    const { network, boot } = loopback;
    const fixture = await ec2Fixture(latencies, { network, boot, loopback: '127.44' });
    try {
      await act({ ...loopback, fixture });
    } finally {
      await fixture.ec2.stop();
      await network.stop();
    }
  };
}
