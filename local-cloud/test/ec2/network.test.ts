// What packets do in a VPC is in test/fidelity/; here is what only concerns the local cloud.
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { ec2Fixture } from './fixture.ts';
import { loopbackFixture } from './loopback-fixture.ts';
import { launch } from './steps.ts';

test('a port in use: the launch fails with what to do, and leaves nothing behind', async () => {
  const { port, network, boot } = await loopbackFixture();
  const fixture = await ec2Fixture({}, { network, loopback: '127.43', boot });
  const taken = createServer();
  await new Promise<void>((done) => taken.listen({ host: '127.40.0.5', port }, done));
  await expect(launch(fixture)).rejects.toThrow(`something already listens at 127.40.0.5:${port}`);
  expect(fixture.ec2.snapshot().instances).toEqual([]);
  await new Promise((done) => taken.close(done));
  await fixture.ec2.stop();
  await network.stop();
});
