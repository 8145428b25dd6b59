/**
 * What a stack does with its own EC2 resources, as CloudFormation's calls would: interfaces, launch
 * templates, security groups, instance profiles.
 * What can go wrong: a deletion of what is in use. EC2 refuses it, and the stack's deletion fails.
 */
import { ServiceError } from '../service/service.ts';
import { deleteNetworkInterface } from './network/attachments.ts';
import { macAddressFor } from './network/primary-interface.ts';
import { networkInterfacesOf, subnetOf, type World } from './state.ts';
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

export function stackResources(world: World): StackResources {
  return {
    createNetworkInterface: (properties) => createNetworkInterface(world, properties),
    changeNetworkInterface(networkInterfaceId, { groups, description, tags, tagsBefore }) {
      const [found] = networkInterfacesOf(world.networkInterfaces.all(), [networkInterfaceId]);
      if (found === undefined) return;
      const takenAway = tagsBefore.map(({ Key }) => Key ?? '');
      const kept = Object.entries(found.tags).filter(([key]) => !takenAway.includes(key));
      world.networkInterfaces.change(networkInterfaceId, {
        groups,
        description,
        tags: { ...Object.fromEntries(kept), ...tagsFrom([...tags]) },
      });
    },
    async deleteNetworkInterface(networkInterfaceId) {
      const known = world.networkInterfaces.all();
      const [found] = networkInterfacesOf(known, [networkInterfaceId]);
      if (found?.attachment !== undefined) {
        throw new ServiceError(
          'InvalidParameterValue',
          `Network interface '${networkInterfaceId}' is currently in use.`,
        );
      }
      if (found !== undefined) await deleteNetworkInterface(world, found);
    },
    deleteLaunchTemplate: (launchTemplateId) => void world.launchTemplates.delete(launchTemplateId),
    requireUnusedSecurityGroup: (groupId) => requireUnused(world, groupId),
    removeInstanceProfile: (arn) => void world.profiles.delete(arn),
  };
}

function requireUnused(world: World, groupId: string): void {
  const isUsed =
    world.networkInterfaces.all().some(({ groups }) => groups.includes(groupId)) ||
    world.instances
      .all()
      .some(
        ({ state, launchData }) =>
          state !== 'terminated' && launchData.SecurityGroupIds?.includes(groupId),
      );
  if (!isUsed) return;
  throw new ServiceError('DependencyViolation', `resource ${groupId} has a dependent object`);
}

async function createNetworkInterface(
  world: World,
  properties: Parameters<Ec2['createNetworkInterface']>[0],
): Promise<{ networkInterfaceId: string; privateIpAddress: string }> {
  const subnet = subnetOf(world, properties.subnetId);
  const tags = { ...tagsFrom(properties.tags), ...properties.stackTags };
  const privateIpAddress = world.addresses.take(subnet, properties.privateIpAddress);
  try {
    await world.options.network.claim(privateIpAddress);
  } catch (error) {
    world.addresses.giveBack(privateIpAddress);
    throw error;
  }
  const networkInterfaceId = world.newId('eni');
  world.networkInterfaces.set(networkInterfaceId, {
    networkInterfaceId,
    subnet,
    privateIpAddress,
    macAddress: macAddressFor(privateIpAddress),
    description: properties.description,
    groups: properties.groups,
    tags,
  });
  world.networkInterfaces.backdate(networkInterfaceId);
  return { networkInterfaceId, privateIpAddress };
}
