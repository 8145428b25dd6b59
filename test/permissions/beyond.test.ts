/**
 * What the deployed roles cannot do: another cluster's instances and address, other namespaces and
 * alarms, other launch templates, tags that are none of theirs. Tried as the roles themselves.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispatch } from '@coordinator-failover/local-cloud';
import { expect, test } from 'vitest';
import { synthesize } from '../../infra/stack/synthesize.ts';
import type { SimulatedCluster } from '../../trials/simulation/world.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { callerOf } from './callers.ts';
import { onStage } from './stage.ts';

const directory = await mkdtemp(join(tmpdir(), 'permissions-'));
const { template } = await synthesize(directory);
await rm(directory, { recursive: true, force: true });

interface Attempt {
  /** Part of the role's name, or `host`. */
  readonly as: string;
  readonly operation: string;
  readonly input: object;
  /** What must be refused. @default the operation itself, on EC2 */
  readonly action?: string;
}

const attempts: Readonly<Record<string, (stage: Stage) => Attempt>> = {
  "another cluster's instance is not terminated by Terminate instance": ({ stranger }) => ({
    as: 'TerminateInstance',
    operation: 'TerminateInstances',
    input: { InstanceIds: [stranger] },
  }),
  "another cluster's instance is not terminated by Launch standby": ({ stranger }) => ({
    as: 'LaunchStandby',
    operation: 'TerminateInstances',
    input: { InstanceIds: [stranger] },
  }),
  'an instance of nobody is not terminated': ({ nobodys }) => ({
    as: 'TerminateInstance',
    operation: 'TerminateInstances',
    input: { InstanceIds: [nobodys] },
  }),
  'one of ours does not take a stranger along': ({ stranger, standby }) => ({
    as: 'TerminateInstance',
    operation: 'TerminateInstances',
    input: { InstanceIds: [standby, stranger] },
  }),
  "another cluster's instance is not retired": ({ stranger }) => ({
    as: 'TerminateInstance',
    operation: 'CreateTags',
    input: tagging(stranger, tagKeys.retired),
  }),
  "another cluster's instance does not get the address": ({ stranger, address }) => ({
    as: 'AttachEni',
    operation: 'AttachNetworkInterface',
    input: { NetworkInterfaceId: address, InstanceId: stranger, DeviceIndex: 1 },
  }),
  'another interface is not attached': ({ standby, otherInterface }) => ({
    as: 'AttachEni',
    operation: 'AttachNetworkInterface',
    input: { NetworkInterfaceId: otherInterface, InstanceId: standby, DeviceIndex: 1 },
  }),
  'another interface is not detached': ({ otherAttachment }) => ({
    as: 'TerminateInstance',
    operation: 'DetachNetworkInterface',
    input: { AttachmentId: otherAttachment, Force: true },
  }),
  'another interface is not changed': ({ otherInterface, otherAttachment }) => ({
    as: 'AttachEni',
    operation: 'ModifyNetworkInterfaceAttribute',
    input: {
      NetworkInterfaceId: otherInterface,
      Attachment: { AttachmentId: otherAttachment, DeleteOnTermination: true },
    },
  }),

  'nothing is launched from another template': ({ launch, otherTemplate }) =>
    launch({ LaunchTemplate: { LaunchTemplateId: otherTemplate, Version: '1' } }),
  'nothing is launched without a template': ({ launch }) =>
    launch({ LaunchTemplate: undefined, ImageId: 'ami-0123456789abcdef0' }),
  'nothing is launched without the tag of the cluster': ({ launch }) =>
    launch({ TagSpecifications: undefined }),
  'nothing is launched with the tag of another cluster': ({ launch, clusterName }) =>
    launch({ TagSpecifications: tagged(`${clusterName}-2`) }),
  'nothing is launched into another security group': ({ launch }) =>
    launch({ SecurityGroupIds: ['sg-0123456789abcdef0'] }),
  'nothing is launched of another instance type': ({ launch }) =>
    launch({ InstanceType: 'p5.48xlarge' }),
  'no other role is passed to an instance': ({ launch, otherProfile }) => ({
    ...launch({ IamInstanceProfile: { Arn: otherProfile } }),
    action: 'iam:PassRole',
  }),

  'a coordinator does not become one of another cluster': ({ standby }) => ({
    as: 'TerminateInstance',
    operation: 'CreateTags',
    input: tagging(standby, tagKeys.cluster),
  }),
  'a key of ours does not take another one along': ({ standby }) => ({
    as: 'LaunchStandby',
    operation: 'CreateTags',
    input: tagging(standby, tagKeys.retired, tagKeys.slot),
  }),
  'the pause of the cluster is not set by a function': ({ address }) => ({
    as: 'RecordIncident',
    operation: 'CreateTags',
    input: tagging(address, tagKeys.paused),
  }),
  'failovers are not forgotten by Record incident': ({ address }) => ({
    as: 'RecordIncident',
    operation: 'CreateTags',
    input: tagging(address, tagKeys.failovers),
  }),
  'a tag is not taken off': ({ standby }) => ({
    as: 'TerminateInstance',
    operation: 'DeleteTags',
    input: { Resources: [standby], Tags: [{ Key: tagKeys.retired }] },
  }),

  'a host publishes into no other namespace': ({ clusterName }) => ({
    as: 'host',
    operation: 'PutMetricData',
    input: metric(`CoordinatorFailover/${clusterName}-2`),
    action: 'cloudwatch:PutMetricData',
  }),
  'Record incident publishes into no other namespace': () => ({
    as: 'RecordIncident',
    operation: 'PutMetricData',
    input: metric('AWS/EC2'),
    action: 'cloudwatch:PutMetricData',
  }),
  'a host sets no other alarm': () => ({
    as: 'host',
    operation: 'SetAlarmState',
    input: { AlarmName: 'of-somebody-else', StateValue: 'ALARM', StateReason: 'test' },
    action: 'cloudwatch:SetAlarmState',
  }),
  'a host does not see other instances': () => ({
    as: 'host',
    operation: 'DescribeInstances',
    input: {},
  }),
  'a host does not take the address': ({ address, standby }) => ({
    as: 'host',
    operation: 'AttachNetworkInterface',
    input: { NetworkInterfaceId: address, InstanceId: standby, DeviceIndex: 1 },
  }),
  'the function that decides sees nothing': () => ({
    as: 'ConfirmFailure',
    operation: 'DescribeInstances',
    input: {},
  }),
  'the survey changes nothing': ({ standby }) => ({
    as: 'Survey',
    operation: 'TerminateInstances',
    input: { InstanceIds: [standby] },
  }),
};

test.each(Object.entries(attempts))('permissions: %s', async (_what, attemptOn) => {
  await onStage(template, async (world) => {
    const { deployment, time } = world;
    const { as, operation, input, action = `ec2:${operation}` } = attemptOn(await stageOf(world));
    const caller = callerOf(world, as);
    const { service } = action.startsWith('cloudwatch:') ? deployment.cloudWatch : deployment.ec2;
    const { authorize } = deployment.authorizer;
    const call = dispatch(service, operation, input, caller, { clock: time, authorize });
    await expect(call).rejects.toThrow(`is not authorized to perform: ${action} `);
  });
});

test('permissions: what the roles are there for is allowed on the same stage', async () => {
  await onStage(template, async (world) => {
    const { deployment, time } = world;
    const { standby, launch, address } = await stageOf(world);
    const { authorize } = deployment.authorizer;
    const call = (as: string, operation: string, input: object) =>
      dispatch(deployment.ec2.service, operation, input, callerOf(world, as), {
        clock: time,
        authorize,
      });
    await call('LaunchStandby', 'RunInstances', launch({}).input);
    await call('TerminateInstance', 'CreateTags', tagging(standby, tagKeys.retired));
    await call('TerminateInstance', 'CreateTags', tagging(address, tagKeys.failovers));
    await call('TerminateInstance', 'TerminateInstances', { InstanceIds: [standby] });
    const ended = deployment.ec2.snapshot().instances.find((one) => one.instanceId === standby);
    expect(ended?.state).toBe('shutting-down');
  });
});

test('permissions: each role is for one service, which alone may use it', async () => {
  await onStage(template, async ({ deployment: { identities, authorizer } }) => {
    const services = ['lambda', 'states', 'events', 'ec2'].map((name) => `${name}.amazonaws.com`);
    for (const { arn, roleName } of identities.roles.values()) {
      const trusted = services.filter((name) => {
        // The state machine's role also asks which state machine it is for.
        const sourceArn =
          'arn:aws:states:eu-central-1:123456789012:stateMachine:simulation-failover';
        return authorizer.refusalToAssume({ name, sourceArn }, arn) === undefined;
      });
      expect([roleName, trusted.length]).toEqual([roleName, 1]);
    }
  });
});

test('permissions: nobody invokes, tells or starts anything beside the cluster', async () => {
  await onStage(template, async (world) => {
    const { authorizer } = world.deployment;
    const machine = callerOf(world, 'WorkflowStateMachineRole');
    const rules = callerOf(world, 'WorkflowStateMachineEvents');
    const arnOf = (service: string, rest: string) =>
      `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
    const beyond = [
      [machine, 'lambda:InvokeFunction', arnOf('lambda', 'function:of-somebody-else')],
      [machine, 'sns:Publish', arnOf('sns', 'of-somebody-else')],
      [rules, 'states:StartExecution', arnOf('states', 'stateMachine:of-somebody-else')],
    ] as const;
    for (const [caller, action, resource] of beyond) {
      expect(authorizer.refusalOf(caller, { action, resource })).toContain(action);
    }
  });
});

interface Stage {
  readonly clusterName: string;
  readonly address: string;
  /** A coordinator of ours. */
  readonly standby: string;
  /** A coordinator of another cluster. */
  readonly stranger: string;
  readonly nobodys: string;
  readonly otherInterface: string;
  readonly otherAttachment: string;
  readonly otherTemplate: string;
  readonly otherProfile: string;
  /** As Launch standby does it, but for what is given. */
  launch(changes: object): Attempt;
}

async function stageOf({ deployment, truth }: SimulatedCluster): Promise<Stage> {
  const { ec2, cluster } = deployment;
  const { clusterName, launchTemplateId, launchTemplateVersion, subnetId } = cluster;
  const { instances, networkInterfaces } = ec2.snapshot();
  const ofCluster = (name: string | undefined) =>
    instances.filter(({ tags }) => tags[tagKeys.cluster] === name).map((one) => one.instanceId);
  const [stranger = ''] = ofCluster(`${clusterName}-2`);
  const [nobodys = ''] = ofCluster(undefined);
  const other = networkInterfaces.find(({ attachment }) => attachment?.instanceId === stranger);
  const { address } = truth();
  const holder = address === 'deleted' ? null : address.instanceId;
  const launching = {
    LaunchTemplate: { LaunchTemplateId: launchTemplateId, Version: launchTemplateVersion },
    SubnetId: subnetId,
    MinCount: 1,
    MaxCount: 1,
    TagSpecifications: tagged(clusterName),
  };
  return {
    clusterName,
    address: cluster.networkInterfaceId,
    standby: ofCluster(clusterName).find((id) => id !== holder) ?? '',
    stranger,
    nobodys,
    otherInterface: other?.networkInterfaceId ?? '',
    otherAttachment: other?.attachment?.attachmentId ?? '',
    otherTemplate: ec2.createLaunchTemplate({
      name: 'of-somebody-else',
      data: { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm7i.xlarge' },
    }).launchTemplateId,
    otherProfile: ec2.addInstanceProfile({
      instanceProfileName: 'administrators',
      roleArn: 'arn:aws:iam::123456789012:role/administrators',
    }),
    launch: (changes) => ({
      as: 'LaunchStandby',
      operation: 'RunInstances',
      input: { ...launching, ...changes },
    }),
  };
}

function tagging(resource: string, ...keys: readonly string[]): object {
  return { Resources: [resource], Tags: keys.map((Key) => ({ Key, Value: 'by a test' })) };
}

function tagged(clusterName: string): object[] {
  const tags = [{ Key: tagKeys.cluster, Value: clusterName }];
  return [{ ResourceType: 'instance', Tags: tags }];
}

function metric(namespace: string): object {
  return { Namespace: namespace, MetricData: [{ MetricName: 'Health', Value: 1 }] };
}
