/**
 * What is played to see that a permission is needed: each ends with nobody refused anything, unless
 * something has been taken away.
 * A new permission: name a scenario for it in needed-for.ts, or write one here. A scenario notices what
 * an operator can read (stage.ts, `readableIn`); a refusal that a handler keeps to itself is not noticed.
 */

import type { DescribeLaunchTemplateVersionsResult } from '@aws-sdk/client-ec2';
import { dispatch, fixedContext } from '@coordinator-failover/local-cloud';
import { subnetId } from '../../trials/cluster/stack-parameters.ts';
import type { SimulatedCluster } from '../../trials/simulation/world.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { templateVersionOf } from '../../workflow/model/tags.ts';
import { physicalIdOf, roleOf } from './callers.ts';
import { request } from './stack-operations.ts';
import type { Play } from './stage.ts';

const active = 'active';

export const scenarios = {
  'the stack is deployed': { seconds: 1 },

  'the active dies': {
    seconds: 240,
    parameters: { KeyName: 'operators' },
    faults: { hosts: [{ who: active, does: 'exits', atSeconds: 5, forSeconds: null }] },
  },

  'the address is left on a retired instance': {
    seconds: 120,
    faults: { people: [{ does: 'start', fromSeconds: 5, forSeconds: 0 }] },
    async begin({ aws, truth }) {
      const { address } = truth();
      const holderId = address === 'deleted' ? '' : (address.instanceId ?? '');
      await aws.byHand('CreateTags', {
        Resources: [holderId],
        Tags: [{ Key: tagKeys.retired, Value: 'by a test' }],
      });
    },
  },

  'there is one coordinator too many': {
    seconds: 240,
    faults: {
      people: [
        { does: 'start', fromSeconds: 5, forSeconds: 0 },
        { does: 'start', fromSeconds: 100, forSeconds: 0 },
      ],
    },
    begin: launchOneMore,
  },

  // Nobody runs version 2 yet: it is looked up, and a failover is started for it and watched.
  'the stack is updated': {
    seconds: 120,
    begin(world) {
      world.deployment.launchFromNewVersion();
      request(world, 5, 'Update', { LaunchTemplateVersion: '2' });
    },
  },

  'the stack is deleted while somebody has started a failover': {
    seconds: 180,
    faults: { people: [{ does: 'start', fromSeconds: 1, forSeconds: 0 }] },
    begin: (world) => request(world, 3, 'Delete'),
  },

  // The alarm's, the instance's and the schedule's rule: the oldest event that they deliver is 120 s old.
  'events come too late': {
    seconds: 600,
    eventsLateMs: 130_000,
    faults: { hosts: [{ who: active, does: 'is terminated', atSeconds: 5, forSeconds: null }] },
  },

  'the first script fetches the probe': { seconds: 1, end: fetchProbe },
  'somebody takes the address with the role of check-info': { seconds: 1, end: seizeAddress },
  'the code of check-info makes interfaces': { seconds: 1, end: makeInterfaces },
  'somebody publishes without TLS': { seconds: 1, end: publishInTheClear },
  'somebody sends without TLS': { seconds: 1, end: sendInTheClear },
} as const satisfies Readonly<Record<string, Play>>;

export type ScenarioName = keyof typeof scenarios;

async function launchOneMore({ deployment, fleet }: SimulatedCluster): Promise<void> {
  const { ec2, cluster } = deployment;
  const { clusterName, launchTemplateId, launchTemplateVersion } = cluster;
  const tags = {
    Name: `${clusterName}-coordinator`,
    [tagKeys.cluster]: clusterName,
    [tagKeys.slot]: '3',
    [tagKeys.generation]: '1',
    [tagKeys.templateVersion]: templateVersionOf({ launchTemplateId, launchTemplateVersion }),
  };
  await fleet.bootReady(() =>
    ec2.seedInstance({
      launchTemplateId,
      launchTemplateVersion: '1',
      subnetId,
      tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      launchedSecondsAgo: 1_800,
    }),
  );
}

/** There is no S3 here: the role is asked whether it might. */
async function fetchProbe({ deployment, fleet }: SimulatedCluster): Promise<string[]> {
  const { ec2, cluster, authorizer } = deployment;
  const answer: DescribeLaunchTemplateVersionsResult = await dispatch(
    ec2.service,
    'DescribeLaunchTemplateVersions',
    { LaunchTemplateId: cluster.launchTemplateId },
    root,
  );
  const userData = answer.LaunchTemplateVersions?.[0]?.LaunchTemplateData?.UserData ?? '';
  const script = Buffer.from(userData, 'base64').toString('utf8');
  const object = [...script.matchAll(/s3:\/\/([^\s'"]+\.\w+)/g)][0]?.[1];
  const caller = ec2.callerOn(fleet.hosts()[0]?.instanceId ?? '');
  if (object === undefined || caller === undefined) return ['the first script fetches nothing'];
  const resource = `arn:aws:s3:::${object}`;
  return [authorizer.refusalOf(caller, { action: 's3:GetObject', resource }) ?? []].flat();
}

/** As Lambda does with the role of check-info: it may have interfaces, but not this one. */
function seizeAddress({ deployment }: SimulatedCluster): string[] {
  const { authorizer, cluster } = deployment;
  const caller = { accessKeyId: 'Lambda', principalArn: roleOf(deployment, 'CheckInfo') };
  const resource = `${ec2Arn}:network-interface/${cluster.networkInterfaceId}`;
  return ['AssignPrivateIpAddresses', 'DeleteNetworkInterface', 'UnassignPrivateIpAddresses']
    .map((call) => `ec2:${call}`)
    .filter((action) => authorizer.refusalOf(caller, { action, resource }) === undefined)
    .map((action) => `the coordinator address was open to ${action}`);
}

/** As the code of check-info, which never has to. */
function makeInterfaces({ deployment }: SimulatedCluster): string[] {
  const { authorizer } = deployment;
  const caller = {
    accessKeyId: 'check-info',
    principalArn: roleOf(deployment, 'CheckInfo'),
    sourceFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:check-info',
  };
  const all = `${ec2Arn}:network-interface/*`;
  return [
    { action: 'ec2:DescribeNetworkInterfaces' },
    { action: 'ec2:DescribeSubnets' },
    { action: 'ec2:CreateNetworkInterface', resource: all },
    { action: 'ec2:DeleteNetworkInterface', resource: all },
    { action: 'ec2:AssignPrivateIpAddresses', resource: all },
    { action: 'ec2:UnassignPrivateIpAddresses', resource: all },
  ]
    .filter((request) => authorizer.refusalOf(caller, request) === undefined)
    .map(({ action }) => `the code of check-info was allowed ${action}`);
}

const inTheClear = fixedContext({ 'aws:securetransport': 'false' });

function publishInTheClear({ deployment }: SimulatedCluster): string[] {
  const { authorizer, stateMachineRoleArn } = deployment;
  const caller = { accessKeyId: 'StepFunctions', principalArn: stateMachineRoleArn };
  const resource = physicalIdOf(deployment, 'AWS::SNS::Topic');
  const request = { action: 'sns:Publish', resource, context: inTheClear };
  return authorizer.refusalOf(caller, request) === undefined
    ? ['the topic took sns:Publish without TLS']
    : [];
}

function sendInTheClear({ deployment }: SimulatedCluster): string[] {
  const rule = physicalIdOf(deployment, 'AWS::Events::Rule');
  const sourceArn = `arn:aws:events:eu-central-1:123456789012:rule/${rule}`;
  const queue = physicalIdOf(deployment, 'AWS::SQS::Queue').split('/').at(-1) ?? '';
  const refusal = deployment.authorizer.refusalOfService(
    { name: 'events.amazonaws.com', sourceArn },
    {
      action: 'sqs:SendMessage',
      resource: `arn:aws:sqs:eu-central-1:123456789012:${queue}`,
      context: inTheClear,
    },
  );
  return refusal === undefined ? ['the queue took sqs:* without TLS'] : [];
}

const ec2Arn = 'arn:aws:ec2:eu-central-1:123456789012';
const root = { accessKeyId: 'AUDITOR', principalArn: 'arn:aws:iam::123456789012:root' };
