/**
 * The edge of every function: is this the document of an execution? The template and earlier states wrote
 * it, and a template that is wrong fails with a sentence. A person's input, under `request`, is read by
 * request.ts.
 */
import type { Cluster } from './cluster.ts';
import { BadInput } from './errors.ts';
import { bad, objectAt, textAt } from './fields.ts';
import type { CheckTarget, Incident } from './incident.ts';
import { readRequest } from './request.ts';
import { readServerEndpoint } from './server-endpoint.ts';
import { settingProblems, settingRules } from './settings.ts';

/** Throws BadInput with one sentence that names the path, the value and what is allowed. */
export function readIncident(event: unknown): Incident {
  const document = objectAt('$', event);
  const execution = objectAt('$.execution', document.execution);
  textAt('$.execution.id', execution.id);
  timeAt('$.execution.startedAt', execution.startedAt);
  const problems = settingProblems(settingRules, objectAt('$.settings', document.settings));
  if (problems.length > 0) throw new BadInput(`$.settings: ${problems.join(' ')}`);
  const cluster = readCluster(document.cluster);
  return { ...(document as object as Incident), cluster };
}

/**
 * For the functions that change something: a dry run and a refused request are BadInput, too. The state
 * machine leads neither of them here. This is the second lock.
 */
export function readIncidentToActOn(event: unknown): Incident {
  const incident = readIncident(event);
  const { dryRun, refusals } = readRequest(incident.request);
  if (dryRun) throw new BadInput('$.request asks for a dry run: nothing may be touched.');
  if (refusals.length > 0) throw new BadInput(`$.request is refused. ${refusals.join(' ')}`);
  return incident;
}

/** Throws BadInput as `readIncident` does. */
export function readCluster(value: unknown): Cluster {
  const cluster = objectAt('$.cluster', value);
  for (const key of clusterTexts) textAt(`$.cluster.${key}`, cluster[key]);
  const alarms = objectAt('$.cluster.alarms', cluster.alarms);
  textAt('$.cluster.alarms.activeHealth', alarms.activeHealth);
  textAt('$.cluster.alarms.reachable', alarms.reachable);
  const { instanceTypes, keepCoordinatorNode } = cluster;
  if (!Array.isArray(instanceTypes) || instanceTypes.length === 0) {
    throw bad('$.cluster.instanceTypes', instanceTypes, 'a list of at least one instance type');
  }
  instanceTypes.forEach((type, index) => {
    textAt(`$.cluster.instanceTypes[${index}]`, type);
  });
  if (keepCoordinatorNode !== 'yes' && keepCoordinatorNode !== 'no') {
    throw bad('$.cluster.keepCoordinatorNode', keepCoordinatorNode, '"yes" or "no"');
  }
  const server = readServerEndpoint('$.cluster.server', cluster.server);
  if (server.kind === 'problems') throw new BadInput(server.problems.join(' '));
  return { ...(cluster as object as Cluster), server: server.endpoint };
}

/** Throws BadInput as `readIncident` does. */
export function readTargets(value: unknown): CheckTarget[] {
  if (!Array.isArray(value) || value.length > mostTargets) {
    throw bad('$.targets', value, `a list of at most ${mostTargets} targets`);
  }
  return value.map((item, index) => {
    const target = objectAt(`$.targets[${index}]`, item);
    return {
      name: textAt(`$.targets[${index}].name`, target.name),
      host: textAt(`$.targets[${index}].host`, target.host),
    };
  });
}

/** HACoordinatorsCount is at most 9. A failover may see successors and leftovers, too. */
export const mostTargets = 30;

const clusterTexts = [
  'clusterName',
  'networkInterfaceId',
  'coordinatorAddress',
  'launchTemplateId',
  'launchTemplateVersion',
  'subnetId',
  'metricNamespace',
] as const;

function timeAt(path: string, value: unknown): void {
  if (Number.isNaN(Date.parse(textAt(path, value)))) throw bad(path, value, 'an ISO 8601 time');
}
