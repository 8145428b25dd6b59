/** What a stack on a local cloud says about its cluster: outputs and resources. */
import type { LocalCloud } from '@coordinator-failover/local-cloud';
import { alarmNames, metricNamespace } from '../../workflow/model/names.ts';
import type { ClusterToSeed } from './seed-cluster.ts';
import { subnetId } from './stack-parameters.ts';

export function deployedCluster(cloud: LocalCloud): ClusterToSeed {
  const clusterName = stackOutput(cloud, 'ClusterName');
  return {
    clusterName,
    networkInterfaceId: stackOutput(cloud, 'NetworkInterfaceId'),
    launchTemplateId: launchTemplateIdOf(cloud),
    launchTemplateVersion: '1',
    subnetId,
    metricNamespace: metricNamespace(clusterName),
    alarms: alarmNames(clusterName),
  };
}

export function stackOutput(cloud: LocalCloud, name: string): string {
  const value = cloud.outputs[name];
  if (value === undefined) {
    const names = Object.keys(cloud.outputs).join(', ') || 'none';
    throw new Error(`The template has no output ${name}. Its outputs: ${names}.`);
  }
  return value;
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
