/**
 * What stands in a drill's cloud beside the cluster, and must not be touched.
 */

import {
  DescribeInstancesCommand,
  type EC2Client,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { LocalCloud } from '@coordinator-failover/local-cloud';
import { coordinatorTags, seededSecondsAgo, tagList } from '../cluster/seed-cluster.ts';
import { subnetId } from '../cluster/stack-parameters.ts';
import type { DrillFleet } from './machine.ts';

export interface Bystander {
  readonly instanceId: string;
  readonly what: string;
}

/** What a bystander must have in common with a coordinator, so that only tags tell them apart. */
async function launchDataOf(ec2: EC2Client, instanceId: string): Promise<LaunchData> {
  const described = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const instance = described.Reservations?.[0]?.Instances?.[0];
  return { ImageId: instance?.ImageId, InstanceType: instance?.InstanceType };
}

type LaunchData = Pick<RequestLaunchTemplateData, 'ImageId' | 'InstanceType'>;

/** They are records in EC2, nothing runs on them. */
export async function seedBystanders(
  cloud: LocalCloud,
  ec2: EC2Client,
  fleet: DrillFleet,
  clusterName: string,
  seeded: readonly string[],
): Promise<readonly Bystander[]> {
  const data = await launchDataOf(ec2, seeded[0] ?? '');
  // Not from the cluster's own launch template, which tags what is launched from it as the cluster's.
  const template = cloud.ec2.createLaunchTemplate({ name: 'beside-the-cluster', data });
  const plans = [
    {
      what: "another cluster's coordinator",
      tags: besideTags(clusterName, 1),
    },
    {
      what: "another cluster's standby",
      tags: besideTags(clusterName, 2),
    },
    { what: 'an instance without tags', tags: {} },
  ];
  const bystanders: Bystander[] = [];
  for (const { what, tags } of plans) {
    const launch = () =>
      cloud.ec2.seedInstance({
        launchTemplateId: template.launchTemplateId,
        launchTemplateVersion: '1',
        subnetId,
        tags: tagList(tags),
        launchedSecondsAgo: seededSecondsAgo,
      });
    bystanders.push({ instanceId: await fleet.bootEmpty(launch), what });
  }
  return bystanders;
}

/** Only the cluster's tag tells it apart: the name is that of the cluster's own coordinators. */
function besideTags(clusterName: string, slot: number): Record<string, string> {
  return { ...coordinatorTags(`${clusterName}-2`, slot), Name: `${clusterName}-coordinator` };
}
