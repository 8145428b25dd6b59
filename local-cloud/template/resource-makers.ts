/**
 * What each type of CloudFormation resource becomes in the local cloud, and what Ref and GetAtt of
 * it return (source: the type's page in the CloudFormation User Guide, "Return values").
 * What can go wrong: a property that has a meaning and is passed over. So each type lists what it
 * takes; those that change nothing in the local cloud are listed too, and anything else is refused.
 */

import type { CloudWatch } from '../cloudwatch/cloudwatch.ts';
import type { Ec2 } from '../ec2/ec2.ts';
import type { EventBus } from '../event-bus/event-bus.ts';
import { hexFrom, uuidFrom } from '../identifiers.ts';
import type { Lambda } from '../lambda/lambda.ts';
import {
  oneOf,
  optionalNumber,
  optionalText,
  type Properties,
  propertiesOf,
  record,
  tagList,
  text,
  textList,
  textRecord,
} from '../properties.ts';
import type { Random } from '../random.ts';
import type { Sns } from '../sns/sns.ts';
import type { StepFunctions } from '../step-functions/step-functions.ts';
import type { Assets } from './assets.ts';
import type { Created, Maker, ToBeMade } from './template.ts';

export interface MakerOptions {
  readonly region: string;
  readonly accountId: string;
  readonly random: Random;
  readonly ec2: Ec2;
  readonly cloudWatch: CloudWatch;
  readonly eventBus: EventBus;
  readonly lambda: Lambda;
  readonly sns: Sns;
  readonly stepFunctions: StepFunctions;
  readonly assets: Assets;
  /** What addresses in the VPC begin with. */
  readonly vpcAddressPrefixes: readonly string[];
}

export function resourceMakers(options: MakerOptions): Readonly<Record<string, Maker>> {
  return {
    ...networkMakers(options),
    ...workMakers(options),
    ...storeMakers(options),
    'AWS::CDK::Metadata': ({ logicalId }) => ({ physicalId: logicalId }),
  };
}

function networkMakers({ ec2, random }: MakerOptions): Record<string, Maker> {
  const rule: Maker = () => ({ physicalId: `sgr-0${hexFrom(random, 16)}` });
  return {
    async 'AWS::EC2::NetworkInterface'(resource) {
      const given = read(resource, [
        'SubnetId',
        'GroupSet',
        'Description',
        'Tags',
        'PrivateIpAddress',
      ]);
      const { networkInterfaceId, privateIpAddress } = await ec2.createNetworkInterface({
        subnetId: text(given, 'SubnetId'),
        groups: textList(given, 'GroupSet'),
        description: optionalText(given, 'Description') ?? '',
        tags: tagList(given, 'Tags'),
        stackTags: resource.stackTags,
        privateIpAddress: optionalText(given, 'PrivateIpAddress'),
      });
      return {
        physicalId: networkInterfaceId,
        attributes: { Id: networkInterfaceId, PrimaryPrivateIpAddress: privateIpAddress },
      };
    },
    'AWS::EC2::LaunchTemplate'(resource) {
      const names = ['LaunchTemplateName', 'LaunchTemplateData', 'TagSpecifications'];
      const given = read(resource, [...names, 'VersionDescription']);
      const { launchTemplateId, version } = ec2.createLaunchTemplate({
        name: optionalText(given, 'LaunchTemplateName') ?? resource.nameOf(125),
        data: record(given, 'LaunchTemplateData'),
      });
      return {
        physicalId: launchTemplateId,
        attributes: {
          LaunchTemplateId: launchTemplateId,
          LatestVersionNumber: version,
          DefaultVersionNumber: version,
        },
      };
    },
    // Security groups are not enforced: which function reaches what is decided by its VpcConfig.
    'AWS::EC2::SecurityGroup'(resource) {
      const groupId = `sg-0${hexFrom(random, 16)}`;
      const names = [
        'GroupDescription',
        'GroupName',
        'SecurityGroupEgress',
        'SecurityGroupIngress',
      ];
      const given = read(resource, [...names, 'Tags', 'VpcId']);
      const vpcId = optionalText(given, 'VpcId') ?? '';
      return { physicalId: groupId, attributes: { GroupId: groupId, Id: groupId, VpcId: vpcId } };
    },
    'AWS::EC2::SecurityGroupIngress': rule,
    'AWS::EC2::SecurityGroupEgress': rule,
  };
}

function workMakers(options: MakerOptions): Record<string, Maker> {
  const { cloudWatch, eventBus, lambda, stepFunctions } = options;
  return {
    'AWS::Lambda::Function': (resource) => lambdaFunction(resource, options, lambda),
    'AWS::Lambda::Permission': ({ nameOf }) => ({ physicalId: nameOf(128) }),
    'AWS::CloudWatch::Alarm'({ properties, nameOf }) {
      const { alarmName, alarmArn } = cloudWatch.createAlarm(properties, nameOf(255));
      return { physicalId: alarmName, attributes: { Arn: alarmArn } };
    },
    'AWS::Events::Rule'({ properties, nameOf }) {
      const { ruleName, ruleArn } = eventBus.addRule(properties, nameOf(64));
      return { physicalId: ruleName, attributes: { Arn: ruleArn } };
    },
    'AWS::StepFunctions::StateMachine'(resource) {
      const given = read(resource, [
        'DefinitionString',
        'LoggingConfiguration',
        'RoleArn',
        'StateMachineName',
        'StateMachineType',
        'Tags',
        'TracingConfiguration',
      ]);
      oneOf(given, 'StateMachineType', ['STANDARD'], 'STANDARD');
      const name = optionalText(given, 'StateMachineName') ?? resource.nameOf(80);
      const { stateMachineArn } = stepFunctions.createStateMachine({
        name,
        definition: text(given, 'DefinitionString'),
        roleArn: text(given, 'RoleArn'),
      });
      return { physicalId: stateMachineArn, attributes: { Arn: stateMachineArn, Name: name } };
    },
  };
}

/** Lambda's defaults: 3 s, 128 MB. */
function lambdaFunction(resource: ToBeMade, options: MakerOptions, lambda: Lambda): Created {
  const given = read(resource, [
    'Architectures',
    'Code',
    'Description',
    'Environment',
    'FunctionName',
    'Handler',
    'LoggingConfig',
    'MemorySize',
    'Role',
    'Runtime',
    'Tags',
    'Timeout',
    'TracingConfig',
    'VpcConfig',
  ]);
  if (!/^nodejs\d+\.x$/.test(text(given, 'Runtime'))) {
    throw new Error(`${given.what} has the Runtime ${text(given, 'Runtime')}, not one of Node.`);
  }
  const code = propertiesOf(`${given.what} Code`, record(given, 'Code'), ['S3Bucket', 'S3Key']);
  const environment = propertiesOf(`${given.what} Environment`, record(given, 'Environment'), [
    'Variables',
  ]);
  const functionName = optionalText(given, 'FunctionName') ?? resource.nameOf(64);
  const { functionArn } = lambda.addFunction({
    functionName,
    codeDirectory: options.assets.folderOf(given.what, text(code, 'S3Key')),
    handler: text(given, 'Handler'),
    timeoutSeconds: optionalNumber(given, 'Timeout') ?? 3,
    memoryMegabytes: optionalNumber(given, 'MemorySize') ?? 128,
    environment: textRecord(environment, 'Variables'),
    roleArn: text(given, 'Role'),
    ...('VpcConfig' in given.values ? { vpcAddressPrefixes: options.vpcAddressPrefixes } : {}),
  });
  return { physicalId: functionName, attributes: { Arn: functionArn } };
}

/** Names and ARNs for others to refer to; nothing but a topic stores anything. */
function storeMakers({ region, accountId, random, sns }: MakerOptions): Record<string, Maker> {
  const arnOf = (service: string, rest: string) =>
    `arn:aws:${service}:${region}:${accountId}:${rest}`;
  return {
    'AWS::Logs::LogGroup'(resource) {
      const names = ['LogGroupName', 'LogGroupClass', 'RetentionInDays', 'KmsKeyId', 'Tags'];
      const name = optionalText(read(resource, names), 'LogGroupName') ?? resource.nameOf(512);
      return { physicalId: name, attributes: { Arn: arnOf('logs', `log-group:${name}:*`) } };
    },
    'AWS::SQS::Queue'(resource) {
      const names = ['QueueName', 'MessageRetentionPeriod', 'SqsManagedSseEnabled', 'Tags'];
      const name = optionalText(read(resource, names), 'QueueName') ?? resource.nameOf(80);
      const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
      const attributes = { Arn: arnOf('sqs', name), QueueName: name, QueueUrl: url };
      return { physicalId: url, attributes };
    },
    'AWS::SQS::QueuePolicy': ({ nameOf }) => ({ physicalId: nameOf(80) }),
    'AWS::SNS::Topic'(resource) {
      const names = ['TopicName', 'DisplayName', 'KmsMasterKeyId', 'Tags'];
      const name = optionalText(read(resource, names), 'TopicName') ?? resource.nameOf(256);
      const arn = arnOf('sns', name);
      sns.addTopic(arn);
      return { physicalId: arn, attributes: { TopicArn: arn, TopicName: name } };
    },
    'AWS::SNS::TopicPolicy': ({ nameOf }) => ({ physicalId: nameOf(80) }),
    // Nobody is sent anything: what is published can be read (sns.ts).
    'AWS::SNS::Subscription'(resource) {
      const given = read(resource, ['TopicArn', 'Protocol', 'Endpoint']);
      return { physicalId: `${text(given, 'TopicArn')}:${uuidFrom(random)}` };
    },
  };
}

function read({ type, logicalId, properties }: ToBeMade, names: readonly string[]): Properties {
  return propertiesOf(`${type} ${logicalId}`, properties, names);
}
