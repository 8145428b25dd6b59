/**
 * What each operation of EC2 asks IAM. Most ask about several resources, and all must be allowed. A
 * resource yet to be made is `instance/*`. Tags at creation ask for ec2:CreateTags too, the role of
 * an instance for iam:PassRole.
 * Source: Service Authorization Reference, Amazon EC2; EC2 user guide, "Grant permission to tag
 * Amazon EC2 resources during creation"; IAM user guide, "Grant permissions to pass a role".
 * What can go wrong: EC2 does not know an id. AWS does not publish what happens. Here an unknown id
 * has no tags, so a condition on tags refuses it; an attachment that is gone has no resource, and
 * the operation says that it is gone.
 */

import type {
  AttachNetworkInterfaceRequest,
  CreateTagsRequest,
  DetachNetworkInterfaceRequest,
  ModifyNetworkInterfaceAttributeRequest,
  RunInstancesRequest,
  Tag,
} from '@aws-sdk/client-ec2';
import type { Tags } from '../service/properties.ts';
import {
  type AccessRequest,
  contextOf,
  fixedContext,
  requestTagContext,
  resourceTagContext,
} from './access-request.ts';

/** What EC2 knows of the resources in a call. */
export interface Ec2Resources {
  /** Tags of an instance, an interface or a launch template; undefined when it does not exist. */
  tagsOf(resourceId: string): Tags | undefined;
  attachment(attachmentId: string):
    | {
        readonly networkInterfaceId: string;
        readonly instanceId: string;
      }
    | undefined;
  /** What RunInstances would launch. Throws as RunInstances does. */
  launch(input: RunInstancesRequest): LaunchResources;
}

export interface LaunchResources {
  readonly launchTemplateId?: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly keyName?: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  readonly profile?: { readonly arn: string; readonly roleArn: string };
  /** The tags at creation, by type of resource; only types that get tags. */
  readonly tags: ReadonlyMap<string, Tags>;
}

export interface Ec2RequestOptions {
  readonly region: string;
  readonly accountId: string;
  readonly resources: Ec2Resources;
}

type Requests = (input: never) => AccessRequest[];

export function ec2Requests(options: Ec2RequestOptions): Readonly<Record<string, Requests>> {
  const { resources } = options;
  const about = (action: string, id: string, more?: AccessRequest['context']): AccessRequest => ({
    action,
    resource: ec2Arn(options, `${typeOf(id)}/${id}`),
    context: contextOf(more, resourceTagContext(resources.tagsOf(id) ?? {})),
  });
  const aboutInstances =
    (action: string): Requests =>
    ({ InstanceIds: ids = [] }: { InstanceIds?: readonly string[] }) =>
      ids.map((id) => about(action, id));
  const aboutTags =
    (action: string): Requests =>
    ({ Resources: ids = [], Tags: tags = [] }: CreateTagsRequest) =>
      ids.map((id) => about(action, id, requestTagContext(tagRecord(tags))));
  const aboutAttachment = (action: string, attachmentId: string | undefined): AccessRequest[] => {
    const found = resources.attachment(attachmentId ?? '');
    if (found === undefined) return [];
    return [about(action, found.networkInterfaceId), about(action, found.instanceId)];
  };
  const reads = Object.fromEntries(
    describes.map((name): [string, Requests] => [name, () => [{ action: `ec2:${name}` }]]),
  );
  return {
    ...reads,
    RunInstances: (input: RunInstancesRequest) => launchRequests(options, input),
    TerminateInstances: aboutInstances('ec2:TerminateInstances'),
    StartInstances: aboutInstances('ec2:StartInstances'),
    StopInstances: aboutInstances('ec2:StopInstances'),
    CreateTags: aboutTags('ec2:CreateTags'),
    DeleteTags: aboutTags('ec2:DeleteTags'),
    AttachNetworkInterface: (input: AttachNetworkInterfaceRequest) =>
      [input.NetworkInterfaceId, input.InstanceId]
        .filter((id) => id !== undefined)
        .map((id) => about('ec2:AttachNetworkInterface', id)),
    DetachNetworkInterface: (input: DetachNetworkInterfaceRequest) =>
      aboutAttachment('ec2:DetachNetworkInterface', input.AttachmentId),
    ModifyNetworkInterfaceAttribute: (input: ModifyNetworkInterfaceAttributeRequest) => {
      const action = 'ec2:ModifyNetworkInterfaceAttribute';
      const { NetworkInterfaceId: id = '', Attachment: attachment } = input;
      const held = aboutAttachment(action, attachment?.AttachmentId);
      const known = about(action, id);
      return [known, ...held.filter(({ resource }) => resource !== known.resource)];
    },
  };
}

const describes = [
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeInstanceTypes',
  'DescribeLaunchTemplateVersions',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
];

function launchRequests(options: Ec2RequestOptions, input: RunInstancesRequest): AccessRequest[] {
  const { resources } = options;
  const launch = resources.launch(input);
  const { launchTemplateId, profile, tags } = launch;
  const arn = (resource: string) => ec2Arn(options, resource);
  const template = launchTemplateId === undefined ? [] : [`launch-template/${launchTemplateId}`];
  const common = fixedContext({
    ...(launchTemplateId === undefined
      ? {}
      : { 'ec2:launchtemplate': arn(`launch-template/${launchTemplateId}`) }),
    ...(profile === undefined ? {} : { 'ec2:instanceprofile': profile.arn }),
    'ec2:instancetype': launch.instanceType,
  });
  const action = 'ec2:RunInstances';
  const made = ['instance', 'network-interface', 'volume'].map((type) => ({
    action,
    resource: arn(`${type}/*`),
    context: contextOf(common, requestTagContext(tags.get(type) ?? {})),
  }));
  const there = [
    `subnet/${launch.subnetId}`,
    ...launch.securityGroupIds.map((id) => `security-group/${id}`),
    ...(launch.keyName === undefined ? [] : [`key-pair/${launch.keyName}`]),
    ...template,
  ].map((resource) => ({
    action,
    resource: arn(resource),
    context: contextOf(
      common,
      resourceTagContext(resources.tagsOf(resource.split('/')[1] ?? '') ?? {}),
    ),
  }));
  // The ARN of an image has no account.
  const image = `arn:aws:ec2:${options.region}::image/${launch.imageId}`;
  return [
    ...made,
    { action, resource: image, context: common },
    ...there,
    ...taggingRequests(options, tags),
    ...(profile === undefined ? [] : [passRole(profile.roleArn)]),
  ];
}

function taggingRequests(
  options: Ec2RequestOptions,
  tags: ReadonlyMap<string, Tags>,
): AccessRequest[] {
  return [...tags].map(([type, given]) => ({
    action: 'ec2:CreateTags',
    resource: ec2Arn(options, `${type}/*`),
    context: contextOf(
      fixedContext({ 'ec2:createaction': 'RunInstances' }),
      requestTagContext(given),
    ),
  }));
}

function passRole(roleArn: string): AccessRequest {
  return {
    action: 'iam:PassRole',
    resource: roleArn,
    context: fixedContext({ 'iam:passedtoservice': 'ec2.amazonaws.com' }),
  };
}

export function ec2Arn(
  { region, accountId }: { readonly region: string; readonly accountId: string },
  resource: string,
): string {
  return `arn:aws:ec2:${region}:${accountId}:${resource}`;
}

/** Types of resource by the prefix of an id. */
const types: Readonly<Record<string, string>> = {
  eni: 'network-interface',
  i: 'instance',
  lt: 'launch-template',
  subnet: 'subnet',
  vol: 'volume',
};

function typeOf(id: string): string {
  return types[id.split('-')[0] ?? ''] ?? 'unknown';
}

function tagRecord(tags: readonly Tag[]): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
