/** The settings that can be tried from the command line, by their names in workflow/model/settings.ts. */
import type { Reader } from '../../cli/terminal/command-line.ts';
import { wrong } from '../../cli/terminal/options.ts';
import type { Numbers } from '../../infra/stack/stack.ts';
import {
  alarmPeriodsSeconds,
  alarmSettingRules,
  contradictions,
  defaultProbeSettings,
  defaultSettings,
  probeSettingRules,
  settingRules,
} from '../../workflow/model/settings.ts';

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

/** Reads the value of a flag; why it has its limits is said with a value that is beyond them. */
export function readSetting({ prop, least, most, reason }: SettingFlag): Reader<number> {
  return (typed, name) => {
    const value = /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
    const periods: readonly number[] = alarmPeriodsSeconds;
    if (prop === 'alarmPeriodSeconds' && !periods.includes(value)) {
      throw wrong(name, typed, `one of ${periods.join(', ')}`, reason);
    }
    if (value >= least && value <= most) return value;
    throw wrong(name, typed, `a whole number from ${least} to ${most}`, reason);
  };
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
