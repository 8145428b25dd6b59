/** Observations for tests: one healthy cluster of two, and what a test wants to be different. */
import type { AddressDetails } from '../../aws/address.ts';
import type { CoordinatorView } from '../../aws/coordinators.ts';
import type { NewestSamples } from '../../aws/samples.ts';
import type { ReadResult } from '../../cli/cluster/read-result.ts';
import { addressName, type ClusterObservation } from '../../cli/status/observe.ts';
import type { Ending, RuleName } from '../../workflow/model/incident.ts';
import { defaultSettings } from '../../workflow/model/settings.ts';
import { type Advice, adviceOn } from '../../workflow/notify/advice.ts';
import {
  activeId,
  attachmentId,
  cluster,
  now,
  secondsAgo,
  standbyId,
} from '../support/incidents.ts';

export function read<Value>(value: Value): ReadResult<Value> {
  return { kind: 'read', value };
}

export function adviceAfter(ending: Ending | null, rule: RuleName | null): Advice {
  return adviceOn({ ending, rule, standbysIncomplete: false });
}

export const unread = { kind: 'unread', why: 'AccessDenied: not you' } as const;

export const attachment: NonNullable<AddressDetails['attachment']> = {
  attachmentId,
  instanceId: activeId,
  attachedAt: secondsAgo(7200),
  status: 'attached',
  deleteOnTermination: false,
};

export const address: AddressDetails = {
  networkInterfaceId: cluster.networkInterfaceId,
  privateIpAddress: cluster.coordinatorAddress,
  availabilityZone: 'local-1a',
  attachment,
  paused: null,
  acknowledged: null,
  stackDeleting: null,
  failovers: [],
};

export function host(
  instanceId: string,
  different: Partial<CoordinatorView> = {},
): CoordinatorView {
  return {
    instanceId,
    state: 'running',
    ours: true,
    privateIpAddress: '10.0.0.11',
    launchedAt: secondsAgo(7200),
    slot: instanceId === activeId ? 1 : 2,
    generation: 1,
    retired: null,
    availabilityZone: 'local-1a',
    instanceType: 'm7i.xlarge',
    interfaces: instanceId === activeId ? 2 : 1,
    templateVersion: 'lt-0001:1',
    tags: {},
    ...different,
  };
}

const good = { value: 1, at: secondsAgo(3) } as const;

export const samples = new Map<string, NewestSamples>([
  [activeId, { health: good, reachable: null }],
  [standbyId, { health: good, reachable: good }],
]);

const answer = { ready: true, reached: true, sentence: 'is ready' };

export const answers = new Map([
  [addressName, answer],
  [activeId, answer],
  [standbyId, answer],
]);

export const noWay = { ready: false, reached: false, sentence: 'did not answer in time' };
export const expired = {
  ready: false,
  reached: true,
  unverified: true,
  sentence: 'presents a certificate that has expired',
};

export function observation(different: Partial<ClusterObservation> = {}): ClusterObservation {
  return {
    at: now,
    clusterName: cluster.clusterName,
    region: 'local-1',
    address: read(address),
    leftBehind: [],
    machine: read({ cluster, settings: defaultSettings }),
    coordinators: read([host(activeId), host(standbyId)]),
    samples: read(samples),
    statusChecks: read(
      new Map([
        [activeId, 'ok'],
        [standbyId, 'ok'],
      ]),
    ),
    answers: read(answers),
    alarms: read(
      Object.values(cluster.alarms).map((name) => ({
        name,
        state: 'OK',
        since: secondsAgo(3600),
        reason: '',
      })),
    ),
    running: read([]),
    lastEnded: read({
      arn: 'arn:aws:states:local-1:000000000000:execution:presto-failover:last',
      name: 'last',
      status: 'SUCCEEDED',
      startedAt: secondsAgo(200),
      stoppedAt: secondsAgo(120),
      error: null,
      cause: null,
      ending: 'nothing-to-do',
      advice: adviceAfter('nothing-to-do', 'answers'),
      answers: [{ name: 'coordinator address', reached: true, sentence: 'is ready' }],
    }),
    lastMove: read(null),
    ...different,
  };
}
