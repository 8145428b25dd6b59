/**
 * What a user gave, checked and completed. Everything wrong is one error at synth, before anything
 * is deployed: what, the value, what is allowed. Values that CloudFormation knows only later
 * (tokens) are passed over here; the ready-made stack limits them by its parameters.
 */
import { type CfnCondition, Stack, Token } from 'aws-cdk-lib';
import type { ISubnet } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { clusterNamePattern } from '../../workflow/model/names.ts';
import {
  alarmPeriodsSeconds,
  alarmSettingRules,
  contradictions,
  defaultProbeSettings,
  defaultSettings,
  type ProbeSettings,
  probeSettingRules,
  type SettingName,
  type Settings,
  scheduleRule,
  settingProblems,
  settingRules,
} from '../../workflow/model/settings.ts';
import { launchTemplateProblems } from '../hosts/own-launch-template.ts';
import type { CoordinatorFailoverProps } from './props.ts';
import { serverProblems } from './server-props.ts';
import { valueProblems } from './value-problems.ts';

export interface ValidatedProps {
  readonly clusterName: string;
  readonly instanceTypes: readonly string[];
  readonly keepCoordinatorNode: boolean | CfnCondition;
  readonly settings: Settings;
  readonly probeSettings: ProbeSettings;
  readonly alarmPeriodSeconds: number;
  readonly alarmDatapoints: number;
  readonly scheduleMinutes: number;
}

/** @throws Error with one line per problem. */
export function validatedProps(scope: Construct, props: CoordinatorFailoverProps): ValidatedProps {
  const values: ValidatedProps = {
    clusterName: props.clusterName ?? Stack.of(scope).stackName,
    instanceTypes: props.instanceTypes,
    keepCoordinatorNode: props.keepCoordinatorNode ?? false,
    settings: settingsOf(props),
    probeSettings: probeSettingsOf(props),
    alarmPeriodSeconds: props.alarmPeriodSeconds ?? alarmSettingRules.periodSeconds.default,
    alarmDatapoints: props.alarmDatapoints ?? alarmSettingRules.datapoints.default,
    scheduleMinutes: props.scheduleMinutes ?? scheduleRule.default,
  };
  const problems = [
    ...problemsOf(values),
    ...valueProblems(props),
    ...serverProblems(props),
    ...zoneProblems(props),
    ...launchTemplateProblems(props),
  ];
  if (problems.length > 0) {
    throw new Error(`CoordinatorFailover ${scope.node.path}:\n${problems.join('\n')}`);
  }
  return values;
}

function settingsOf(props: CoordinatorFailoverProps): Settings {
  const names = Object.keys(settingRules) as SettingName[];
  const given = names.map((name) => [name, props[name] ?? defaultSettings[name]]);
  return Object.fromEntries(given) as Settings;
}

function probeSettingsOf(props: CoordinatorFailoverProps): ProbeSettings {
  return {
    intervalSeconds: props.probeIntervalSeconds ?? defaultProbeSettings.intervalSeconds,
    timeoutSeconds: props.probeTimeoutSeconds ?? defaultProbeSettings.timeoutSeconds,
    badSamplesToUnhealthy:
      props.badSamplesToUnhealthy ?? defaultProbeSettings.badSamplesToUnhealthy,
    publishSeconds: props.probePublishSeconds ?? defaultProbeSettings.publishSeconds,
  };
}

function problemsOf(values: ValidatedProps): string[] {
  const { settings, probeSettings } = values;
  const problems = [
    ...clusterNameProblems(values.clusterName),
    ...instanceTypeProblems(values.instanceTypes),
    ...settingProblems(settingRules, settings, Token.isUnresolved),
    ...settingProblems(otherRules, otherNumbers(values), Token.isUnresolved),
    ...alarmPeriodProblems(values.alarmPeriodSeconds),
    ...scheduleProblems(values.scheduleMinutes),
  ];
  // A token is no number to compare with: only these two settings can contradict each other.
  const comparable = ![settings.freshSeconds, probeSettings.publishSeconds].some(
    Token.isUnresolved,
  );
  if (problems.length === 0 && comparable) return contradictions(settings, probeSettings);
  return problems;
}

/** By the names of the props, so that a message names what the user wrote. */
const otherRules = {
  probeIntervalSeconds: probeSettingRules.intervalSeconds,
  probeTimeoutSeconds: probeSettingRules.timeoutSeconds,
  badSamplesToUnhealthy: probeSettingRules.badSamplesToUnhealthy,
  probePublishSeconds: probeSettingRules.publishSeconds,
  alarmDatapoints: alarmSettingRules.datapoints,
  scheduleMinutes: scheduleRule,
};

function otherNumbers(values: ValidatedProps): Record<keyof typeof otherRules, number> {
  return {
    probeIntervalSeconds: values.probeSettings.intervalSeconds,
    probeTimeoutSeconds: values.probeSettings.timeoutSeconds,
    badSamplesToUnhealthy: values.probeSettings.badSamplesToUnhealthy,
    probePublishSeconds: values.probeSettings.publishSeconds,
    alarmDatapoints: values.alarmDatapoints,
    scheduleMinutes: values.scheduleMinutes,
  };
}

function clusterNameProblems(clusterName: string): string[] {
  if (Token.isUnresolved(clusterName) || clusterNamePattern.test(clusterName)) return [];
  return [
    `clusterName is ${JSON.stringify(clusterName)}, but must be a letter, then letters, digits and hyphens, ` +
      'at most 70 in all.',
  ];
}

const mostInstanceTypes = 10;

function instanceTypeProblems(instanceTypes: readonly string[]): string[] {
  if (Token.isUnresolved(instanceTypes)) return [];
  const given: unknown = instanceTypes;
  if (!Array.isArray(given)) {
    return [
      `instanceTypes is ${JSON.stringify(given) ?? 'missing'}, but must be a list such as ["m7i.xlarge"].`,
    ];
  }
  if (instanceTypes.length === 0 || instanceTypes.length > mostInstanceTypes) {
    return [
      `instanceTypes has ${instanceTypes.length} items, but must have 1 to ${mostInstanceTypes}, ` +
        'the one that is wanted first.',
    ];
  }
  const known = instanceTypes.filter((type) => !Token.isUnresolved(type));
  return [
    ...known
      .filter((type) => !/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type))
      .map(
        (type) =>
          `instanceTypes holds ${JSON.stringify(type)}, but must hold EC2 instance types such as "m7i.xlarge".`,
      ),
    ...(new Set(known).size === known.length
      ? []
      : [`instanceTypes is ${known.join(', ')}, but must name each type once.`]),
  ];
}

function zoneProblems({ subnet, addressSubnet }: CoordinatorFailoverProps): string[] {
  const zone = knownZone(subnet);
  const addressZone = addressSubnet && knownZone(addressSubnet);
  if (zone === undefined || addressZone === undefined || zone === addressZone) return [];
  // Which of a region's zones has which name, only CloudFormation knows.
  if (isNumbered(zone) !== isNumbered(addressZone)) return [];
  return [
    `addressSubnet is in ${addressZone}, but must be in ${zone} as subnet is: ` +
      'an address moves only within one Availability Zone.',
  ];
}

const numbered = ' of its region';

function isNumbered(zone: string): boolean {
  return zone.endsWith(numbered);
}

/**
 * A subnet that was imported without its zone throws when it is asked for it. In a stack without a
 * region CDK numbers the zones of a VPC that it makes.
 */
function knownZone(subnet: ISubnet): string | undefined {
  try {
    const zone = subnet.availabilityZone;
    if (!Token.isUnresolved(zone)) return zone;
    const resolved = JSON.stringify(Stack.of(subnet).resolve(zone));
    const [, index] = /^\{"Fn::Select":\[(\d),\{"Fn::GetAZs":""\}\]\}$/.exec(resolved) ?? [];
    return index === undefined ? undefined : `zone ${Number(index) + 1}${numbered}`;
  } catch {
    return undefined;
  }
}

/** Of all numbers the only one that synth calculates with: the watch alarms have multiples of it. */
function scheduleProblems(minutes: number): string[] {
  if (!Token.isUnresolved(minutes)) return [];
  return [
    `scheduleMinutes is known at deployment only, but must be known at synth: a whole number such as ${scheduleRule.default}.`,
  ];
}

function alarmPeriodProblems(seconds: number): string[] {
  if (Token.isUnresolved(seconds) || alarmPeriodsSeconds.some((period) => period === seconds)) {
    return [];
  }
  return [
    `alarmPeriodSeconds is ${JSON.stringify(seconds)}, but must be one of ${alarmPeriodsSeconds.join(', ')}. ` +
      alarmSettingRules.periodSeconds.reason,
  ];
}
