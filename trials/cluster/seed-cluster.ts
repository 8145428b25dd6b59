/**
 * Seeds a local cloud with a cluster as after an hour: metrics, alarms, coordinators and the address.
 * Drill, simulation and tests share it, in real or in virtual time: the cloud has the clock.
 */
import type { CloudWatch, Ec2 } from '@coordinator-failover/local-cloud';
import type { Cluster } from '../../workflow/model/cluster.ts';
import { dimensionNames, metricNames, tagKeys } from '../../workflow/model/names.ts';
import { templateVersionOf } from '../../workflow/model/tags.ts';

export interface SeededCloud {
  readonly ec2: Pick<Ec2, 'seedInstance' | 'seedAttachment'>;
  readonly cloudWatch: Pick<CloudWatch, 'seedMetric' | 'seedAlarmState'>;
}

export type ClusterToSeed = CoordinatorsToSeed & Pick<Cluster, 'metricNamespace' | 'alarms'>;

type CoordinatorsToSeed = Pick<
  Cluster,
  'clusterName' | 'networkInterfaceId' | 'launchTemplateId' | 'launchTemplateVersion' | 'subnetId'
>;

export interface SeedOptions {
  readonly coordinators: number;
  /** How far back the metrics of the cluster go. @default an hour */
  readonly metricSeconds?: number;
  /** Called around each launch of a coordinator. @default nothing but the launch */
  readonly boot?: (launch: () => Promise<string>) => Promise<string>;
}

/** How long everything has been standing there. */
export const seededSecondsAgo = 3600;

/** @returns the coordinators' instance ids, the active first */
export async function seedCluster(
  cloud: SeededCloud,
  cluster: ClusterToSeed,
  options: SeedOptions,
): Promise<readonly string[]> {
  // Alarms are evaluated all the time, and silence is a failure to them: so the metrics come first.
  seedMetrics(cloud, cluster, options.metricSeconds ?? seededSecondsAgo);
  for (const alarmName of Object.values(cluster.alarms)) {
    cloud.cloudWatch.seedAlarmState(alarmName, 'OK', seededSecondsAgo);
  }
  return await seedCoordinators(cloud, cluster, options);
}

/** Only the coordinators and the address, attached to the first. */
export async function seedCoordinators(
  { ec2 }: Pick<SeededCloud, 'ec2'>,
  cluster: CoordinatorsToSeed,
  { coordinators, boot = (launch) => launch() }: SeedOptions,
): Promise<readonly string[]> {
  const { clusterName, launchTemplateId, launchTemplateVersion, subnetId } = cluster;
  const ids: string[] = [];
  for (let slot = 1; slot <= coordinators; slot += 1) {
    const tags = {
      ...coordinatorTags(clusterName, slot),
      [tagKeys.templateVersion]: templateVersionOf(cluster),
    };
    const launch = () =>
      ec2.seedInstance({
        launchTemplateId,
        launchTemplateVersion,
        subnetId,
        tags: tagList(tags),
        launchedSecondsAgo: seededSecondsAgo - slot,
      });
    ids.push(await boot(launch));
  }
  const [instanceId] = ids;
  if (instanceId !== undefined) {
    const { networkInterfaceId } = cluster;
    ec2.seedAttachment({ networkInterfaceId, instanceId, attachedSecondsAgo: seededSecondsAgo });
  }
  return ids;
}

/** As the function launch-standby tags what it launches, but for the launch template's version. */
export function coordinatorTags(
  clusterName: string,
  slot: number,
  generation = 1,
): Record<string, string> {
  return {
    Name: `${clusterName}-coordinator`,
    [tagKeys.cluster]: clusterName,
    [tagKeys.slot]: String(slot),
    [tagKeys.generation]: String(generation),
  };
}

export function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function seedMetrics(
  { cloudWatch }: SeededCloud,
  { clusterName, metricNamespace }: ClusterToSeed,
  forSeconds: number,
): void {
  for (const metricName of [metricNames.activeHealth, metricNames.reachable]) {
    cloudWatch.seedMetric(
      {
        namespace: metricNamespace,
        metricName,
        dimensions: [{ name: dimensionNames.cluster, value: clusterName }],
      },
      1,
      { everySeconds: 5, forSeconds },
    );
  }
}
