/** The settings that can be tried from the command line, by their names in workflow/settings.ts. */
import type { Numbers } from '../../infra/stack.ts';
import {
  alarmPeriodsSeconds,
  alarmSettingRules,
  contradictions,
  defaultProbeSettings,
  defaultSettings,
  probeSettingRules,
  settingRules,
} from '../../workflow/settings.ts';

export interface SettingFlag {
  readonly flag: string;
  /** The construct's name for it. */
  readonly prop: keyof Numbers;
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly reason: string;
}

/** Where the flag is not just the name without its unit, or the construct's name is another one. */
const names: Readonly<Record<string, readonly [flag: string, prop: keyof Numbers]>> = {
  haCoordinatorsCount: ['coordinators', 'haCoordinatorsCount'],
  intervalSeconds: ['probe-interval', 'probeIntervalSeconds'],
  timeoutSeconds: ['probe-timeout', 'probeTimeoutSeconds'],
  badSamplesToUnhealthy: ['bad-samples', 'badSamplesToUnhealthy'],
  publishSeconds: ['publish', 'probePublishSeconds'],
  periodSeconds: ['alarm-period', 'alarmPeriodSeconds'],
  datapoints: ['alarm-datapoints', 'alarmDatapoints'],
};

export const settingFlags: readonly SettingFlag[] = Object.entries({
  ...settingRules,
  ...probeSettingRules,
  ...alarmSettingRules,
}).map(([name, rule]) => {
  const [flag, prop] = names[name] ?? [kebab(name), name as keyof Numbers];
  return { flag, prop, ...rule };
});

/** What is wrong with a value given for a flag, or undefined. */
export function flagProblem(flag: SettingFlag, given: string): string | undefined {
  const { least, most, reason } = flag;
  const value = Number(given);
  const periods: readonly number[] = alarmPeriodsSeconds;
  if (flag.prop === 'alarmPeriodSeconds' && !periods.includes(value)) {
    return `--${flag.flag} is ${given}, but must be one of ${periods.join(', ')}. ${reason}`;
  }
  if (/^\d+$/.test(given) && value >= least && value <= most) return undefined;
  return `--${flag.flag} is ${given}, but must be a whole number from ${least} to ${most}. ${reason}`;
}

/** What contradicts itself between numbers that are each within their limits. */
export function contradictionOf(numbers: Numbers): string | undefined {
  const given = Object.fromEntries(Object.entries(numbers));
  const settings = { ...defaultSettings, ...given };
  const probe = {
    ...defaultProbeSettings,
    ...(numbers.probePublishSeconds === undefined
      ? {}
      : { publishSeconds: numbers.probePublishSeconds }),
  };
  return contradictions(settings, probe)[0];
}

function kebab(name: string): string {
  return name
    .replace(/(Seconds|Minutes)$/, '')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
