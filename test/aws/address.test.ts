import type { NetworkInterface } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import {
  addressDetailsFrom,
  describeAddress,
  describeAddressTag,
  describeInterfaces,
} from '../../aws/address.ts';
import type { Ec2Calls } from '../../aws/calls.ts';
import { cluster } from '../support/incidents.ts';

function ec2(
  ...pages: readonly (readonly NetworkInterface[])[]
): Pick<Ec2Calls, 'describeNetworkInterfaces'> {
  return {
    describeNetworkInterfaces: async ({ NextToken = '0' }) => {
      const page = Number(NextToken);
      return {
        $metadata: {},
        NetworkInterfaces: [...(pages[page] ?? [])],
        ...(page + 1 < pages.length ? { NextToken: String(page + 1) } : {}),
      };
    },
  };
}

const attached: NetworkInterface = {
  NetworkInterfaceId: cluster.networkInterfaceId,
  PrivateIpAddress: '10.0.0.10',
  Attachment: {
    AttachmentId: 'eni-attach-1',
    InstanceId: 'i-1',
    Status: 'attached',
    AttachTime: new Date('2026-01-01T00:00:00Z'),
    DeleteOnTermination: true,
  },
  TagSet: [{ Key: 'coordinator-failover:paused', Value: 'until further notice' }],
};
const withStatus = (Status: 'attached' | 'detaching' | 'detached'): NetworkInterface => ({
  ...attached,
  Attachment: { ...attached.Attachment, Status },
});

test('address: one that is let go of is held until it is detached', async () => {
  const statusOf = async (eni: NetworkInterface) =>
    (await describeAddress(ec2([eni]), cluster)).attachment?.status;
  expect(await statusOf(attached)).toBe('attached');
  expect(await statusOf(withStatus('detaching'))).toBe('detaching');
  expect(await statusOf(withStatus('detached'))).toBeUndefined();
});

test('address: an ENI that EC2 does not show is not called vacant', async () => {
  await expect(describeAddress(ec2([]), cluster)).rejects.toMatchObject({
    name: 'TryAgain',
    message: `EC2 does not show the ENI ${cluster.networkInterfaceId}.`,
  });
});

test('address: one tag of it, or null', async () => {
  const read = (key: string) => describeAddressTag(ec2([attached]), cluster, key);
  expect(await read('coordinator-failover:paused')).toBe('until further notice');
  expect(await read('coordinator-failover:stack-deleting')).toBeNull();
});

test('address: only people are told whether it would be deleted with its holder', async () => {
  expect(addressDetailsFrom(attached).attachment?.deleteOnTermination).toBe(true);
  expect(addressDetailsFrom(withStatus('detached')).attachment).toBeNull();
  const { attachment } = await describeAddress(ec2([attached]), cluster);
  expect(attachment).not.toHaveProperty('deleteOnTermination');
});

test('address: all interfaces that match, over all pages, or none of them', async () => {
  expect(await describeInterfaces(ec2([attached], [attached]), [])).toHaveLength(2);
  const six = Array.from({ length: 6 }, () => [attached]);
  await expect(describeInterfaces(ec2(...six), [])).rejects.toThrow(
    'DescribeNetworkInterfaces has more pages than were read: 5 of at most 5',
  );
});
