/**
 * An instance's metadata, from its records. Only interfaces in the metadata list are shown; that
 * list lags behind the attachments. Paths: EC2 user guide, instance metadata categories.
 */

import type { Caller } from '../../service/service.ts';
import {
  attachedTo,
  type Ec2State,
  type Instance,
  type MachineRoom,
  type NetworkInterface,
} from '../state.ts';
import type { MetadataNode } from './imds.ts';

export function metadataOf(ec2: Ec2State, instanceId: string): MetadataNode | undefined {
  const instance = ec2.instances.get(instanceId);
  const room = ec2.rooms.get(instanceId);
  if (instance === undefined || room === undefined) return undefined;
  const { region, accountId } = ec2.options;
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
      ...iamOf(ec2, instance),
      'instance-id': instanceId,
      'instance-type': launchData.InstanceType ?? '',
      'local-ipv4': instance.privateIpAddress,
      mac: macOf(ec2, instance),
      network: { interfaces: { macs: macsOf(ec2, instance, room) } },
      placement: { 'availability-zone': subnet.availabilityZone, region },
      ...tagsOf(instance),
    },
    dynamic: { 'instance-identity': { document: JSON.stringify(identity) } },
    ...(userData === '' ? {} : { 'user-data': userData }),
  };
}

function macOf(ec2: Ec2State, { instanceId }: Instance): string {
  return attachedTo(ec2.networkInterfaces.all(), instanceId)[0]?.macAddress ?? '';
}

function macsOf(ec2: Ec2State, instance: Instance, room: MachineRoom): MetadataNode {
  const listed = ec2.networkInterfaces
    .all()
    .filter(({ networkInterfaceId }) => room.listed.has(networkInterfaceId));
  return Object.fromEntries(
    listed.map((networkInterface) => [
      `${networkInterface.macAddress}`,
      macFolder(ec2, instance, networkInterface),
    ]),
  );
}

function macFolder(
  ec2: Ec2State,
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
  // The lagging list still has an attachment that is over.
  const isOurs = attachment?.instanceId === instance.instanceId;
  return {
    'device-number': String(isOurs ? attachment.deviceIndex : 1),
    'interface-id': networkInterfaceId,
    'local-ipv4s': privateIpAddress,
    mac: macAddress,
    'owner-id': ec2.options.accountId,
    'security-group-ids': groups.join('\n'),
    'subnet-id': subnet.subnetId,
    'subnet-ipv4-cidr-block': subnet.cidrBlock,
    'vpc-id': subnet.vpcId,
  };
}

/** Tags are in the metadata only if the instance's metadata options say so. */
function tagsOf({ launchData, tags }: Instance): { readonly [name: string]: MetadataNode } {
  if (launchData.MetadataOptions?.InstanceMetadataTags !== 'enabled') return {};
  return { tags: { instance: { ...tags } } };
}

/** The role of the instance's programs; undefined without a role that EC2 may use. */
export function callerOn(ec2: Ec2State, instanceId: string): Caller | undefined {
  const { callers, region, accountId, mayAssume } = ec2.options;
  const roleArn = ec2.instances.get(instanceId)?.profile?.roleArn;
  const sourceInstanceArn = `arn:aws:ec2:${region}:${accountId}:instance/${instanceId}`;
  if (roleArn === undefined || mayAssume?.(sourceInstanceArn, roleArn) === false) return undefined;
  const { accessKeyId } = callers.issue(roleArn, { sessionName: instanceId, sourceInstanceArn });
  return callers.find(accessKeyId);
}

function iamOf(
  ec2: Ec2State,
  { profile, instanceId }: Instance,
): { readonly [name: string]: MetadataNode } {
  const caller = callerOn(ec2, instanceId);
  if (profile === undefined || caller === undefined) return {};
  const { clock, callers } = ec2.options;
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

/** Credentials on an instance last about six hours (EC2 user guide, instance profiles). */
const credentialsValidMs = 6 * 3_600_000;
