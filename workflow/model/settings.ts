/**
 * Every number that a user can set: default, limits, unit and reason, in one table.
 * What can go wrong: numbers that contradict each other, such as a sample that is never fresh. `contradictions`
 * finds these at synth.
 */
import { mustBe } from './fields.ts';

interface SettingRule {
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  /** Why this default and these limits. */
  readonly reason: string;
}

/** Of the state machine and its functions: `$.settings` in a document. */
export const settingRules = {
  haCoordinatorsCount: {
    default: 2,
    least: 1,
    most: 9,
    whole: true,
    reason: 'One active and one hot standby. 1 has no standby: a failover then takes a launch.',
  },
  graceSeconds: {
    default: 5,
    least: 0,
    most: 300,
    whole: true,
    reason: 'The buffer against false alarms. Every second of it is a second of outage.',
  },
  settleSeconds: {
    default: 45,
    least: 15,
    most: 600,
    whole: true,
    reason: 'A fresh promotion may be slow to show in the guest, in IMDS and in metrics.',
  },
  freshSeconds: {
    default: 12,
    least: 3,
    most: 60,
    whole: true,
    reason: 'Two publishes of 5 s may get lost or late before a host counts as silent.',
  },
  isolatedSeconds: {
    default: 20,
    least: 10,
    most: 300,
    whole: true,
    reason: 'A broken path to a healthy host may heal; killing the host loses its queries.',
  },
  decisionValidSeconds: {
    default: 15,
    least: 5,
    most: 60,
    whole: true,
    reason: 'What was true longer ago must be looked at again before anything is terminated.',
  },
  askAgainSeconds: {
    default: 5,
    least: 1,
    most: 60,
    whole: true,
    reason: 'One publishing interval of the probes: asking sooner sees the same samples.',
  },
  askLimit: {
    default: 12,
    least: 1,
    most: 60,
    whole: true,
    reason: 'With 5 s between them a minute of doubt; then a person decides.',
  },
  verifyAgainSeconds: {
    default: 1,
    least: 1,
    most: 10,
    whole: true,
    reason: 'An attached address is usually usable in the guest within 5 s.',
  },
  verifyLimit: {
    default: 12,
    least: 1,
    most: 60,
    whole: true,
    reason: 'An unusable address makes each try last about 2.5 s: 30 s in all, then another round.',
  },
  roundLimit: {
    default: 3,
    least: 1,
    most: 9,
    whole: true,
    reason: 'Coordinators tried in one incident. A fault that kills three kills the fourth.',
  },
  readyWithinMinutes: {
    default: 10,
    least: 2,
    most: 45,
    whole: true,
    reason:
      'Launch, user data and start of the server. Later than that, it is replaced. The most: CloudFormation waits for an hour, and the move takes its part.',
  },
  failoverLimit: {
    default: 3,
    least: 1,
    most: 20,
    whole: true,
    reason: 'Failovers within the window before a person must look (orchestrator, MHA do so too).',
  },
  failoverWindowMinutes: {
    default: 60,
    least: 10,
    most: 1440,
    whole: true,
    reason: 'orchestrator holds back for an hour, MHA for eight.',
  },
  surplusAgainSeconds: {
    default: 10,
    least: 5,
    most: 60,
    whole: true,
    reason: 'Describe calls lag by seconds: a surplus must be seen twice before it is scaled in.',
  },
  alarmResetSeconds: {
    default: 60,
    least: 10,
    most: 600,
    whole: true,
    reason: 'A lasting fault about which nothing can be done is looked at once a minute.',
  },
} as const satisfies Record<string, SettingRule>;

export type SettingName = keyof typeof settingRules;
export type Settings = { readonly [name in SettingName]: number };

/** Of the probe, in its configuration. */
export const probeSettingRules = {
  intervalSeconds: {
    default: 1,
    least: 1,
    most: 30,
    whole: true,
    reason: 'A sample a second costs the server nothing and keeps detection to seconds.',
  },
  timeoutSeconds: {
    default: 2,
    least: 1,
    most: 10,
    whole: true,
    reason: '/v1/info is answered from memory; 2 s of silence is a pause worth counting.',
  },
  badSamplesToUnhealthy: {
    default: 3,
    least: 1,
    most: 10,
    whole: true,
    reason: 'One bad sample may be a short collection; three in a row are an outage.',
  },
  publishSeconds: {
    default: 5,
    least: 1,
    most: 10,
    whole: true,
    reason: 'Two samples in every alarm period of 10 s, so that one may be lost.',
  },
} as const satisfies Record<string, SettingRule>;

export type ProbeSettingName = keyof typeof probeSettingRules;
export type ProbeSettings = { readonly [name in ProbeSettingName]: number };

/** Of the alarms. Source of the periods: CloudWatch PutMetricAlarm, high-resolution metrics. */
export const alarmSettingRules = {
  periodSeconds: {
    default: 10,
    least: 10,
    most: 30,
    whole: true,
    reason: 'The shortest period an alarm accepts; 20 and 30 are the other high-resolution ones.',
  },
  datapoints: {
    default: 1,
    least: 1,
    most: 3,
    whole: true,
    reason:
      'The alarm only starts an observation: the rules decide. More datapoints only make it later.',
  },
} as const satisfies Record<string, SettingRule>;

/** How often the schedule starts an execution. */
export const scheduleRule = {
  default: 5,
  least: 1,
  most: 60,
  whole: true,
  reason: 'Catches what lost events missed, and restores standbys.',
} as const satisfies SettingRule;

export const alarmPeriodsSeconds = [10, 20, 30] as const;

export const defaultSettings = defaultsOf(settingRules);
export const defaultProbeSettings = defaultsOf(probeSettingRules);

/**
 * What is wrong with the values, a sentence each. `skip`: values that are not known yet (CloudFormation
 * tokens at synth).
 */
export function settingProblems(
  rules: Readonly<Record<string, SettingRule>>,
  values: Readonly<Record<string, unknown>>,
  skip: (value: unknown) => boolean = () => false,
): string[] {
  const problems = Object.keys(values)
    .filter((name) => rules[name] === undefined)
    .map((name) => `${name} is not a setting. Settings: ${Object.keys(rules).join(', ')}.`);
  for (const [name, rule] of Object.entries(rules)) {
    const value = values[name];
    if (skip(value) || fitsSetting(rule, value)) continue;
    problems.push(mustBe(name, value, allowedSetting(rule)));
  }
  return problems;
}

/** Between settings that are each within their limits. */
export function contradictions(settings: Settings, probe: ProbeSettings): string[] {
  const problems: string[] = [];
  if (settings.freshSeconds <= 2 * probe.publishSeconds) {
    problems.push(
      `freshSeconds is ${settings.freshSeconds}, but must be above two publishes of ${probe.publishSeconds} s: ` +
        `at least ${2 * probe.publishSeconds + 1}, or a healthy host counts as silent.`,
    );
  }
  return problems;
}

export function fitsSetting({ least, most, whole }: SettingRule, value: unknown): boolean {
  return (
    typeof value === 'number' &&
    value >= least &&
    value <= most &&
    (!whole || Number.isInteger(value))
  );
}

/** What fits, and why, as the end of a sentence. */
export function allowedSetting({ least, most, whole, reason }: SettingRule): string {
  return `${whole ? 'a whole number' : 'a number'} from ${least} to ${most}. ${reason}`;
}

/* @__NO_SIDE_EFFECTS__ */
function defaultsOf<Name extends string>(
  rules: Readonly<Record<Name, SettingRule>>,
): { readonly [name in Name]: number } {
  return Object.fromEntries(
    Object.entries<SettingRule>(rules).map(([name, rule]) => [name, rule.default]),
  ) as { [name in Name]: number };
}
