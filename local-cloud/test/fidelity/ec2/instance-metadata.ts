/** The instance metadata service. */
import { expect } from 'vitest';
import type { Ec2Fixture } from '../../ec2/fixture.ts';
import { attach, detach, terminate } from '../../ec2/steps.ts';
import type { Area } from '../row.ts';
import { onEc2 } from '../worlds.ts';

const loopback = { loopback: '127.42' };
const guide = 'EC2 user guide, instance metadata';

export const instanceMetadata: Area = {
  title: 'IMDS',
  file: 'test/fidelity/ec2/instance-metadata.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        'version 2: a token by PUT with a lifetime of 1 to 21600 s; without one every document is 401',
      source: `${guide}: use IMDSv2`,
      localCloud: 'The same; version 1 is never answered, as on our instances.',
      check: onEc2(
        {},
        async (fixture) => {
          await fixture.seed();
          expect((await get(fixture, 'instance-id', '')).status).toBe(401);
          expect((await get(fixture, 'instance-id', 'invented')).status).toBe(401);
          for (const lifetime of ['', '0', '21601', 'soon']) {
            expect((await requestToken(fixture, lifetime)).status).toBe(400);
          }
          const token = await (await requestToken(fixture, '60')).text();
          expect((await get(fixture, 'instance-id', token)).status).toBe(200);
          await fixture.clock.advance(60_000);
          expect((await get(fixture, 'instance-id', token)).status).toBe(401);
        },
        loopback,
      ),
    },
    {
      behaviour: 'a token request that a proxy has passed on is 403',
      source: `${guide}: IMDSv2 refuses X-Forwarded-For`,
      localCloud: 'The same.',
      check: onEc2(
        {},
        async (fixture) => {
          await fixture.seed();
          const forwarded = { 'x-forwarded-for': '10.0.0.1' };
          expect((await requestToken(fixture, '60', forwarded)).status).toBe(403);
        },
        loopback,
      ),
    },
    {
      behaviour:
        'id, region, zone, tags (where the launch template says so), interfaces by MAC; folders end in a slash; 404 for the rest',
      source: `${guide}: categories; instance tags in metadata`,
      localCloud: 'The same, for the categories that a host asks for.',
      check: onEc2(
        {},
        async (fixture) => {
          const id = await fixture.seed({ tags: [{ Key: 'app:slot', Value: '1' }] });
          expect(await read(fixture, 'instance-id')).toBe(id);
          expect(await read(fixture, 'placement/region')).toBe('us-east-1');
          expect(await read(fixture, 'placement/availability-zone')).toBe('us-east-1a');
          expect(await read(fixture, 'tags/instance/app:slot')).toBe('1');
          const mac = await read(fixture, 'mac');
          const macs = 'network/interfaces/macs/';
          expect(await read(fixture, macs)).toBe(`${mac}/`);
          expect(await read(fixture, `${macs}${mac}/device-number`)).toBe('0');
          expect(await read(fixture, `${macs}${mac}/local-ipv4s`)).toBe('127.40.0.5');
          for (const path of ['nonsense', 'constructor', '%ff']) {
            expect(await read(fixture, path)).toBe('404');
          }
          expect(await read(fixture, `${macs}none/interface-id`)).toBe('404');
        },
        loopback,
      ),
    },
    {
      behaviour: 'credentials of the instance’s role, valid for about six hours',
      source: `${guide}: retrieve security credentials`,
      localCloud: 'The same; plainly no keys of AWS, and told apart by the endpoint.',
      check: onEc2(
        {},
        async (fixture) => {
          await fixture.seed();
          expect(await read(fixture, 'iam/security-credentials/')).toBe('host');
          const credentials: unknown = JSON.parse(
            await read(fixture, 'iam/security-credentials/host'),
          );
          expect(credentials).toMatchObject({
            Code: 'Success',
            AccessKeyId: expect.stringMatching(/^LOCALCLOUDKEY/),
            Expiration: new Date(fixture.clock.now() + 6 * 3_600_000).toISOString(),
          });
        },
        loopback,
      ),
    },
    {
      behaviour: 'a new interface is listed late, and a detached one stays listed for a while',
      source: 'Reported: up to 18 s late, and for minutes',
      localCloud: 'The same; `imdsAttachLag` after `attached`, `imdsDetachLag` after it is free.',
      check: onEc2(
        { imdsAttachLag: 5_000, imdsDetachLag: 60_000 },
        async (fixture) => {
          const { clock, networkInterfaceId } = fixture;
          const attachmentId = await attach(fixture, await fixture.seed());
          await clock.advance(4_999);
          expect(await listed(fixture)).not.toContain(networkInterfaceId);
          await clock.advance(1);
          expect(await listed(fixture)).toContain(networkInterfaceId);
          await detach(fixture, attachmentId);
          await clock.advance(59_999);
          expect(await listed(fixture)).toContain(networkInterfaceId);
          await clock.advance(1);
          expect(await listed(fixture)).not.toContain(networkInterfaceId);
        },
        loopback,
      ),
    },
    {
      behaviour: 'an interface that is back before it was seen gone stays listed',
      source: 'Inferred: the list shows what is attached',
      localCloud: 'The same.',
      check: onEc2(
        { imdsDetachLag: 60_000 },
        async (fixture) => {
          const id = await fixture.seed();
          await detach(fixture, await attach(fixture, id));
          await attach(fixture, id);
          await fixture.clock.advance(60_000);
          expect(await listed(fixture)).toContain(fixture.networkInterfaceId);
        },
        loopback,
      ),
    },
    {
      behaviour: 'on a machine that is off nobody answers',
      source: 'By its nature: the service is only reachable from the instance',
      localCloud: 'The same. The service has an address of its own instead of 169.254.169.254.',
      check: onEc2(
        {},
        async (fixture) => {
          await terminate(fixture, [await fixture.seed()]);
          await fixture.clock.advance(0);
          await expect(requestToken(fixture, '60')).rejects.toThrow('fetch failed');
        },
        loopback,
      ),
    },
  ],
};

function endpointOf({ booted }: Ec2Fixture): string {
  return booted[0]?.metadataEndpoint ?? '';
}

function requestToken(
  fixture: Ec2Fixture,
  lifetime: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': lifetime, ...more };
  return fetch(`${endpointOf(fixture)}/latest/api/token`, { method: 'PUT', headers });
}

function get(fixture: Ec2Fixture, path: string, token: string): Promise<Response> {
  const headers = { 'x-aws-ec2-metadata-token': token };
  return fetch(`${endpointOf(fixture)}/latest/meta-data/${path}`, { headers });
}

/** The document, or the status when there is none. */
async function read(fixture: Ec2Fixture, path: string): Promise<string> {
  const token = await (await requestToken(fixture, '60')).text();
  const response = await get(fixture, path, token);
  return response.ok ? response.text() : String(response.status);
}

/** The ids of the interfaces that the metadata lists. */
async function listed(fixture: Ec2Fixture): Promise<string[]> {
  const macs = (await read(fixture, 'network/interfaces/macs/')).split('\n');
  return Promise.all(
    macs.map((mac) => read(fixture, `network/interfaces/macs/${mac}interface-id`)),
  );
}
