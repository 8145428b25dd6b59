/**
 * A stack's own EC2 resources: interfaces, launch templates, security groups, instance profiles.
 * What can go wrong: a deletion of a resource in use. EC2 refuses it, and the stack's deletion
 * fails.
 */
import { ServiceError } from '../service/service.ts';
import { deleteNetworkInterface } from './network/attachments.ts';
import { macAddressFor } from './network/primary-interface.ts';
import { type Ec2State, networkInterfacesOf, subnetOf } from './state.ts';
import { tagsFrom } from './tags.ts';
import type { Ec2 } from './types.ts';

type StackResources = Pick<
  Ec2,
  | 'createNetworkInterface'
  | 'changeNetworkInterface'
  | 'deleteNetworkInterface'
  | 'deleteLaunchTemplate'
  | 'requireUnusedSecurityGroup'
  | 'removeInstanceProfile'
>;

export function stackResources(ec2: Ec2State): StackResources {
  return {
    createNetworkInterface: (properties) => createNetworkInterface(ec2, properties),
    changeNetworkInterface(networkInterfaceId, { groups, description, tags, tagsBefore }) {
      const [found] = networkInterfacesOf(ec2.networkInterfaces.all(), [networkInterfaceId]);
      if (found === undefined) return;
      const takenAway = tagsBefore.map(({ Key }) => Key ?? '');
      const kept = Object.entries(found.tags).filter(([key]) => !takenAway.includes(key));
      ec2.networkInterfaces.change(networkInterfaceId, {
        groups,
        description,
        tags: { ...Object.fromEntries(kept), ...tagsFrom([...tags]) },
      });
    },
    async deleteNetworkInterface(networkInterfaceId) {
      const known = ec2.networkInterfaces.all();
      const [found] = networkInterfacesOf(known, [networkInterfaceId]);
      if (found?.attachment !== undefined) {
        throw new ServiceError(
          'InvalidParameterValue',
          `Network interface '${networkInterfaceId}' is currently in use.`,
        );
      }
      if (found !== undefined) await deleteNetworkInterface(ec2, found);
    },
    deleteLaunchTemplate: (launchTemplateId) => void ec2.launchTemplates.delete(launchTemplateId),
    requireUnusedSecurityGroup: (groupId) => requireUnused(ec2, groupId),
    removeInstanceProfile: (arn) => void ec2.profiles.delete(arn),
  };
}

function requireUnused(ec2: Ec2State, groupId: string): void {
  const isUsed =
    ec2.networkInterfaces.all().some(({ groups }) => groups.includes(groupId)) ||
    ec2.instances
      .all()
      .some(
        ({ state, launchData }) =>
          state !== 'terminated' && launchData.SecurityGroupIds?.includes(groupId),
      );
  if (!isUsed) return;
  throw new ServiceError('DependencyViolation', `resource ${groupId} has a dependent object`);
}

async function createNetworkInterface(
  ec2: Ec2State,
  properties: Parameters<Ec2['createNetworkInterface']>[0],
): Promise<{ networkInterfaceId: string; privateIpAddress: string }> {
  const subnet = subnetOf(ec2, properties.subnetId);
  const tags = { ...tagsFrom(properties.tags), ...properties.stackTags };
  const privateIpAddress = ec2.addresses.take(subnet, properties.privateIpAddress);
  try {
    await ec2.options.network.claim(privateIpAddress);
  } catch (error) {
    ec2.addresses.giveBack(privateIpAddress);
    throw error;
  }
  const networkInterfaceId = ec2.newId('eni');
  ec2.networkInterfaces.set(networkInterfaceId, {
    networkInterfaceId,
    subnet,
    privateIpAddress,
    macAddress: macAddressFor(privateIpAddress),
    description: properties.description,
    groups: properties.groups,
    tags,
  });
  ec2.networkInterfaces.backdate(networkInterfaceId);
  return { networkInterfaceId, privateIpAddress };
}
