/**
 * The synthesized stack from beginning to end, in a local cloud without latencies: created from
 * nothing, upgraded, failed and rolled back, deleted. Its functions run as bundled, with their roles.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BootMachine,
  type LocalCloud,
  noLatencies,
  startLocalCloud,
} from '@coordinator-failover/local-cloud';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Synthesized, synthesize } from '../../../infra/stack/synthesize.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { tagKeys } from '../../../workflow/model/names.ts';
import { startOnLoopback } from '../../drill/loopback.ts';

let port: number;
let directory: string;
let cloud: LocalCloud;
let release: () => Promise<void>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stack-test-'));
  const synthesized = await synthesize(join(directory, 'cdk.out'));
  port = await freePort();
  cloud = await startOnLoopback(port, (loopback) => {
    release = () => loopback.release();
    return startOn(loopback.prefix, synthesized);
  });
});
afterAll(async () => {
  await cloud.stop();
  await release();
  await rm(directory, { recursive: true, force: true });
});

function startOn(loopback: string, synthesized: Synthesized): Promise<LocalCloud> {
  return startLocalCloud({
    template: synthesized.template,
    assetsDirectory: synthesized.assetsDirectory,
    parameters: {
      VpcId: 'vpc-0123456789abcdef0',
      SubnetId: 'subnet-0123456789abcdef0',
      ImageId: 'ami-00000000000000001',
      HACoordinatorsCount: '2',
      HttpPort: String(port),
      GraceSeconds: '0',
    },
    stackName: 'stack',
    seed: 1,
    latencies: noLatencies,
    port,
    loopback,
    boot,
    creation: 'when asked',
    customResources: { kind: 'run', deliveries: () => [0, 1] },
  });
}

/** A server that is ready at once, and no probe. */
const boot: BootMachine = async ({ instanceId, guestAddress, setPort }) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        nodeVersion: { version: '479' },
        environment: 'test',
        coordinator: true,
        coordinatorId: instanceId.slice(-5),
        starting: false,
        uptime: '1.00m',
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, guestAddress, resolve));
  setPort('open');
  return {
    async terminate() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const running = () => cloud.ec2.snapshot().instances.filter(({ state }) => state === 'running');
/** The launch template version of each coordinator. */
const versions = () =>
  running().map(({ tags }) => tags[tagKeys.templateVersion]?.replace(/^.*:/, 'version '));
const holderId = () => {
  const { networkInterfaces } = cloud.ec2.snapshot();
  const address = networkInterfaces.find(({ tags }) => tags[tagKeys.cluster] === 'stack');
  return address?.attachment?.instanceId;
};
/** What is said when it does not end as it should. */
const why = () => JSON.stringify(cloud.stack.events().filter(({ reason }) => reason));
const story = () => cloud.stack.events().map(({ status, type }) => `${status} ${type}`);
const coordinators = 'Custom::CoordinatorCluster';

describe('the stack', () => {
  it('creation: complete when a coordinator answers at the address, and only then come the rules', async () => {
    expect(await cloud.stack.create(), why()).toBe('CREATE_COMPLETE');
    expect(versions()).toContain('version 1');
    expect(running().map(({ instanceId }) => instanceId)).toContain(holderId());
    const done = story().indexOf(`CREATE_COMPLETE ${coordinators}`);
    expect(done).toBeGreaterThan(0);
    expect(story().indexOf('CREATE_IN_PROGRESS AWS::Events::Rule')).toBeGreaterThan(done);
  });

  it('update: a timing moves nobody, and asks nobody', async () => {
    const before = holderId();
    const updated = cloud.stack.update({ parameters: { SettleSeconds: '50' } });
    expect(await updated, why()).toBe('UPDATE_COMPLETE');
    expect(holderId()).toBe(before);
    expect(story()).not.toContain(`UPDATE_IN_PROGRESS ${coordinators}`);
  });

  it('update: a new image is a new version of the launch template, and in the end all are of it', async () => {
    const updated = cloud.stack.update({ parameters: { ImageId: 'ami-00000000000000002' } });
    expect(await updated, why()).toBe('UPDATE_COMPLETE');
    expect(versions()).toEqual(['version 2', 'version 2']);
    expect(running().map(({ instanceId }) => instanceId)).toContain(holderId());
  });

  it('deletion: the rules first, then the coordinators, then the address', async () => {
    expect(await cloud.stack.delete(), why()).toBe('DELETE_COMPLETE');
    const { instances, networkInterfaces } = cloud.ec2.snapshot();
    expect(instances.map(({ state }) => state)).not.toContain('running');
    expect(networkInterfaces).toEqual([]);
    const [rule, gone, address] = [
      story().lastIndexOf('DELETE_COMPLETE AWS::Events::Rule'),
      story().indexOf(`DELETE_COMPLETE ${coordinators}`),
      story().indexOf('DELETE_IN_PROGRESS AWS::EC2::NetworkInterface'),
    ];
    expect(rule).toBeLessThan(gone);
    expect(gone).toBeLessThan(address);
  });
});
