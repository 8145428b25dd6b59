/**
 * EC2, as far as a failover uses it: instances, network interfaces, launch templates, tags. The
 * operations are in the files beside this one; here is what makes and seeds them.
 * What can go wrong: a cloud that flatters. So states take their time, describes lag behind, and an
 * interface stays with a dying instance until the termination lets go of it.
 */

import { hexFrom } from '../chance/identifiers.ts';
import { callerOn } from './instances/imds-view.ts';
import { instanceTypeOperations } from './instances/instance-types.ts';
import { instanceOperations } from './instances/instances.ts';
import { bootMachine, createInstance, stopAllMachines } from './instances/lifecycle.ts';
import { mergedLaunch, runInstancesOperation } from './instances/run-instances.ts';
import { setResponding } from './instances/status-checks.ts';
import { stopStartOperations } from './instances/stop-start.ts';
import {
  createLaunchTemplate,
  createLaunchTemplateVersion,
  launchTemplateOperations,
} from './launch-templates.ts';
import { list, makeUsable } from './network/attachments.ts';
import { networkInterfaceOperations } from './network/interfaces.ts';
import { subnetOperations } from './network/subnets.ts';
import { resourcesOf } from './resources.ts';
import { stackResources } from './stack-resources.ts';
import {
  attachedTo,
  createWorld,
  type Instance,
  type NetworkInterface,
  type World,
} from './state.ts';
import { tagOperations, tagsFrom } from './tags.ts';
import type { Ec2, Ec2Options, InstanceSnapshot, NetworkInterfaceSnapshot } from './types.ts';

export type {
  Ec2,
  Ec2Options,
  InstanceSnapshot,
  NetworkInterfaceSnapshot,
} from './types.ts';

export function createEc2(options: Ec2Options): Ec2 {
  const world = createWorld(options);
  return {
    service: {
      name: 'ec2',
      operations: {
        ...instanceOperations(world),
        ...runInstancesOperation(world),
        ...stopStartOperations(world),
        ...networkInterfaceOperations(world),
        ...launchTemplateOperations(world),
        ...subnetOperations(world),
        ...instanceTypeOperations(),
        ...tagOperations(world),
      },
    },
    resources: resourcesOf(world),
    addSubnet: (subnet) => void world.subnets.set(subnet.subnetId, subnet),
    addInstanceProfile({ instanceProfileName, roleArn }) {
      const arn = `arn:aws:iam::${options.accountId}:instance-profile/${instanceProfileName}`;
      world.profiles.set(arn, { arn, instanceProfileName, roleArn });
      return arn;
    },
    ...stackResources(world),
    createLaunchTemplate: ({ name, data }) => ({
      launchTemplateId: createLaunchTemplate(world, name, data).launchTemplateId,
      version: '1',
    }),
    createLaunchTemplateVersion: ({ launchTemplateId, data }) => ({
      version: String(createLaunchTemplateVersion(world, launchTemplateId, data)),
    }),
    seedInstance: (properties) => seedInstance(world, properties),
    seedAttachment: (properties) => seedAttachment(world, properties),
    setResponding: (instanceId, responding) => setResponding(world, instanceId, responding),
    callerOn: (instanceId) => callerOn(world, instanceId),
    listedInterfaces: (instanceId) => [...(world.rooms.get(instanceId)?.listed ?? [])],
    snapshot: () => ({
      instances: world.instances.all().map(instanceSnapshot),
      networkInterfaces: world.networkInterfaces.all().map(networkInterfaceSnapshot),
    }),
    async stop() {
      try {
        await world.background.stop();
      } finally {
        await stopAllMachines(world);
      }
    },
  };
}

async function seedInstance(
  world: World,
  properties: Parameters<Ec2['seedInstance']>[0],
): Promise<string> {
  const merged = mergedLaunch(world, {
    LaunchTemplate: {
      LaunchTemplateId: properties.launchTemplateId,
      Version: properties.launchTemplateVersion,
    },
    SubnetId: properties.subnetId,
  });
  const { clock, random } = world.options;
  const { instanceId } = await createInstance(world, {
    ...merged,
    tags: { ...merged.tags, ...tagsFrom(properties.tags) },
    reservationId: `r-0${hexFrom(random, 16)}`,
    launchIndex: 0,
    launchTime: new Date(clock.now() - properties.launchedSecondsAgo * 1000),
  });
  world.instances.change(instanceId, { state: 'running' });
  await bootMachine(world, instanceId);
  world.instances.backdate(instanceId);
  for (const { networkInterfaceId } of attachedTo(world.networkInterfaces.all(), instanceId)) {
    world.networkInterfaces.backdate(networkInterfaceId);
  }
  return instanceId;
}

function seedAttachment(
  world: World,
  { networkInterfaceId, instanceId, attachedSecondsAgo }: Parameters<Ec2['seedAttachment']>[0],
): void {
  const attachmentId = world.newId('eni-attach');
  world.networkInterfaces.change(networkInterfaceId, {
    attachment: {
      attachmentId,
      instanceId,
      deviceIndex: 1,
      status: 'attached',
      attachTime: new Date(world.options.clock.now() - attachedSecondsAgo * 1000),
      deleteOnTermination: false,
      usable: false,
    },
  });
  makeUsable(world, attachmentId);
  list(world, attachmentId);
  world.networkInterfaces.backdate(networkInterfaceId);
}

function instanceSnapshot(instance: Instance): InstanceSnapshot {
  const { instanceId, state, privateIpAddress, guestAddress, tags } = instance;
  return { instanceId, state, privateIpAddress, guestAddress, tags };
}

function networkInterfaceSnapshot(networkInterface: NetworkInterface): NetworkInterfaceSnapshot {
  const { networkInterfaceId, privateIpAddress, tags, attachment } = networkInterface;
  if (attachment === undefined) return { networkInterfaceId, privateIpAddress, tags };
  const { attachmentId, instanceId, status, deleteOnTermination, usable } = attachment;
  return {
    networkInterfaceId,
    privateIpAddress,
    tags,
    attachment: { attachmentId, instanceId, status, deleteOnTermination, usable },
  };
}
