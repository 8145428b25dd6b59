/**
 * The alarms of CloudWatch: each evaluated on its own rhythm, in one of three states, with a
 * history.
 * What can go wrong: only a transition sends an event, so an alarm that stays in ALARM is silent. A
 * state from SetAlarmState lasts until the next evaluation.
 */
import type { AlarmHistoryItem, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { uuidFrom } from '../chance/identifiers.ts';
import type { Random } from '../chance/random.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { ServiceError } from '../service/service.ts';
import type { CloudEvent } from '../service/signals.ts';
import type { Clock } from '../time/clock.ts';
import { carryOut } from './alarm-actions.ts';
import {
  type AlarmDefinition,
  alarmDefinitionFrom,
  describedDefinition,
  eventConfiguration,
} from './alarm-definition.ts';
import { type AlarmState, type Datapoint, evaluateAlarm } from './alarm-evaluation.ts';
import {
  type Alarm,
  configurationUpdate,
  type StateChange,
  stateUpdate,
  type TimedState,
} from './alarm-records.ts';
import type { MetricStore } from './metric-store.ts';

export interface AlarmsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
  readonly metrics: MetricStore;
  onEvent(event: CloudEvent): void;
  /** Whether a topic lets alarms publish. @default every topic does */
  readonly authorizer?: () => Authorizer;
  /** Carries an alarm's action out. Rejects when the topic refused. */
  notify(topicArn: string, subject: string, message: string): Promise<void>;
}

export interface CloudWatchAlarms {
  create(properties: unknown, fallbackName?: string): { alarmName: string; alarmArn: string };
  /**
   * PutMetricAlarm on an existing alarm: the state stays, the rest is overwritten.
   * @param properties with the same name, or none
   */
  change(alarmName: string, properties: unknown): void;
  /** DeleteAlarms: without an event. */
  remove(alarmName: string): void;
  /** SetAlarmState: at once, with an event when the state changes. */
  set(alarmName: string, change: StateChange): void;
  /** Sets the state as of some time ago, without an event. */
  seed(alarmName: string, state: AlarmState, secondsAgo: number): void;
  describe(isAsked: (alarmName: string, state: AlarmState) => boolean): MetricAlarm[];
  /** Oldest first. */
  history(): readonly AlarmHistoryItem[];
  stop(): Promise<void>;
}

/** High-resolution alarms are evaluated every 10 s, all others every minute (PutMetricAlarm). */
const highResolutionRhythmMs = 10_000;
const standardRhythmMs = 60_000;
/**
 * An alarm reads 0 to 3 points more than EvaluationPeriods, by seed: AWS does not publish the
 * number.
 */
const mostExtraPeriods = 3;

export function createAlarms(options: AlarmsOptions): CloudWatchAlarms {
  const { clock, random } = options;
  const alarms = new Map<string, Alarm>();
  const history: AlarmHistoryItem[] = [];
  const underWay = new Set<Promise<void>>();
  const inBackground = (work: Promise<void>): void => {
    const settled = work.finally(() => underWay.delete(settled));
    underWay.add(settled);
  };

  const find = (alarmName: string): Alarm => {
    const alarm = alarms.get(alarmName);
    if (alarm !== undefined) return alarm;
    // SetAlarmState: ResourceNotFound, 404.
    throw new ServiceError('ResourceNotFound', `There is no alarm named ${alarmName}.`, 404);
  };
  const enter = (alarm: Alarm, change: StateChange): void => {
    const previous = alarm.state;
    alarm.state = { ...change, atMs: clock.now() };
    if (previous.state === change.state) return;
    alarm.transitionedAtMs = alarm.state.atMs;
    history.push(stateUpdate(alarm, previous));
    options.onEvent(stateChangeEvent(options, alarm, previous));
    inBackground(carryOut(options, { ...alarm, previous }, history));
  };

  return {
    create(properties, fallbackName) {
      const definition = alarmDefinitionFrom(properties, { ...options, fallbackName });
      if (alarms.has(definition.name)) throw new Error(`Alarm ${definition.name} exists already.`);
      const alarm = newAlarm(definition, clock.now(), random);
      alarms.set(definition.name, alarm);
      history.push(configurationUpdate(alarm));
      inBackground(
        evaluateRhythmically(alarm, clock, alarm.removed.signal, () => {
          const change = evaluate(alarm, options.metrics, clock.now());
          if (change !== undefined) enter(alarm, change);
        }),
      );
      return { alarmName: definition.name, alarmArn: definition.arn };
    },
    change(alarmName, properties) {
      const place = { ...options, fallbackName: alarmName };
      find(alarmName).definition = alarmDefinitionFrom(properties, place);
    },
    remove(alarmName) {
      find(alarmName).removed.abort();
      alarms.delete(alarmName);
    },
    set: (alarmName, change) => enter(find(alarmName), change),
    seed(alarmName, state, secondsAgo) {
      const alarm = find(alarmName);
      const previous = alarm.state;
      const atMs = clock.now() - secondsAgo * 1000;
      alarm.state = { state, reason: 'Seeded.', reasonData: undefined, atMs };
      alarm.transitionedAtMs = atMs;
      history.push(stateUpdate(alarm, previous));
    },
    describe: (isAsked) =>
      [...alarms.values()]
        .filter(({ definition, state }) => isAsked(definition.name, state.state))
        .map(described),
    history: () => history,
    async stop() {
      for (const { removed } of alarms.values()) removed.abort();
      await Promise.all(underWay);
    },
  };
}

function newAlarm(definition: AlarmDefinition, nowMs: number, random: Random): Alarm {
  return {
    definition,
    metricId: uuidFrom(random),
    createdAtMs: nowMs,
    phaseMs: Math.floor(random.next() * rhythmMsOf(definition)),
    extraPeriods: Math.floor(random.next() * (mostExtraPeriods + 1)),
    removed: new AbortController(),
    state: {
      state: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      reasonData: undefined,
      atMs: nowMs,
    },
    transitionedAtMs: nowMs,
  };
}

function rhythmMsOf({ periodSeconds }: AlarmDefinition): number {
  return periodSeconds < 60 ? highResolutionRhythmMs : standardRhythmMs;
}

/** The first evaluation comes after one rhythm, so that data and states can be seeded. */
async function evaluateRhythmically(
  alarm: Alarm,
  clock: Clock,
  signal: AbortSignal,
  run: () => void,
): Promise<void> {
  let atRest = true;
  while (!signal.aborted) {
    const rhythmMs = rhythmMsOf(alarm.definition);
    const sinceLastMs = (clock.now() - alarm.phaseMs) % rhythmMs;
    const restMs = atRest ? rhythmMs : 0;
    atRest = false;
    const slept = await clock.sleep(restMs + rhythmMs - sinceLastMs, signal).then(
      () => true,
      () => false,
    );
    if (slept) run();
  }
}

/**
 * Undefined where the state stays. Only complete periods count: a period that has just begun would
 * look like missing data.
 */
function evaluate(alarm: Alarm, metrics: MetricStore, nowMs: number): StateChange | undefined {
  const { definition } = alarm;
  const periodMs = definition.periodSeconds * 1000;
  const toMs = Math.floor(nowMs / periodMs) * periodMs;
  const readPeriods = definition.rule.evaluationPeriods + alarm.extraPeriods;
  const fromMs = toMs - readPeriods * periodMs;
  const read = metrics.read({
    metric: definition.metric,
    fromMs,
    toMs,
    periodSeconds: definition.periodSeconds,
    nowMs,
  });
  const range = Array.from({ length: readPeriods }, (_, index): Datapoint | undefined => {
    const found = read.find(({ startMs }) => startMs === fromMs + index * periodMs);
    if (found === undefined) return undefined;
    return {
      startMs: found.startMs,
      value: found[definition.statistic],
      sampleCount: found.SampleCount,
    };
  });
  if (isWarmingUp(alarm, range, nowMs)) return undefined;
  const judgement = evaluateAlarm(definition.rule, range);
  const { state, evaluated } = judgement;
  if (state === 'retain' || state === alarm.state.state) return undefined;
  const reasonData = reasonDataOf(definition, evaluated, nowMs);
  return { state, reason: judgement.reason, reasonData };
}

function isWarmingUp(
  { definition, createdAtMs }: Alarm,
  range: readonly (Datapoint | undefined)[],
  nowMs: number,
): boolean {
  if (nowMs >= createdAtMs + definition.warmUpSeconds * 1000) return false;
  const real = range.filter((point) => point !== undefined).length;
  return definition.waitsForWarmUp || real < definition.rule.evaluationPeriods;
}

function reasonDataOf(
  definition: AlarmDefinition,
  evaluated: readonly Datapoint[],
  nowMs: number,
): string {
  const oldest = evaluated[0];
  return JSON.stringify({
    version: '1.0',
    queryDate: alarmTime(nowMs),
    ...(oldest === undefined ? {} : { startDate: alarmTime(oldest.startMs) }),
    statistic: definition.statistic,
    period: definition.periodSeconds,
    recentDatapoints: evaluated.map(({ value }) => value),
    threshold: definition.rule.threshold,
    evaluatedDatapoints: evaluated
      .map(({ startMs, sampleCount, value }) => ({
        timestamp: alarmTime(startMs),
        sampleCount,
        value,
      }))
      .reverse(),
  });
}

/** CloudWatch User Guide, "Alarm events and EventBridge". */
function stateChangeEvent(options: AlarmsOptions, alarm: Alarm, previous: TimedState): CloudEvent {
  return {
    version: '0',
    id: uuidFrom(options.random),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: options.accountId,
    time: `${new Date(alarm.state.atMs).toISOString().slice(0, 19)}Z`,
    region: options.region,
    resources: [alarm.definition.arn],
    detail: {
      alarmName: alarm.definition.name,
      configuration: eventConfiguration(alarm.definition, alarm.metricId),
      previousState: eventState(previous),
      state: eventState(alarm.state),
    },
  };
}

function eventState(state: TimedState): object {
  return {
    value: state.state,
    reason: state.reason,
    ...(state.reasonData === undefined ? {} : { reasonData: state.reasonData }),
    timestamp: alarmTime(state.atMs),
  };
}

/** `2026-10-02T17:04:40.989+0000`, as alarms write times. */
function alarmTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '+0000');
}

function described(alarm: Alarm): MetricAlarm {
  return {
    ...describedDefinition(alarm.definition),
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.createdAtMs),
    StateValue: alarm.state.state,
    StateReason: alarm.state.reason,
    StateReasonData: alarm.state.reasonData,
    StateUpdatedTimestamp: new Date(alarm.state.atMs),
    StateTransitionedTimestamp: new Date(alarm.transitionedAtMs),
  };
}
