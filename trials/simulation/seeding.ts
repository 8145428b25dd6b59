/** What stands in a world before anything happens, as after an hour. */

import { dimensionNames, metricNames, tagKeys } from '../../workflow/model/names.ts';
import { templateVersionOf } from '../../workflow/model/tags.ts';
import { type Deployment, subnetId } from './deployment.ts';
import type { Fleet } from './fleet.ts';

const upSeconds = 3600;
/** As far back as anybody reads. */
const metricSeconds = 120;

export async function seedCluster(
  deployment: Deployment,
  fleet: Fleet,
  coordinators: number,
): Promise<void> {
  const { ec2, cloudWatch, cluster } = deployment;
  seedMetrics(deployment);
  for (const alarmName of Object.values(cluster.alarms)) {
    cloudWatch.seedAlarmState(alarmName, 'OK', upSeconds);
  }
  const { launchTemplateId } = cluster;
  const ids: string[] = [];
  for (let slot = 1; slot <= coordinators; slot += 1) {
    const tags = [
      ...coordinatorTags(cluster.clusterName, slot),
      { Key: tagKeys.templateVersion, Value: templateVersionOf(cluster) },
    ];
    ids.push(
      await fleet.bootReady(() =>
        seedInstance(deployment, launchTemplateId, tags, upSeconds - slot),
      ),
    );
  }
  const { networkInterfaceId } = cluster;
  const [instanceId = ''] = ids;
  ec2.seedAttachment({ networkInterfaceId, instanceId, attachedSecondsAgo: upSeconds });
  // Another cluster's coordinator and an instance of nobody, told apart by their tags alone.
  const beside = ec2.createLaunchTemplate({
    name: 'beside-the-cluster',
    data: { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm7i.xlarge' },
  });
  for (const tags of [coordinatorTags(`${cluster.clusterName}-2`, 1), []]) {
    await fleet.bootEmpty(() => seedInstance(deployment, beside.launchTemplateId, tags, upSeconds));
  }
}

function seedMetrics({ cloudWatch, cluster }: Deployment): void {
  for (const metricName of [metricNames.activeHealth, metricNames.reachable]) {
    cloudWatch.seedMetric(
      {
        namespace: cluster.metricNamespace,
        metricName,
        dimensions: [{ name: dimensionNames.cluster, value: cluster.clusterName }],
      },
      1,
      { everySeconds: 5, forSeconds: metricSeconds },
    );
  }
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

function coordinatorTags(clusterName: string, slot: number): Tag[] {
  return [
    { Key: 'Name', Value: `${clusterName}-coordinator` },
    { Key: tagKeys.cluster, Value: clusterName },
    { Key: tagKeys.slot, Value: String(slot) },
    { Key: tagKeys.generation, Value: '1' },
  ];
}

function seedInstance(
  { ec2 }: Deployment,
  launchTemplateId: string,
  tags: readonly Tag[],
  launchedSecondsAgo: number,
): Promise<string> {
  return ec2.seedInstance({
    launchTemplateId,
    launchTemplateVersion: '1',
    subnetId,
    tags,
    launchedSecondsAgo,
  });
}
