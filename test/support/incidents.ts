/** Documents for tests: one healthy cluster of two, and what a test wants to be different. */
import type { Cluster } from '../../workflow/model/cluster.ts';
import {
  type Answer,
  addressTargetName,
  type Coordinator,
  type Decision,
  type Incident,
  type StandbyLaunch,
  type Survey,
  type Termination,
  type Verification,
} from '../../workflow/model/incident.ts';
import { defaultSettings, type Settings } from '../../workflow/model/settings.ts';

/** The moment at which tests decide. */
export const now = '2026-10-02T12:00:00.000Z';
export const activeId = 'i-0000000000000000a';
export const standbyId = 'i-0000000000000000b';
export const attachmentId = 'eni-attach-0001';

export function secondsAgo(seconds: number): string {
  return new Date(Date.parse(now) - seconds * 1000).toISOString();
}

export const cluster: Cluster = {
  clusterName: 'presto',
  networkInterfaceId: 'eni-0001',
  coordinatorAddress: '10.0.0.10',
  server: { protocol: 'http', port: 8080 },
  launchTemplateId: 'lt-0001',
  launchTemplateVersion: '1',
  instanceTypes: ['m7i.xlarge'],
  keepCoordinatorNode: 'no',
  subnetId: 'subnet-0001',
  metricNamespace: 'CoordinatorFailover/presto',
  alarms: {
    activeHealth: 'presto-coordinator-active-health',
    reachable: 'presto-coordinator-reachable',
  },
};

export function coordinator(instanceId: string, different: Partial<Coordinator> = {}): Coordinator {
  return {
    instanceId,
    state: 'running',
    ours: true,
    privateIpAddress: instanceId === activeId ? '10.0.0.11' : '10.0.0.12',
    availabilityZone: 'local-1a',
    launchedAt: secondsAgo(7200),
    slot: instanceId === activeId ? 1 : 2,
    generation: 1,
    templateVersion: 'lt-0001:1',
    retired: null,
    statusChecks: 'ok',
    health: { value: 1, at: secondsAgo(3) },
    reachable: instanceId === activeId ? null : { value: 1, at: secondsAgo(3) },
    lastHealthyAt: secondsAgo(30),
    lastReachingAt: instanceId === activeId ? null : secondsAgo(30),
    ...different,
  };
}

export function answer(name: string, different: Partial<Answer> = {}): Answer {
  return {
    name,
    host: '10.0.0.10',
    outcome: 'ready',
    ready: true,
    reached: true,
    sentence: `${name} is ready.`,
    milliseconds: 3,
    ...different,
  };
}

export function refusal(name: string): Answer {
  return answer(name, { outcome: 'refused', ready: false, sentence: `${name} refuses.` });
}

export function silence(name: string): Answer {
  return answer(name, {
    outcome: 'timed-out',
    ready: false,
    reached: false,
    sentence: `${name} did not answer.`,
  });
}

/** The execution has fenced somebody who is neither the active nor a standby now. */
export const fencedBefore: Termination = {
  kind: 'fenced',
  at: secondsAgo(20),
  sentence: '',
  instanceId: 'i-0000000000000000c',
  rule: 'dead',
  fenced: ['i-0000000000000000c'],
  terminated: [],
  problems: [],
};

/** And then it has attached the address to who is the active now. */
export const midFailover: Partial<Incident> = {
  termination: fencedBefore,
  attachment: {
    kind: 'attached',
    at: secondsAgo(15),
    sentence: '',
    instanceId: activeId,
    attachmentId,
    unfit: [],
  },
};

/** An observation of this execution has found these surplus. */
export function lookedBefore(
  surplus: readonly string[],
  secondsBefore: number,
): Pick<Incident, 'standbyLaunch'> {
  const standbyLaunch: StandbyLaunch = {
    kind: 'observe-again',
    observations: 1,
    at: secondsAgo(secondsBefore),
    sentence: '',
    launched: [],
    terminated: [],
    surplus,
    surplusSince: Object.fromEntries(surplus.map((id) => [id, secondsAgo(secondsBefore)])),
    problems: [],
  };
  return { standbyLaunch };
}

/** Verify coordinator has given the active up. */
export const notVerified: Verification = {
  kind: 'not-verified',
  at: secondsAgo(2),
  sentence: '',
  attachmentId,
  instanceId: activeId,
  tries: 12,
  answers: [],
  rejected: [activeId],
};

export interface Scene {
  readonly settings?: Partial<Settings>;
  readonly request?: unknown;
  /** Seconds since the attachment; `null` = attached to nothing. */
  readonly attachedSecondsAgo?: number | null;
  readonly active?: Partial<Coordinator>;
  readonly standbys?: readonly Coordinator[];
  readonly answers?: readonly Answer[] | null;
  readonly survey?: Partial<Survey>;
  readonly address?: Partial<NonNullable<Survey['address']>>;
  readonly rest?: Partial<Incident>;
}

/** Everything is well unless the scene says otherwise. */
export function incident(scene: Scene = {}): Incident {
  const attachedSecondsAgo =
    scene.attachedSecondsAgo === undefined ? 3600 : scene.attachedSecondsAgo;
  const standbys = scene.standbys ?? [coordinator(standbyId)];
  const answers = scene.answers === undefined ? allReady(standbys) : scene.answers;
  return {
    request: scene.request ?? {},
    execution: { id: 'arn:aws:states:::execution:failover:1', startedAt: secondsAgo(8) },
    settings: { ...defaultSettings, ...scene.settings },
    cluster,
    survey: {
      kind: 'surveyed',
      at: secondsAgo(1),
      address: {
        networkInterfaceId: cluster.networkInterfaceId,
        privateIpAddress: cluster.coordinatorAddress,
        availabilityZone: 'local-1a',
        attachment:
          attachedSecondsAgo === null
            ? null
            : {
                attachmentId,
                instanceId: activeId,
                attachedAt: secondsAgo(attachedSecondsAgo),
                status: 'attached',
              },
        paused: null,
        acknowledged: null,
        stackDeleting: null,
        failovers: [],
        ...scene.address,
      },
      coordinators: [coordinator(activeId, scene.active), ...standbys],
      samplesRead: true,
      alarmsRinging: false,
      targets: [],
      unread: [],
      ...scene.survey,
    },
    answers:
      answers === null
        ? { kind: 'no-answer', error: { Error: 'States.Timeout' } }
        : { kind: 'asked', at: secondsAgo(1), answers },
    decision: { kind: 'none' },
    termination: { kind: 'none' },
    standbyPick: { kind: 'none' },
    attachment: { kind: 'none' },
    verification: { kind: 'none' },
    standbyLaunch: { kind: 'none' },
    alarmReset: { kind: 'none' },
    ...scene.rest,
  };
}

/** A decision as an earlier observation left it. */
export function decision(different: Partial<Decision> = {}): Decision {
  return {
    kind: 'decision',
    at: secondsAgo(5),
    rule: 'dead',
    outcome: 'failed',
    sentence: 'The active coordinator has failed.',
    pin: { attachmentId, instanceId: activeId },
    evidence: {
      startedBy: 'a person',
      operatorTags: [],
      active: '',
      address: '',
      selfReport: '',
      standbys: '',
      statusChecks: 'ok',
      versions: '',
      readyStandbys: [standbyId],
    },
    observation: 1,
    asks: 0,
    waits: 0,
    rounds: 0,
    waitSeconds: 5,
    isolatedSince: null,
    dryRun: false,
    ...different,
  };
}

function allReady(standbys: readonly Coordinator[]): Answer[] {
  const others = standbys.map(({ instanceId }) => answer(instanceId, { host: '10.0.0.12' }));
  return [answer(addressTargetName), answer(activeId, { host: '10.0.0.11' }), ...others];
}
