/**
 * EC2: instances, network interfaces, launch templates, tags. This file makes and seeds them; the
 * operations are in the files beside it.
 * What can go wrong: a local EC2 kinder than the real one. So states take time, describes lag, and
 * an interface stays with a dying instance until the instance is terminated.
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
  createEc2State,
  type Ec2State,
  type Instance,
  type NetworkInterface,
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
  const ec2 = createEc2State(options);
  return {
    service: {
      name: 'ec2',
      operations: {
        ...instanceOperations(ec2),
        ...runInstancesOperation(ec2),
        ...stopStartOperations(ec2),
        ...networkInterfaceOperations(ec2),
        ...launchTemplateOperations(ec2),
        ...subnetOperations(ec2),
        ...instanceTypeOperations(),
        ...tagOperations(ec2),
      },
    },
    resources: resourcesOf(ec2),
    addSubnet: (subnet) => void ec2.subnets.set(subnet.subnetId, subnet),
    addInstanceProfile({ instanceProfileName, roleArn }) {
      const arn = `arn:aws:iam::${options.accountId}:instance-profile/${instanceProfileName}`;
      ec2.profiles.set(arn, { arn, instanceProfileName, roleArn });
      return arn;
    },
    ...stackResources(ec2),
    createLaunchTemplate: ({ name, data }) => ({
      launchTemplateId: createLaunchTemplate(ec2, name, data).launchTemplateId,
      version: '1',
    }),
    createLaunchTemplateVersion: ({ launchTemplateId, data }) => ({
      version: String(createLaunchTemplateVersion(ec2, launchTemplateId, data)),
    }),
    seedInstance: (properties) => seedInstance(ec2, properties),
    seedAttachment: (properties) => seedAttachment(ec2, properties),
    setResponding: (instanceId, responding) => setResponding(ec2, instanceId, responding),
    callerOn: (instanceId) => callerOn(ec2, instanceId),
    listedInterfaces: (instanceId) => [...(ec2.rooms.get(instanceId)?.listed ?? [])],
    snapshot: () => ({
      instances: ec2.instances.all().map(instanceSnapshot),
      networkInterfaces: ec2.networkInterfaces.all().map(networkInterfaceSnapshot),
    }),
    async stop() {
      try {
        await ec2.background.stop();
      } finally {
        await stopAllMachines(ec2);
      }
    },
  };
}

async function seedInstance(
  ec2: Ec2State,
  properties: Parameters<Ec2['seedInstance']>[0],
): Promise<string> {
  const merged = mergedLaunch(ec2, {
    LaunchTemplate: {
      LaunchTemplateId: properties.launchTemplateId,
      Version: properties.launchTemplateVersion,
    },
    SubnetId: properties.subnetId,
  });
  const { clock, random } = ec2.options;
  const { instanceId } = await createInstance(ec2, {
    ...merged,
    tags: { ...merged.tags, ...tagsFrom(properties.tags) },
    reservationId: `r-0${hexFrom(random, 16)}`,
    launchIndex: 0,
    launchTime: new Date(clock.now() - properties.launchedSecondsAgo * 1000),
  });
  ec2.instances.change(instanceId, { state: 'running' });
  await bootMachine(ec2, instanceId);
  ec2.instances.backdate(instanceId);
  for (const { networkInterfaceId } of attachedTo(ec2.networkInterfaces.all(), instanceId)) {
    ec2.networkInterfaces.backdate(networkInterfaceId);
  }
  return instanceId;
}

function seedAttachment(
  ec2: Ec2State,
  { networkInterfaceId, instanceId, attachedSecondsAgo }: Parameters<Ec2['seedAttachment']>[0],
): void {
  const attachmentId = ec2.newId('eni-attach');
  ec2.networkInterfaces.change(networkInterfaceId, {
    attachment: {
      attachmentId,
      instanceId,
      deviceIndex: 1,
      status: 'attached',
      attachTime: new Date(ec2.options.clock.now() - attachedSecondsAgo * 1000),
      deleteOnTermination: false,
      usable: false,
    },
  });
  makeUsable(ec2, attachmentId);
  list(ec2, attachmentId);
  ec2.networkInterfaces.backdate(networkInterfaceId);
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
