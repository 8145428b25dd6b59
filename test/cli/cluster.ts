/**
 * A cluster that the command line can be pointed at: the synthesized template on a local cloud that is
 * served over HTTP, with servers in this process in the place of machines. As after an hour: the
 * address is held, the alarms are OK, the probes are heard.
 */

import { createServer, type Server } from 'node:http';
import {
  type BootedMachine,
  type LocalCloud,
  type MachineSpec,
  noLatencies,
  startLocalCloud,
} from '@coordinator-failover/local-cloud';
import type { Synthesized } from '../../infra/stack/synthesize.ts';
import { deployedCluster, stackOutput } from '../../trials/cluster/deployed-cluster.ts';
import { seedCluster, seededSecondsAgo, tagList } from '../../trials/cluster/seed-cluster.ts';
import { stackParameters, subnetId } from '../../trials/cluster/stack-parameters.ts';
import { type Loopback, startOnLoopback } from '../../trials/drill/loopback.ts';
import { dimensionNames, metricNames, metricNamespace } from '../../workflow/model/names.ts';
import { freePort } from '../support/free-port.ts';

export interface TestCluster {
  readonly cloud: LocalCloud;
  readonly clusterName: string;
  readonly stateMachineArn: string;
  readonly networkInterfaceId: string;
  /** The first two numbers of all its addresses: "127.64". */
  readonly addressPrefix: string;
  /** The coordinators of the beginning, the active first. */
  readonly coordinatorIds: readonly string[];
  /** Is the server on that machine ready? From now on, for its probe too. */
  setReady(instanceId: string, ready: boolean): void;
  /** From now on its probe says nothing. */
  silence(instanceId: string): void;
  /** @param inSubnet default: the cluster's */
  launch(tags: Readonly<Record<string, string>>, inSubnet?: string): Promise<string>;
  stop(): Promise<void>;
}

export interface TestClusterOptions {
  readonly coordinators?: number;
  readonly stackName?: string;
}

interface Host {
  ready: boolean;
  heard: boolean;
  server: Server | undefined;
}

export async function startTestCluster(
  synthesized: Synthesized,
  options: TestClusterOptions = {},
): Promise<TestCluster> {
  const port = await freePort();
  return await startOnLoopback(port, (loopback) => startOn(loopback, port, synthesized, options));
}

async function startOn(
  loopback: Loopback,
  port: number,
  synthesized: Synthesized,
  options: TestClusterOptions,
): Promise<TestCluster> {
  const { coordinators = 2, stackName = 'presto' } = options;
  const hosts = new Map<string, Host>();
  const cloud = await startLocalCloud({
    template: withQuickEnds(synthesized.template),
    assetsDirectory: synthesized.assetsDirectory,
    parameters: stackParameters(coordinators, { HttpPort: String(port), GraceSeconds: '0' }),
    stackName,
    seed: 1,
    latencies: noLatencies,
    port,
    loopback: loopback.prefix,
    boot: (spec) => boot(spec, port, hosts),
  });
  const cluster = deployedCluster(cloud);
  const { clusterName, networkInterfaceId } = cluster;
  const publish = () => publishSamples(cloud, clusterName, networkInterfaceId, hosts);
  const launch = (tags: Readonly<Record<string, string>>, inSubnet = subnetId) =>
    cloud.ec2.seedInstance({
      launchTemplateId: cluster.launchTemplateId,
      launchTemplateVersion: cluster.launchTemplateVersion,
      subnetId: inSubnet,
      tags: tagList(tags),
      launchedSecondsAgo: seededSecondsAgo,
    });
  const coordinatorIds = await seedCluster(cloud, cluster, { coordinators });
  publish();
  const publishing = setInterval(publish, 500);
  return {
    cloud,
    clusterName,
    networkInterfaceId,
    addressPrefix: loopback.prefix,
    stateMachineArn: stackOutput(cloud, 'StateMachineArn'),
    coordinatorIds,
    setReady(instanceId, ready) {
      hostOf(hosts, instanceId).ready = ready;
      publish();
    },
    silence(instanceId) {
      hostOf(hosts, instanceId).heard = false;
    },
    launch,
    async stop() {
      clearInterval(publishing);
      await cloud.stop();
      await loopback.release();
    },
  };
}

/** Where nothing was to be done, the end waits for a minute: here for the least that is allowed. */
function withQuickEnds(template: object): object {
  const text = JSON.stringify(template);
  const quick = text.replaceAll('\\"alarmResetSeconds\\":60', '\\"alarmResetSeconds\\":10');
  if (quick === text) throw new Error('The template has no alarmResetSeconds of 60.');
  return JSON.parse(quick) as object;
}

async function boot(
  spec: MachineSpec,
  port: number,
  hosts: Map<string, Host>,
): Promise<BootedMachine> {
  const host: Host = { ready: true, heard: true, server: undefined };
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        nodeId: spec.instanceId,
        state: 'ACTIVE',
        nodeVersion: { version: '479' },
        environment: 'test',
        coordinator: true,
        coordinatorId: spec.instanceId.slice(-5),
        starting: !host.ready,
        uptime: '1.00h',
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, spec.guestAddress, resolve));
  spec.setPort('open');
  hosts.set(spec.instanceId, Object.assign(host, { server }));
  return {
    terminate: () =>
      new Promise((resolve) => {
        host.heard = false;
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function hostOf(hosts: ReadonlyMap<string, Host>, instanceId: string): Host {
  const host = hosts.get(instanceId);
  if (host === undefined) throw new Error(`No machine ${instanceId}.`);
  return host;
}

/** What the probes would say now. */
function publishSamples(
  cloud: LocalCloud,
  clusterName: string,
  networkInterfaceId: string,
  hosts: ReadonlyMap<string, Host>,
): void {
  const holderId = cloud.ec2
    .snapshot()
    .networkInterfaces.find((one) => one.networkInterfaceId === networkInterfaceId)
    ?.attachment?.instanceId;
  const reached = hosts.get(holderId ?? '')?.ready === true;
  for (const [instanceId, { ready, heard }] of hosts) {
    if (!heard) continue;
    const put = (metricName: string, ids: readonly string[], isGood: boolean) =>
      putSample(cloud, clusterName, metricName, ids, isGood);
    put(metricNames.health, [instanceId], ready);
    if (instanceId === holderId) {
      put(metricNames.activeHealth, [], ready);
    } else {
      put(metricNames.reachable, [instanceId], reached);
      put(metricNames.reachable, [], reached);
    }
  }
}

function putSample(
  cloud: LocalCloud,
  clusterName: string,
  metricName: string,
  instanceIds: readonly string[],
  isGood: boolean,
): void {
  const dimensions = [
    { name: dimensionNames.cluster, value: clusterName },
    ...instanceIds.map((value) => ({ name: dimensionNames.instanceId, value })),
  ];
  cloud.cloudWatch.seedMetric(
    { namespace: metricNamespace(clusterName), metricName, dimensions },
    isGood ? 1 : 0,
    { everySeconds: 1, forSeconds: 0 },
  );
}
