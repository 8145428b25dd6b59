/** Interfaces, launch templates and security groups. */

import { hexFrom } from '../../chance/identifiers.ts';
import type { Random } from '../../chance/random.ts';
import type { Ec2 } from '../../ec2/ec2.ts';
import { optionalText, record, tagList, text, textList } from '../../service/properties.ts';
import {
  type Created,
  isSame,
  type Maker,
  type Makers,
  read,
  type ToBeMade,
  unlessReplaced,
} from '../resource.ts';

interface NetworkOptions {
  readonly ec2: Ec2;
  readonly random: Random;
}

export function networkMakers({ ec2, random }: NetworkOptions): Makers {
  const rule: Maker = (resource) => securityGroupRule(resource, `sgr-0${hexFrom(random, 16)}`);
  return {
    'AWS::EC2::NetworkInterface': async (resource) => {
      const given = interfaceProperties(resource);
      const made = await ec2.createNetworkInterface(given);
      return networkInterface(ec2, resource, made);
    },
    'AWS::EC2::LaunchTemplate'(resource) {
      const { name, data } = templateProperties(resource);
      const { launchTemplateId, version } = ec2.createLaunchTemplate({
        name: name ?? resource.nameOf(125),
        data,
      });
      return launchTemplate(ec2, resource, launchTemplateId, version);
    },
    // Security groups are not enforced: VpcConfig decides the reach of a function.
    'AWS::EC2::SecurityGroup': (resource) =>
      securityGroup(ec2, resource, `sg-0${hexFrom(random, 16)}`),
    'AWS::EC2::SecurityGroupIngress': rule,
    'AWS::EC2::SecurityGroupEgress': rule,
  };
}

function interfaceProperties(resource: ToBeMade) {
  const given = read(resource, ['SubnetId', 'GroupSet', 'Description', 'Tags', 'PrivateIpAddress']);
  return {
    subnetId: text(given, 'SubnetId'),
    groups: textList(given, 'GroupSet'),
    description: optionalText(given, 'Description') ?? '',
    tags: tagList(given, 'Tags'),
    stackTags: resource.stackTags,
    privateIpAddress: optionalText(given, 'PrivateIpAddress'),
  };
}

function networkInterface(
  ec2: Ec2,
  from: ToBeMade,
  made: { readonly networkInterfaceId: string; readonly privateIpAddress: string },
): Created {
  const { networkInterfaceId, privateIpAddress } = made;
  return {
    physicalId: networkInterfaceId,
    attributes: { Id: networkInterfaceId, PrimaryPrivateIpAddress: privateIpAddress },
    change: unlessReplaced(from, ['SubnetId', 'PrivateIpAddress'], (to) => {
      const before = interfaceProperties(from);
      ec2.changeNetworkInterface(networkInterfaceId, {
        ...interfaceProperties(to),
        // CloudFormation removes only tags that it has set.
        tagsBefore: before.tags,
      });
      return networkInterface(ec2, to, made);
    }),
    remove: () => ec2.deleteNetworkInterface(networkInterfaceId),
  };
}

function templateProperties(resource: ToBeMade) {
  const names = ['LaunchTemplateName', 'LaunchTemplateData', 'TagSpecifications'];
  const given = read(resource, [...names, 'VersionDescription']);
  return {
    name: optionalText(given, 'LaunchTemplateName'),
    data: record(given, 'LaunchTemplateData'),
  };
}

/** A change makes a new version. The default version stays. */
function launchTemplate(
  ec2: Ec2,
  from: ToBeMade,
  launchTemplateId: string,
  version: string,
): Created {
  return {
    physicalId: launchTemplateId,
    attributes: {
      LaunchTemplateId: launchTemplateId,
      LatestVersionNumber: version,
      DefaultVersionNumber: '1',
    },
    change: unlessReplaced(from, ['LaunchTemplateName', 'TagSpecifications'], (to) => {
      const { data } = templateProperties(to);
      const next = ec2.createLaunchTemplateVersion({ launchTemplateId, data });
      return launchTemplate(ec2, to, launchTemplateId, next.version);
    }),
    remove: () => ec2.deleteLaunchTemplate(launchTemplateId),
  };
}

function securityGroup(ec2: Ec2, from: ToBeMade, groupId: string): Created {
  const names = ['GroupDescription', 'GroupName', 'SecurityGroupEgress', 'SecurityGroupIngress'];
  const given = read(from, [...names, 'Tags', 'VpcId']);
  const vpcId = optionalText(given, 'VpcId') ?? '';
  return {
    physicalId: groupId,
    attributes: { GroupId: groupId, Id: groupId, VpcId: vpcId },
    change: unlessReplaced(from, ['GroupDescription', 'GroupName', 'VpcId'], (to) =>
      securityGroup(ec2, to, groupId),
    ),
    remove: () => ec2.requireUnusedSecurityGroup(groupId),
  };
}

const ruleProperties = [
  'CidrIp',
  'CidrIpv6',
  'Description',
  'DestinationPrefixListId',
  'DestinationSecurityGroupId',
  'FromPort',
  'GroupId',
  'IpProtocol',
  'SourcePrefixListId',
  'SourceSecurityGroupId',
  'SourceSecurityGroupOwnerId',
  'ToPort',
];

/** Only the description changes in place. */
function securityGroupRule(from: ToBeMade, physicalId: string): Created {
  text(read(from, ruleProperties), 'IpProtocol');
  return {
    physicalId,
    change: (to) => {
      const { Description: _before, ...before } = from.properties;
      const { Description: _after, ...after } = to.properties;
      return isSame(before, after) ? securityGroupRule(to, physicalId) : 'replace';
    },
    remove: () => {},
  };
}
