/** What policies are held against: tags and attachments as they are, and what a launch would use. */
import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { Ec2Resources, LaunchResources } from '../iam/ec2-requests.ts';
import { mergedLaunch } from './instances/run-instances.ts';
import { launchTemplateOf } from './launch-templates.ts';
import { holderOf } from './network/attachments.ts';
import type { Tags, World } from './state.ts';
import { specifiedTags } from './tags.ts';

export function resourcesOf(world: World): Ec2Resources {
  return {
    tagsOf: (id) =>
      (world.instances.get(id) ?? world.networkInterfaces.get(id) ?? world.launchTemplates.get(id))
        ?.tags,
    attachment(attachmentId) {
      const holder = holderOf(world, attachmentId);
      if (holder?.attachment === undefined) return undefined;
      const { networkInterfaceId, attachment } = holder;
      return { networkInterfaceId, instanceId: attachment.instanceId };
    },
    launch: (input) => launchResources(world, input),
  };
}

/** Types of resources that a launch can tag. */
const taggable = ['instance', 'network-interface', 'volume'] as const;

function launchResources(world: World, input: RunInstancesRequest): LaunchResources {
  const { MinCount: _least, MaxCount: _most, ClientToken: _token, DryRun: _dry, ...rest } = input;
  const { launchData, subnetId, profile } = mergedLaunch(world, rest);
  const template =
    input.LaunchTemplate === undefined ? undefined : launchTemplateOf(world, input.LaunchTemplate);
  const specifications = [template?.version.data.TagSpecifications, input.TagSpecifications].map(
    (list) => list?.map(({ ResourceType, Tags: given }) => ({ ResourceType, Tags: given })),
  );
  const tags = taggable
    .map((type): [string, Tags] => [type, specifiedTags(specifications, type)])
    .filter(([, given]) => Object.keys(given).length > 0);
  return {
    ...(template === undefined
      ? {}
      : { launchTemplateId: template.launchTemplate.launchTemplateId }),
    imageId: launchData.ImageId ?? '',
    instanceType: launchData.InstanceType ?? '',
    ...(launchData.KeyName === undefined ? {} : { keyName: launchData.KeyName }),
    subnetId,
    securityGroupIds:
      launchData.SecurityGroupIds ?? launchData.NetworkInterfaces?.[0]?.Groups ?? [],
    ...(profile === undefined ? {} : { profile }),
    tags: new Map(tags),
  };
}
