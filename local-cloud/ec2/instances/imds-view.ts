/**
 * What an instance's metadata says, from its records. Only the interfaces in its list: that lags
 * behind the attachments. Paths: EC2 user guide, instance metadata categories.
 */

import type { Caller } from '../../service/service.ts';
import {
  attachedTo,
  type Instance,
  type MachineRoom,
  type NetworkInterface,
  type World,
} from '../state.ts';
import type { MetadataNode } from './imds.ts';

export function metadataOf(world: World, instanceId: string): MetadataNode | undefined {
  const instance = world.instances.get(instanceId);
  const room = world.rooms.get(instanceId);
  if (instance === undefined || room === undefined) return undefined;
  const { region, accountId } = world.options;
  const { launchData, subnet } = instance;
  const identity = {
    accountId,
    availabilityZone: subnet.availabilityZone,
    imageId: launchData.ImageId,
    instanceId,
    instanceType: launchData.InstanceType,
    privateIp: instance.privateIpAddress,
    region,
    version: '2017-09-30',
  };
  const userData = Buffer.from(launchData.UserData ?? '', 'base64').toString('utf8');
  return {
    'meta-data': {
      'ami-id': launchData.ImageId ?? '',
      ...iamOf(world, instance),
      'instance-id': instanceId,
      'instance-type': launchData.InstanceType ?? '',
      'local-ipv4': instance.privateIpAddress,
      mac: macOf(world, instance),
      network: { interfaces: { macs: macsOf(world, instance, room) } },
      placement: { 'availability-zone': subnet.availabilityZone, region },
      ...tagsOf(instance),
    },
    dynamic: { 'instance-identity': { document: JSON.stringify(identity) } },
    ...(userData === '' ? {} : { 'user-data': userData }),
  };
}

function macOf(world: World, { instanceId }: Instance): string {
  return attachedTo(world.networkInterfaces.all(), instanceId)[0]?.macAddress ?? '';
}

function macsOf(world: World, instance: Instance, room: MachineRoom): MetadataNode {
  const listed = world.networkInterfaces
    .all()
    .filter(({ networkInterfaceId }) => room.listed.has(networkInterfaceId));
  return Object.fromEntries(
    listed.map((networkInterface) => [
      `${networkInterface.macAddress}`,
      macFolder(world, instance, networkInterface),
    ]),
  );
}

function macFolder(
  world: World,
  instance: Instance,
  {
    networkInterfaceId,
    privateIpAddress,
    macAddress,
    subnet,
    groups,
    attachment,
  }: NetworkInterface,
): MetadataNode {
  // A listing that lags still tells of an attachment that is over.
  const isOurs = attachment?.instanceId === instance.instanceId;
  return {
    'device-number': String(isOurs ? attachment.deviceIndex : 1),
    'interface-id': networkInterfaceId,
    'local-ipv4s': privateIpAddress,
    mac: macAddress,
    'owner-id': world.options.accountId,
    'security-group-ids': groups.join('\n'),
    'subnet-id': subnet.subnetId,
    'subnet-ipv4-cidr-block': subnet.cidrBlock,
    'vpc-id': subnet.vpcId,
  };
}

/** Tags are in the metadata only where the instance's metadata options say so. */
function tagsOf({ launchData, tags }: Instance): { readonly [name: string]: MetadataNode } {
  if (launchData.MetadataOptions?.InstanceMetadataTags !== 'enabled') return {};
  return { tags: { instance: { ...tags } } };
}

/** As whom the instance's programs call; undefined without a role that EC2 may use. */
export function callerOn(world: World, instanceId: string): Caller | undefined {
  const { callers, region, accountId, mayAssume } = world.options;
  const roleArn = world.instances.get(instanceId)?.profile?.roleArn;
  const sourceInstanceArn = `arn:aws:ec2:${region}:${accountId}:instance/${instanceId}`;
  if (roleArn === undefined || mayAssume?.(sourceInstanceArn, roleArn) === false) return undefined;
  const { accessKeyId } = callers.issue(roleArn, { sessionName: instanceId, sourceInstanceArn });
  return callers.find(accessKeyId);
}

function iamOf(
  world: World,
  { profile, instanceId }: Instance,
): { readonly [name: string]: MetadataNode } {
  const caller = callerOn(world, instanceId);
  if (profile === undefined || caller === undefined) return {};
  const { clock, callers } = world.options;
  const { accessKeyId, secretAccessKey } = callers.issue(caller.principalArn, caller);
  const roleName = profile.roleArn.split('/').at(-1) ?? profile.instanceProfileName;
  const credentials = {
    Code: 'Success',
    LastUpdated: new Date(clock.now()).toISOString(),
    Type: 'AWS-HMAC',
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: 'local-cloud-session',
    Expiration: new Date(clock.now() + credentialsValidMs).toISOString(),
  };
  const info = {
    Code: 'Success',
    LastUpdated: credentials.LastUpdated,
    InstanceProfileArn: profile.arn,
  };
  return {
    iam: {
      info: JSON.stringify(info),
      'security-credentials': { [roleName]: JSON.stringify(credentials) },
    },
  };
}

/** A role's credentials on an instance last about six hours (EC2 user guide, instance profiles). */
const credentialsValidMs = 6 * 3_600_000;
