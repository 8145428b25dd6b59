/**
 * Launch templates and their versions, as stacks make them. The first version stays the default; a
 * version never changes.
 */
import type {
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  LaunchTemplateSpecification,
  LaunchTemplateVersion,
  RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { type Operation, refuseUnknownParameters, ServiceError } from '../service/service.ts';
import { pageOf, pageParameters } from './filters.ts';
import { operation } from './operation.ts';
import type { Ec2State, LaunchTemplate, LaunchTemplateVersionRecord } from './state.ts';

/**
 * The members of a template's data. The first group decides what is launched. The second is kept
 * and described, without a visible effect here.
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
  ec2: Ec2State,
  name: string,
  data: RequestLaunchTemplateData,
): LaunchTemplate {
  refuseUnknownParameters(`Launch template ${name}`, launchDataParameters, data);
  const launchTemplate: LaunchTemplate = {
    launchTemplateId: ec2.newId('lt'),
    launchTemplateName: name,
    versions: [versionRecord(ec2, 1, data)],
    tags: {},
  };
  ec2.launchTemplates.set(launchTemplate.launchTemplateId, launchTemplate);
  return launchTemplate;
}

/** @throws InvalidLaunchTemplateId.NotFound */
export function createLaunchTemplateVersion(
  ec2: Ec2State,
  launchTemplateId: string,
  data: RequestLaunchTemplateData,
): number {
  refuseUnknownParameters(`Launch template ${launchTemplateId}`, launchDataParameters, data);
  const { versions } = namedTemplate(ec2, { LaunchTemplateId: launchTemplateId });
  const versionNumber = versions.length + 1;
  versions.push(versionRecord(ec2, versionNumber, data));
  return versionNumber;
}

function versionRecord(
  ec2: Ec2State,
  versionNumber: number,
  data: RequestLaunchTemplateData,
): LaunchTemplateVersionRecord {
  const createTime = new Date(ec2.options.clock.now());
  return { versionNumber, createTime, data: structuredClone(data) };
}

/**
 * @throws InvalidLaunchTemplateId.NotFound, InvalidLaunchTemplateId.VersionNotFound and the like
 */
export function launchTemplateOf(
  ec2: Ec2State,
  specification: LaunchTemplateSpecification,
): { readonly launchTemplate: LaunchTemplate; readonly version: LaunchTemplateVersionRecord } {
  const launchTemplate = namedTemplate(ec2, specification);
  const { Version: name = '$Default' } = specification;
  const { versions } = launchTemplate;
  const version =
    name === '$Latest'
      ? versions.at(-1)
      : versions.find(
          ({ versionNumber }) => String(versionNumber) === name.replace('$Default', '1'),
        );
  if (version !== undefined) return { launchTemplate, version };
  throw new ServiceError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${name} for the launch template with ID ${launchTemplate.launchTemplateId}.`,
  );
}

function namedTemplate(
  ec2: Ec2State,
  specification: Omit<LaunchTemplateSpecification, 'Version'>,
): LaunchTemplate {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = specification;
  if ((id === undefined) === (name === undefined)) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'Specify either LaunchTemplateId or LaunchTemplateName, and not both.',
    );
  }
  const launchTemplate = [...ec2.launchTemplates.values()].find((template) =>
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
  return launchTemplate;
}

export function launchTemplateOperations(ec2: Ec2State): Record<string, Operation> {
  return {
    DescribeLaunchTemplateVersions: operation<DescribeLaunchTemplateVersionsRequest>(
      ['LaunchTemplateId', 'LaunchTemplateName', 'Versions[]', ...pageParameters],
      (input): DescribeLaunchTemplateVersionsResult => {
        const { LaunchTemplateId, LaunchTemplateName, NextToken: nextToken } = input;
        const launchTemplate = namedTemplate(ec2, { LaunchTemplateId, LaunchTemplateName });
        const { launchTemplateId } = launchTemplate;
        const asked = input.Versions?.map(
          (Version) =>
            launchTemplateOf(ec2, { LaunchTemplateId: launchTemplateId, Version }).version,
        );
        const found = launchTemplate.versions.filter((version) => asked?.includes(version) ?? true);
        const described = found.reverse().map((version) => describe(launchTemplate, version));
        const { items, NextToken } = pageOf(described, { NextToken: nextToken });
        return { LaunchTemplateVersions: [...items], NextToken };
      },
    ),
  };
}

function describe(
  { launchTemplateId, launchTemplateName }: LaunchTemplate,
  { versionNumber, createTime, data }: LaunchTemplateVersionRecord,
): LaunchTemplateVersion {
  return {
    LaunchTemplateId: launchTemplateId,
    LaunchTemplateName: launchTemplateName,
    VersionNumber: versionNumber,
    DefaultVersion: versionNumber === 1,
    CreateTime: createTime,
    LaunchTemplateData: structuredClone(data),
  };
}
