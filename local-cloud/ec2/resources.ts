/** What IAM asks EC2: tags and attachments without lag, and what a launch would use. */

import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { Ec2Resources, LaunchResources } from '../iam/ec2-requests.ts';
import type { Tags } from '../service/properties.ts';
import { mergedLaunch } from './instances/run-instances.ts';
import { launchTemplateOf } from './launch-templates.ts';
import { holderOf } from './network/attachments.ts';
import type { Ec2State } from './state.ts';
import { specifiedTags } from './tags.ts';

export function resourcesOf(ec2: Ec2State): Ec2Resources {
  return {
    tagsOf: (id) =>
      (ec2.instances.get(id) ?? ec2.networkInterfaces.get(id) ?? ec2.launchTemplates.get(id))?.tags,
    attachment(attachmentId) {
      const holder = holderOf(ec2, attachmentId);
      if (holder?.attachment === undefined) return undefined;
      const { networkInterfaceId, attachment } = holder;
      return { networkInterfaceId, instanceId: attachment.instanceId };
    },
    launch: (input) => launchResources(ec2, input),
  };
}

/** Types of resources that a launch tags. */
const taggable = ['instance', 'network-interface', 'volume'] as const;

function launchResources(ec2: Ec2State, input: RunInstancesRequest): LaunchResources {
  const { MinCount: _least, MaxCount: _most, ClientToken: _token, DryRun: _dry, ...rest } = input;
  const { launchData, subnetId, profile } = mergedLaunch(ec2, rest);
  const template =
    input.LaunchTemplate === undefined ? undefined : launchTemplateOf(ec2, input.LaunchTemplate);
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
