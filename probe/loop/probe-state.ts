/**
 * What the probe knows and what follows from it: samples and role in, data and alarms out.
 * No loops and no waiting in here.
 * What can go wrong: speaking for somebody else. A host that is not the active must not publish
 * ActiveHealth, one that only asks itself must not publish Reachable, and a value without recent
 * samples behind it is none.
 */
import type { ProbeConfiguration } from '../../workflow/model/cluster.ts';
import { type InfoOutcome, type InfoReading, isUnverified } from '../../workflow/model/info.ts';
import { dimensionNames, metricNames } from '../../workflow/model/names.ts';
import { isoTime } from '../log.ts';
import type { Datum, HostClock, Log } from '../ports.ts';
import type { AlarmRequest } from './alarm.ts';
import { type Health, healthValue, nextHealth, unknownHealth } from './health.ts';
import { nextRole, type Role, type RoleObservation, unknownRole } from './role.ts';
import { createTimestamper, type Stamp } from './timestamper.ts';

export interface ProbeStateOptions {
  readonly configuration: ProbeConfiguration;
  readonly instanceId: string;
  readonly clock: HostClock;
  readonly log: Log;
  /** Something changed that should be published at once. */
  readonly onChange: () => void;
  readonly onAlarm: (request: AlarmRequest) => void;
}

export interface TakenSample {
  readonly sequence: number;
  /** When it began, milliseconds since the epoch. */
  readonly at: number;
  readonly endedAt: number;
  readonly reading: InfoReading;
}

export interface ProbeState {
  readonly role: () => Role;
  /** Rises with every change of role: an observation of the address belongs to the role it began in. */
  readonly epoch: () => number;
  ownSample(sample: TakenSample): void;
  addressSample(sample: TakenSample, epoch: number): void;
  observe(observation: RoleObservation): void;
  /** What is to be published now. */
  data(): readonly Datum[];
}

/** One thing that is watched, with the time of its newest sample (monotonic milliseconds). */
interface Watched {
  readonly health: Health;
  readonly sampledAtMs: number;
}

const unwatched: Watched = { health: unknownHealth, sampledAtMs: Number.NEGATIVE_INFINITY };

export function createProbeState(options: ProbeStateOptions): ProbeState {
  const { configuration, instanceId, clock, log, onChange, onAlarm } = options;
  const stamp = createTimestamper(() => clock.now());
  let own = unwatched;
  let reachable = unwatched;
  let roleView = unknownRole;
  let epoch = 0;

  const raise = (what: 'activeHealth' | 'reachable', health: Health, stillTrue: () => boolean) =>
    onAlarm({
      alarmName: configuration.alarms[what],
      ...alarmReason(what, configuration, instanceId, health),
      stillTrue,
    });
  const raiseActive = () =>
    raise(
      'activeHealth',
      own.health,
      () => roleView.role === 'active' && own.health.state === 'unhealthy',
    );
  const raiseReachable = () =>
    raise(
      'reachable',
      reachable.health,
      () => roleView.role === 'standby' && reachable.health.state === 'unhealthy',
    );

  return {
    role: () => roleView.role,
    epoch: () => epoch,

    ownSample(sample) {
      if (sample.reading.outcome === 'not-asked') return;
      const before = own.health.state;
      own = sampled(own, sample, options);
      if (own.health.state === before) return;
      log('health', changeFields(before, own.health));
      onChange();
      if (own.health.state === 'unhealthy' && roleView.role === 'active') raiseActive();
    },

    addressSample(sample, sampleEpoch) {
      if (saysNothingOfTheAddress(sample.reading.outcome) || sampleEpoch !== epoch) return;
      const before = reachable.health.state;
      reachable = sampled(reachable, sample, options);
      if (reachable.health.state === before) return;
      log('reachable', changeFields(before, reachable.health));
      onChange();
      if (reachable.health.state === 'unhealthy') raiseReachable();
    },

    observe(observation) {
      const before = roleView.role;
      roleView = nextRole(roleView, observation, clock.monotonicMs());
      if (roleView.role === before) return;
      epoch += 1;
      reachable = unwatched;
      log('role', { from: before, to: roleView.role, sentence: roleView.sentence });
      onChange();
      if (own.health.state === 'unhealthy' && roleView.role === 'active') raiseActive();
    },

    data: () =>
      dataFor({ configuration, instanceId, clock, stamp, own, reachable, role: roleView.role }),
  };
}

/**
 * A certificate that does not verify is no evidence against the coordinator: the mistake may be in
 * what we verify by, and then every standby makes the same one (docs/decisions/0006).
 */
function saysNothingOfTheAddress(outcome: InfoOutcome): boolean {
  return outcome === 'not-asked' || isUnverified(outcome);
}

function sampled(watched: Watched, sample: TakenSample, options: ProbeStateOptions): Watched {
  const { sequence, at, endedAt, reading } = sample;
  const { badSamplesToUnhealthy } = options.configuration;
  return {
    health: nextHealth(
      watched.health,
      { sequence, at, endedAt, good: reading.ready, sentence: reading.sentence },
      badSamplesToUnhealthy,
    ),
    sampledAtMs: options.clock.monotonicMs(),
  };
}

interface Known {
  readonly configuration: ProbeConfiguration;
  readonly instanceId: string;
  readonly clock: HostClock;
  readonly stamp: Stamp;
  readonly own: Watched;
  readonly reachable: Watched;
  readonly role: Role;
}

function dataFor(known: Known): Datum[] {
  const { configuration, instanceId, clock, stamp, own, reachable, role } = known;
  const { intervalSeconds, timeoutSeconds, clusterName } = configuration;
  // The newest sample began up to one interval ago and took up to its timeout; a second of each is
  // for a busy machine. Older than that, the sampling itself is stuck and knows nothing.
  const recentMs = 2 * (intervalSeconds + timeoutSeconds) * 1000;
  const currentValue = (watched: Watched) =>
    clock.monotonicMs() - watched.sampledAtMs > recentMs ? undefined : healthValue(watched.health);
  const cluster = { [dimensionNames.cluster]: clusterName };
  const host = { ...cluster, [dimensionNames.instanceId]: instanceId };
  const data: Datum[] = [];
  const add = (metricName: string, dimensions: Datum['dimensions'], value: 0 | 1 | undefined) => {
    if (value === undefined) return;
    data.push({ metricName, dimensions, at: stamp({ metricName, dimensions }, value), value });
  };

  add(metricNames.health, host, currentValue(own));
  if (role === 'active') add(metricNames.activeHealth, cluster, currentValue(own));
  if (role === 'standby') {
    add(metricNames.reachable, cluster, currentValue(reachable));
    add(metricNames.reachable, host, currentValue(reachable));
  }
  return data;
}

function changeFields(from: Health['state'], health: Health) {
  return {
    from,
    to: health.state,
    sentence: health.sentence,
    firstBadSampleAt: health.firstBadSampleAt,
    turnedAt: health.turnedAt,
  };
}

const subjects = {
  activeHealth: 'the coordinator on this host, which holds the address,',
  reachable: 'the coordinator address, asked from this standby,',
} as const;

function alarmReason(
  what: keyof typeof subjects,
  configuration: ProbeConfiguration,
  instanceId: string,
  health: Health,
): Pick<AlarmRequest, 'reason' | 'reasonData'> {
  const firstBadSampleAt = isoTime(health.firstBadSampleAt ?? 0);
  const turnedBadAt = isoTime(health.turnedAt ?? 0);
  return {
    reason:
      `Probe on ${instanceId}: ${subjects[what]} ${health.sentence}; ` +
      `${health.badInARow} bad samples in a row since ${firstBadSampleAt}`,
    reasonData: {
      by: 'probe',
      clusterName: configuration.clusterName,
      instanceId,
      metricName: metricNames[what],
      firstBadSampleAt,
      turnedBadAt,
      sentence: health.sentence,
    },
  };
}
