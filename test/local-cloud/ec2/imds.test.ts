import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test } from 'vitest';
import { type Ec2Fixture, ec2Fixture } from './fixture.ts';
import { attach, detach } from './steps.ts';

const loopback = '127.42';

let fixture: Ec2Fixture;
afterEach(() => fixture.ec2.stop());

describe('tokens', () => {
  test('none: every document is refused', async () => {
    fixture = await ec2Fixture({}, { loopback });
    await fixture.seed();
    expect((await fetch(`${endpoint()}/latest/meta-data/instance-id`)).status).toBe(401);
    expect((await get('instance-id', 'local-cloud-token-9')).status).toBe(401);
  });

  test.each([
    ['no lifetime', {}, 400],
    ['a lifetime of 0', { ...lifetime('0') }, 400],
    ['a lifetime of more than six hours', { ...lifetime('21601') }, 400],
    ['a lifetime that is no number', { ...lifetime('soon') }, 400],
    ['a request that a proxy passed on', { ...lifetime('60'), 'x-forwarded-for': '10.0.0.1' }, 403],
  ])('a wrong request for one: refused (%s)', async (_what, headers, status) => {
    fixture = await ec2Fixture({}, { loopback });
    await fixture.seed();
    const url = `${endpoint()}/latest/api/token`;
    expect((await fetch(url, { method: 'PUT', headers })).status).toBe(status);
  });

  test('one whose time is up: refused', async () => {
    fixture = await ec2Fixture({}, { loopback });
    await fixture.seed();
    const token = await issue();
    expect((await get('instance-id', token)).status).toBe(200);
    await fixture.clock.advance(60_000);
    expect((await get('instance-id', token)).status).toBe(401);
  });
});

describe('documents', () => {
  test('what a box asks for first', async () => {
    fixture = await ec2Fixture({}, { loopback });
    const id = await fixture.seed({ tags: [{ Key: 'app:slot', Value: '1' }] });
    expect(await read('instance-id')).toBe(id);
    expect(await read('placement/region')).toBe('us-east-1');
    expect(await read('placement/availability-zone')).toBe('us-east-1a');
    expect(await read('tags/instance/app:slot')).toBe('1');
    expect(await read('tags/instance/cluster')).toBe('one');
    const mac = await read('mac');
    expect(await read('network/interfaces/macs/')).toBe(`${mac}/`);
    expect(await read(`network/interfaces/macs/${mac}/device-number`)).toBe('0');
    expect(await read(`network/interfaces/macs/${mac}/local-ipv4s`)).toBe('127.40.0.5');
    expect(await read('iam/security-credentials/')).toBe('box');
    expect(JSON.parse(await read('iam/security-credentials/box'))).toMatchObject({
      Code: 'Success',
      AccessKeyId: expect.stringMatching(/^LOCALCLOUDKEY/),
      Expiration: new Date(fixture.clock.now() + 6 * 3_600_000).toISOString(),
    });
  });

  test.each(['nonsense', 'network/interfaces/macs/none/interface-id', 'constructor', '%ff'])(
    'what is not there: 404 (%s)',
    async (path) => {
      fixture = await ec2Fixture({}, { loopback });
      await fixture.seed();
      expect((await get(path, await issue())).status).toBe(404);
    },
  );

  test('an interface: listed late, and listed late as gone', async () => {
    fixture = await ec2Fixture({ imdsAttachLag: 5_000, imdsDetachLag: 60_000 }, { loopback });
    const id = await fixture.seed();
    const attachmentId = await attach(fixture, id);
    expect(await listed()).not.toContain(fixture.networkInterfaceId);
    await fixture.clock.advance(5_000);
    expect(await listed()).toContain(fixture.networkInterfaceId);
    await detach(fixture, attachmentId);
    await fixture.clock.advance(59_999);
    expect(await listed()).toContain(fixture.networkInterfaceId);
    await fixture.clock.advance(1);
    expect(await listed()).not.toContain(fixture.networkInterfaceId);
  });

  test('an interface that is back before it was seen gone: it stays listed', async () => {
    fixture = await ec2Fixture({ imdsDetachLag: 60_000 }, { loopback });
    const id = await fixture.seed();
    await detach(fixture, await attach(fixture, id));
    await attach(fixture, id);
    await fixture.clock.advance(60_000);
    expect(await listed()).toContain(fixture.networkInterfaceId);
  });

  test('a machine that is off: nobody answers', async () => {
    fixture = await ec2Fixture({}, { loopback });
    const id = await fixture.seed();
    const url = endpoint();
    await fixture.client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await fixture.clock.advance(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

function endpoint(): string {
  return fixture.booted[0]?.metadataEndpoint ?? '';
}

function lifetime(seconds: string) {
  return { 'x-aws-ec2-metadata-token-ttl-seconds': seconds };
}

async function issue(): Promise<string> {
  const url = `${endpoint()}/latest/api/token`;
  return (await fetch(url, { method: 'PUT', headers: lifetime('60') })).text();
}

function get(path: string, token: string): Promise<Response> {
  const headers = { 'x-aws-ec2-metadata-token': token };
  return fetch(`${endpoint()}/latest/meta-data/${path}`, { headers });
}

async function read(path: string): Promise<string> {
  const response = await get(path, await issue());
  expect(response.status).toBe(200);
  return response.text();
}

/** The ids of the interfaces that the metadata lists. */
async function listed(): Promise<string[]> {
  const macs = (await read('network/interfaces/macs/')).split('\n');
  return Promise.all(macs.map((mac) => read(`network/interfaces/macs/${mac}interface-id`)));
}
