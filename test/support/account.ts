/**
 * A cluster in the local cloud, in process: what handler tests act on. No latencies unless a test
 * wants them, so that each call shows its effect at once.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import {
  connect,
  createCallers,
  createCloudWatch,
  createEc2,
  type InstanceSnapshot,
  type Latencies,
  noLatencies,
  noNetwork,
  randomFrom,
  realClock,
} from '@coordinator-failover/local-cloud';
import type { FailoverCalls } from '../../aws/calls.ts';
import { failoverCallsOn } from '../../aws/failover-client.ts';
import type { Clock } from '../../handlers/entry.ts';
import { seedCoordinators, seededSecondsAgo, tagList } from '../../trials/cluster/seed-cluster.ts';
import type { Cluster } from '../../workflow/model/cluster.ts';
import type { Incident } from '../../workflow/model/incident.ts';
import { alarmNames, metricNamespace, tagKeys } from '../../workflow/model/names.ts';
import { defaultSettings } from '../../workflow/model/settings.ts';
import { templateVersionOf } from '../../workflow/model/tags.ts';

export interface Account {
  readonly cloud: FailoverCalls;
  readonly clock: Clock;
  readonly cluster: Cluster;
  readonly ec2: ReturnType<typeof createEc2>;
  readonly cloudWatch: ReturnType<typeof createCloudWatch>;
  /** In the order in which they were launched; the first one holds the address. */
  readonly coordinatorIds: readonly string[];
  /** A document as Receive request makes it, with what a test adds. */
  incident(rest?: Partial<Incident>): Incident;
  attachmentId(): string | undefined;
  holderId(): string | undefined;
  instance(instanceId: string): InstanceSnapshot;
  living(): string[];
  /** Another instance: a bystander, or with a slot a coordinator of the cluster's version. */
  launch(tags: Readonly<Record<string, string>>): Promise<string>;
  stop(): Promise<void>;
}

const clusterName = 'presto';
const subnetId = 'subnet-0001';

export async function openAccount(
  options: { readonly coordinators?: number; readonly latencies?: Latencies } = {},
): Promise<Account> {
  const common = {
    clock: realClock,
    random: randomFrom(1),
    latencies: options.latencies ?? noLatencies,
    region: 'local-1',
    accountId: '000000000000',
    onEvent: () => {},
  };
  const callers = createCallers();
  const ec2 = createEc2({
    ...common,
    callers,
    network: noNetwork,
    boot: async () => ({ terminate: async () => {} }),
  });
  const cloudWatch = createCloudWatch(common);
  const vpc = { vpcId: 'vpc-0001', availabilityZone: 'local-1a' };
  ec2.addSubnet({ subnetId, ...vpc, cidrBlock: '10.0.0.0/24' });
  const template = ec2.createLaunchTemplate({
    name: 'coordinator',
    data: { ImageId: 'ami-0001', InstanceType: 'm6g.large' },
  });
  const eni = await ec2.createNetworkInterface({
    subnetId,
    groups: [],
    description: 'coordinator address',
    tags: [{ Key: tagKeys.cluster, Value: clusterName }],
  });
  const cluster: Cluster = {
    clusterName,
    networkInterfaceId: eni.networkInterfaceId,
    coordinatorAddress: eni.privateIpAddress,
    server: { protocol: 'http', port: 8080 },
    launchTemplateId: template.launchTemplateId,
    launchTemplateVersion: template.version,
    instanceTypes: ['m6g.large'],
    keepCoordinatorNode: 'no',
    subnetId,
    metricNamespace: metricNamespace(clusterName),
    alarms: alarmNames(clusterName),
  };
  for (const AlarmName of Object.values(cluster.alarms)) {
    cloudWatch.createAlarm(alarmProperties(AlarmName), AlarmName);
  }
  const current = { [tagKeys.templateVersion]: templateVersionOf(cluster) };
  const launch = (tags: Readonly<Record<string, string>>) =>
    ec2.seedInstance({
      launchTemplateId: template.launchTemplateId,
      launchTemplateVersion: template.version,
      subnetId,
      tags: tagList({ ...(tagKeys.slot in tags ? current : {}), ...tags }),
      // Later than the coordinators of the beginning.
      launchedSecondsAgo: seededSecondsAgo - 100,
    });
  const { coordinators = 2 } = options;
  const coordinatorIds = await seedCoordinators({ ec2 }, cluster, { coordinators });
  const attachment = () => ec2.snapshot().networkInterfaces[0]?.attachment;
  return {
    cloud: failoverCallsOn(clients(ec2, cloudWatch, callers)),
    clock: realClock,
    cluster,
    ec2,
    cloudWatch,
    coordinatorIds,
    incident: (rest = {}) => ({
      request: {},
      execution: { id: 'arn:aws:states:::execution:failover:1', startedAt: isoAgo(10) },
      settings: defaultSettings,
      cluster,
      ...rest,
    }),
    attachmentId: () => attachment()?.attachmentId,
    holderId: () => attachment()?.instanceId,
    instance: (id) => {
      const found = ec2.snapshot().instances.find((one) => one.instanceId === id);
      if (!found) throw new Error(`No instance ${id}.`);
      return found;
    },
    living: () =>
      ec2
        .snapshot()
        .instances.filter(({ state }) => state === 'running' || state === 'pending')
        .map((one) => one.instanceId),
    launch,
    stop: async () => {
      await cloudWatch.stop();
      await ec2.stop();
    },
  };
}

export function isoAgo(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

function clients(
  ec2Service: ReturnType<typeof createEc2>,
  cloudWatchService: ReturnType<typeof createCloudWatch>,
  callers: ReturnType<typeof createCallers>,
) {
  const credentials = callers.issue('arn:aws:iam::000000000000:root');
  const caller = callers.find(credentials.accessKeyId);
  if (!caller) throw new Error('The key that was just issued is not known.');
  const settings = { region: 'local-1', credentials };
  const ec2 = new EC2Client(settings);
  const cloudWatch = new CloudWatchClient(settings);
  connect(ec2, ec2Service.service, caller);
  connect(cloudWatch, cloudWatchService.service, caller);
  return { ec2, cloudWatch };
}

function alarmProperties(AlarmName: string) {
  return {
    AlarmName,
    Namespace: metricNamespace(clusterName),
    MetricName: AlarmName.endsWith('reachable') ? 'Reachable' : 'ActiveHealth',
    Dimensions: [{ Name: 'Cluster', Value: clusterName }],
    Statistic: 'Minimum',
    Period: 10,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'notBreaching',
  };
}
