/**
 * What stands in a drill's cloud before anything happens: the cluster as after an hour, and beside it
 * what must not be touched.
 */

import {
  DescribeInstancesCommand,
  type EC2Client,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { LocalCloud } from '@coordinator-failover/local-cloud';
import {
  dimensionNames,
  metricNames,
  metricNamespace,
  tagKeys,
} from '../../workflow/model/names.ts';
import { templateVersionOf } from '../../workflow/model/tags.ts';
import type { DrillFleet } from './machine.ts';

export interface Bystander {
  readonly instanceId: string;
  readonly what: string;
}

export const subnetId = 'subnet-0123456789abcdef0';
/** How long everything has been standing there. */
export const seededSecondsAgo = 3600;

const launchTemplateVersion = '1';

export function seedMetrics(cloud: LocalCloud, clusterName: string): void {
  for (const metricName of [metricNames.activeHealth, metricNames.reachable]) {
    cloud.cloudWatch.seedMetric(
      {
        namespace: metricNamespace(clusterName),
        metricName,
        dimensions: [{ name: dimensionNames.cluster, value: clusterName }],
      },
      1,
      { everySeconds: 5, forSeconds: seededSecondsAgo },
    );
  }
}

export async function seedCoordinators(
  cloud: LocalCloud,
  fleet: DrillFleet,
  clusterName: string,
  count: number,
): Promise<readonly string[]> {
  const seeded: string[] = [];
  const launchTemplateId = launchTemplateIdOf(cloud);
  for (let slot = 1; slot <= count; slot += 1) {
    const tags = [
      ...coordinatorTags(clusterName, clusterName, slot),
      {
        Key: tagKeys.templateVersion,
        Value: templateVersionOf({ launchTemplateId, launchTemplateVersion }),
      },
    ];
    seeded.push(await fleet.bootReady(() => seedInstance(cloud, launchTemplateId, tags)));
  }
  return seeded;
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
      tags: coordinatorTags(`${clusterName}-2`, clusterName, 1),
    },
    {
      what: "another cluster's standby",
      tags: coordinatorTags(`${clusterName}-2`, clusterName, 2),
    },
    { what: 'an instance without tags', tags: [] },
  ];
  const bystanders: Bystander[] = [];
  for (const { what, tags } of plans) {
    const launch = () => seedInstance(cloud, template.launchTemplateId, tags);
    bystanders.push({ instanceId: await fleet.bootEmpty(launch), what });
  }
  return bystanders;
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** As the function launch-standby tags what it launches. */
function coordinatorTags(clusterName: string, nameOf: string, slot: number): Tag[] {
  return [
    { Key: 'Name', Value: `${nameOf}-coordinator` },
    { Key: tagKeys.cluster, Value: clusterName },
    { Key: tagKeys.slot, Value: String(slot) },
    { Key: tagKeys.generation, Value: '1' },
  ];
}

function launchTemplateIdOf(cloud: LocalCloud): string {
  const templates = [...cloud.resources.values()].filter(
    ({ type }) => type === 'AWS::EC2::LaunchTemplate',
  );
  const [template] = templates;
  if (template === undefined || templates.length > 1) {
    throw new Error(`The template has ${templates.length} launch templates, but one is expected.`);
  }
  return template.physicalId;
}

function seedInstance(
  cloud: LocalCloud,
  launchTemplateId: string,
  tags: readonly Tag[],
): Promise<string> {
  return cloud.ec2.seedInstance({
    launchTemplateId,
    launchTemplateVersion,
    subnetId,
    tags,
    launchedSecondsAgo: seededSecondsAgo,
  });
}
