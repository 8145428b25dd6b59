/** What stands in a simulated cloud before anything happens: the cluster, and what is not its own. */
import {
  coordinatorTags,
  seedCluster,
  seededSecondsAgo,
  tagList,
} from '../cluster/seed-cluster.ts';
import { imageId, subnetId } from '../cluster/stack-parameters.ts';
import type { Deployment } from './deployment.ts';
import type { Fleet } from './fleet.ts';

/** As far back as anybody reads. */
const metricSeconds = 120;

export async function seedCloud(
  deployment: Deployment,
  fleet: Fleet,
  coordinators: number,
): Promise<void> {
  const { ec2, cluster } = deployment;
  await seedCluster(deployment, cluster, { coordinators, metricSeconds, boot: fleet.bootReady });
  // Another cluster's coordinator and an instance of nobody, told apart by their tags alone.
  const { launchTemplateId } = ec2.createLaunchTemplate({
    name: 'beside-the-cluster',
    data: { ImageId: imageId, InstanceType: 'm7i.xlarge' },
  });
  for (const tags of [coordinatorTags(`${cluster.clusterName}-2`, 1), {}]) {
    await fleet.bootEmpty(() =>
      ec2.seedInstance({
        launchTemplateId,
        launchTemplateVersion: '1',
        subnetId,
        tags: tagList(tags),
        launchedSecondsAgo: seededSecondsAgo,
      }),
    );
  }
}
