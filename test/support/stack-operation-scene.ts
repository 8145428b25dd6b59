/** What a stack operation may see, for its rules. */
import type { Answer, Answers, Coordinator } from '../../workflow/model/incident.ts';
import { defaultSettings } from '../../workflow/model/settings.ts';
import type {
  FailoverView,
  StackOperation,
  StackOperationView,
  StackRequest,
  Step,
} from '../../workflow/stack/request.ts';
import { coordinator, incident } from './incidents.ts';

const startedAt = '2026-10-02T17:00:00.000Z';
export const at = (seconds: number) =>
  new Date(Date.parse(startedAt) + seconds * 1000).toISOString();
export const template = 'lt-0123456789abcdef0';
export const old = `${template}:1`;
export const wanted = `${template}:2`;

export const host = (instanceId: string, more: Partial<Coordinator> = {}): Coordinator => ({
  ...coordinator(instanceId),
  state: 'running',
  ours: true,
  retired: null,
  templateVersion: wanted,
  launchedAt: at(5),
  ...more,
});

export const answer = (name: string, ready = true, identity = 'jvm-a'): Answer => ({
  name,
  host: '10.0.0.9',
  outcome: ready ? 'ready' : 'refused',
  ready,
  reached: ready,
  sentence: `${name} ${ready ? 'is ready' : 'refused the connection'}.`,
  milliseconds: 3,
  ...(ready ? { identity } : {}),
});

export const address = (instanceId: string | null, stackDeleting: string | null = null) => ({
  networkInterfaceId: 'eni-1',
  privateIpAddress: '10.0.0.5',
  availabilityZone: 'eu-west-1a',
  paused: null,
  acknowledged: null,
  failovers: [],
  stackDeleting,
  attachment:
    instanceId === null
      ? null
      : { attachmentId: 'eni-attach-1', instanceId, attachedAt: at(20), status: 'attached' },
});

export const request: StackRequest = {
  requestType: 'Create',
  requestId: 'r-1',
  clusterName: 'presto',
  clusterNameBefore: null,
  networkInterfaceId: 'eni-1',
  launchTemplateId: template,
  launchTemplateVersion: '2',
  coordinatorsWanted: 2,
};
export const update: StackRequest = {
  ...request,
  requestType: 'Update',
  clusterNameBefore: 'presto',
};

export const nothing: StackOperationView = {
  address: address(null),
  coordinators: [],
  failover: null,
  wantedVersions: [wanted],
  newerRequest: null,
};

export const failover = (more: Partial<FailoverView> = {}): FailoverView => ({
  name: 'cloudformation-r-1-1',
  running: true,
  endedAt: null,
  rule: 'vacant',
  sentence: 'Nobody holds the address.',
  hasFenced: false,
  problems: [],
  ...more,
});

export function stackOperation(
  answers: readonly Answer[] = [],
  step: Partial<Step> = {},
): StackOperation {
  const asked: Answers = { kind: 'asked', at: at(30), answers };
  return {
    event: {},
    execution: { id: 'arn:lifecycle:r-1', name: 'r-1', startedAt },
    settings: { ...defaultSettings, readyWithinMinutes: 10 },
    cluster: incident().cluster,
    step: { attempts: 1, ...step } as Step,
    answers: asked,
  };
}
