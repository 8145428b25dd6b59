/** Launch templates: one version each, as a stack's first deployment makes them. */
import type {
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  LaunchTemplateSpecification,
  LaunchTemplateVersion,
  RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { type Operation, refuseUnknownParameters, ServiceError } from '../service.ts';
import { pageOf, pageParameters } from './filters.ts';
import { operation } from './operation.ts';
import type { LaunchTemplate, World } from './world.ts';

/**
 * What a template's data may contain. The first group decides what is launched; the second is kept
 * and described, and has no effect that could be seen on this machine.
 */
export const launchDataParameters = [
  'ImageId',
  'InstanceType',
  'UserData',
  'IamInstanceProfile.*',
  'SecurityGroupIds[]',
  'NetworkInterfaces[].DeviceIndex',
  'NetworkInterfaces[].SubnetId',
  'NetworkInterfaces[].Groups[]',
  'NetworkInterfaces[].DeleteOnTermination',
  'TagSpecifications[].*',
  'MetadataOptions.*',
  'DisableApiTermination',

  'KeyName',
  'EbsOptimized',
  'Monitoring.*',
  'BlockDeviceMappings[].*',
  'InstanceInitiatedShutdownBehavior',
  'MaintenanceOptions.*',
  'PrivateDnsNameOptions.*',
  'Placement.*',
] as const;

export function createLaunchTemplate(
  world: World,
  name: string,
  data: RequestLaunchTemplateData,
): LaunchTemplate {
  refuseUnknownParameters(`Launch template ${name}`, launchDataParameters, data);
  const launchTemplate: LaunchTemplate = {
    launchTemplateId: world.newId('lt'),
    launchTemplateName: name,
    createTime: new Date(world.options.clock.now()),
    data: structuredClone(data),
    tags: {},
  };
  world.launchTemplates.set(launchTemplate.launchTemplateId, launchTemplate);
  return launchTemplate;
}

/** @throws InvalidLaunchTemplateId.NotFound, InvalidLaunchTemplateId.VersionNotFound and the like */
export function launchTemplateOf(
  world: World,
  specification: LaunchTemplateSpecification,
): LaunchTemplate {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version: version } = specification;
  if ((id === undefined) === (name === undefined)) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'Specify either LaunchTemplateId or LaunchTemplateName, and not both.',
    );
  }
  const launchTemplate = [...world.launchTemplates.values()].find((template) =>
    id === undefined ? template.launchTemplateName === name : template.launchTemplateId === id,
  );
  if (launchTemplate === undefined) {
    throw id === undefined
      ? new ServiceError(
          'InvalidLaunchTemplateName.NotFoundException',
          `At least one of the launch templates specified in the request does not exist: ${name}`,
        )
      : new ServiceError(
          'InvalidLaunchTemplateId.NotFound',
          `The specified launch template, with template ID ${id}, does not exist.`,
        );
  }
  if (version !== undefined && !onlyVersion.includes(version)) {
    throw new ServiceError(
      'InvalidLaunchTemplateId.VersionNotFound',
      `Could not find the specified version ${version} for the launch template with ID ${launchTemplate.launchTemplateId}.`,
    );
  }
  return launchTemplate;
}

export function launchTemplateOperations(world: World): Record<string, Operation> {
  return {
    DescribeLaunchTemplateVersions: operation<DescribeLaunchTemplateVersionsRequest>(
      ['LaunchTemplateId', 'LaunchTemplateName', 'Versions[]', ...pageParameters],
      (input): DescribeLaunchTemplateVersionsResult => {
        const launchTemplate = launchTemplateOf(world, {
          LaunchTemplateId: input.LaunchTemplateId,
          LaunchTemplateName: input.LaunchTemplateName,
        });
        for (const Version of input.Versions ?? []) {
          launchTemplateOf(world, {
            LaunchTemplateId: launchTemplate.launchTemplateId,
            Version,
          });
        }
        const { items, NextToken } = pageOf([versionOf(launchTemplate)], {
          NextToken: input.NextToken,
        });
        return { LaunchTemplateVersions: [...items], NextToken };
      },
    ),
  };
}

const onlyVersion = ['1', '$Latest', '$Default'];

function versionOf(launchTemplate: LaunchTemplate): LaunchTemplateVersion {
  return {
    LaunchTemplateId: launchTemplate.launchTemplateId,
    LaunchTemplateName: launchTemplate.launchTemplateName,
    VersionNumber: 1,
    DefaultVersion: true,
    CreateTime: launchTemplate.createTime,
    LaunchTemplateData: structuredClone(launchTemplate.data),
  };
}
