/**
 * CloudFormation's request about the coordinators, and the document of stack-operation.asl.json.
 * What can go wrong: a request without an answer holds the stack for an hour. So what cannot be read is
 * answered, too (receive-stack-event).
 */
import type { Cluster } from '../model/cluster.ts';
import { BadInput } from '../model/errors.ts';
import { bad, objectAt, textAt } from '../model/fields.ts';
import type {
  AddressView,
  Answers,
  CheckTarget,
  Coordinator,
  StandbyProblem,
} from '../model/incident.ts';
import { type Settings, settingProblems, settingRules } from '../model/settings.ts';

/** The type under which the template asks for it. */
export const stackOperationResourceType = 'Custom::CoordinatorCluster';

/** What CloudFormation asks for. */
export interface StackRequest {
  readonly requestType: 'Create' | 'Update' | 'Delete';
  readonly requestId: string;
  readonly clusterName: string;
  /** What the cluster was called before this update. */
  readonly clusterNameBefore: string | null;
  readonly networkInterfaceId: string;
  readonly launchTemplateId: string;
  readonly launchTemplateVersion: string;
  readonly coordinatorsWanted: number;
}

/** What is needed to answer, however wrong the rest of the request is. */
export interface AnswerTo {
  readonly responseUrl: string;
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalResourceId: string;
  /** CloudFormation's id of the cluster. Another id would replace the cluster. */
  readonly physicalResourceId: string;
}

/** The document of an execution of stack-operation.asl.json. */
export interface StackOperation {
  readonly event: unknown;
  readonly execution: { readonly id: string; readonly name: string; readonly startedAt: string };
  readonly settings: Settings;
  readonly cluster: Cluster;
  readonly step: Step | { readonly kind: 'none' };
  readonly answers: Answers | { readonly kind: 'none' | 'no-answer' };
}

/** Advance stack operation: an observation, and what was done about it. */
export interface Step {
  readonly kind: 'wait' | 'done' | 'failed';
  readonly rule: string;
  readonly at: string;
  readonly sentence: string;
  readonly waitSeconds: number;
  /** Whether the targets are asked before the next step. */
  readonly ask: boolean;
  readonly targets: readonly CheckTarget[];
  /** How many failover executions were started for this request. */
  readonly attempts: number;
  /** The last of these executions. */
  readonly failover: string | null;
  /** Since when every step has seen no coordinator. */
  readonly emptySince: string | null;
  /** What was refused in this step. */
  readonly problems: readonly string[];
}

/** What a step observes. */
export interface StackOperationView {
  /** `null` when there is no such interface. */
  readonly address: AddressView | null;
  /** With this cluster's tag, in every state. */
  readonly coordinators: readonly Coordinator[];
  /** The last one that was started for this request. */
  readonly failover: FailoverView | null;
  /** Of the versions that coordinators were launched from: the wanted one, and those with the same content. */
  readonly wantedVersions: readonly string[];
  /** A later request to the same stack that is under way. */
  readonly newerRequest: string | null;
}

export interface FailoverView {
  readonly name: string;
  readonly running: boolean;
  readonly endedAt: string | null;
  /** Of its last decision. */
  readonly rule: string | null;
  readonly sentence: string | null;
  /** While an execution that has fenced runs, the address may be between two coordinators. */
  readonly hasFenced: boolean;
  /** What could not be done about the coordinators, and why. */
  readonly problems: readonly StandbyProblem[];
}

/** Throws BadInput with one sentence that names the path, the value and what is allowed. */
export function readStackOperation(document: unknown): StackOperation {
  const stackOperation = objectAt('$', document);
  const execution = objectAt('$.execution', stackOperation.execution);
  for (const key of ['id', 'name', 'startedAt']) textAt(`$.execution.${key}`, execution[key]);
  const problems = settingProblems(settingRules, objectAt('$.settings', stackOperation.settings));
  if (problems.length > 0) throw new BadInput(`$.settings: ${problems.join(' ')}`);
  objectAt('$.cluster', stackOperation.cluster);
  objectAt('$.step', stackOperation.step);
  objectAt('$.answers', stackOperation.answers);
  return stackOperation as object as StackOperation;
}

/** Throws BadInput as `readStackOperation` does. */
export function readStackRequest(event: unknown): StackRequest {
  const request = objectAt('$.event', event);
  const properties = objectAt('$.event.ResourceProperties', request.ResourceProperties);
  const text = (key: string) => textAt(`$.event.ResourceProperties.${key}`, properties[key]);
  const requestType = request.RequestType;
  if (requestType !== 'Create' && requestType !== 'Update' && requestType !== 'Delete') {
    throw bad('$.event.RequestType', requestType, 'Create, Update or Delete');
  }
  // CloudFormation has texts only.
  const coordinatorsWanted = Number(text('HACoordinatorsCount'));
  const { least, most } = settingRules.haCoordinatorsCount;
  if (!(coordinatorsWanted >= least && coordinatorsWanted <= most)) {
    const path = '$.event.ResourceProperties.HACoordinatorsCount';
    throw bad(path, properties.HACoordinatorsCount, `${least} to ${most}`);
  }
  const before = Object(request.OldResourceProperties) as Record<string, unknown>;
  return {
    requestType,
    requestId: textAt('$.event.RequestId', request.RequestId),
    clusterName: text('ClusterName'),
    clusterNameBefore: typeof before.ClusterName === 'string' ? before.ClusterName : null,
    networkInterfaceId: text('NetworkInterfaceId'),
    launchTemplateId: text('LaunchTemplateId'),
    launchTemplateVersion: text('LaunchTemplateVersion'),
    coordinatorsWanted,
  };
}

/** Throws BadInput when CloudFormation cannot be answered at all. */
export function readAnswerTo(event: unknown): AnswerTo {
  const request = objectAt('$.event', event);
  const text = (key: string) => textAt(`$.event.${key}`, request[key]);
  const properties = Object(request.ResourceProperties) as Record<string, unknown>;
  const { PhysicalResourceId: known } = request;
  const { ClusterName: given } = properties;
  const clusterName = typeof given === 'string' ? given : 'an-unnamed-cluster';
  return {
    responseUrl: text('ResponseURL'),
    stackId: text('StackId'),
    requestId: text('RequestId'),
    logicalResourceId: text('LogicalResourceId'),
    physicalResourceId:
      typeof known === 'string' && known !== '' ? known : `coordinators-of-${clusterName}`,
  };
}

/** The state machine to start, as the template says. Throws BadInput as `readStackOperation` does. */
export function readStateMachine(event: unknown): string {
  const properties = objectAt(
    '$.event.ResourceProperties',
    objectAt('$.event', event).ResourceProperties,
  );
  return textAt('$.event.ResourceProperties.StateMachine', properties.StateMachine);
}
