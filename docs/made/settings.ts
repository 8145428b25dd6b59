/** docs/settings.md: the table of settings. */
import {
  alarmSettingRules,
  defaultProbeSettings,
  probeSettingRules,
  scheduleRule,
  settingRules,
} from '../../workflow/model/settings.ts';
import { headOf, type MadeDocument, madeNotice, row } from './document.ts';

/** The ready-made stack's, by prop (infra/stack/stack-parameters.ts). */
const parameterNames: Readonly<Record<string, string>> = {
  haCoordinatorsCount: 'HACoordinatorsCount',
  graceSeconds: 'GraceSeconds',
  badSamplesToUnhealthy: 'BadSamplesToUnhealthy',
  settleSeconds: 'SettleSeconds',
  readyWithinMinutes: 'ReadyWithinMinutes',
};

const head = headOf(['prop', 'parameter', 'default', 'limits', 'why']);

export const settingsDocument: MadeDocument = {
  file: 'docs/settings.md',
  make: () =>
    [
      '# Settings',
      '',
      'The unit stands at the end of each name. Props are those of the construct; parameters those of the ready-made',
      'stack, where there is one. A value out of its limits is an error at synth, or in the form.',
      '',
      madeNotice,
      '',
      '## The workflow',
      '',
      ...head,
      ...rows(settingRules, (name) => name),
      '',
      '## The probe on a host',
      '',
      ...head,
      ...rows(probeSettingRules, probePropOf),
      '',
      '## Alarms and schedule',
      '',
      ...head,
      ...rows(alarmSettingRules, (name) => `alarm${capital(name)}`),
      ...rows({ scheduleMinutes: scheduleRule }, (name) => name),
      '',
    ].join('\n'),
};

interface Setting {
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly reason: string;
}

function rows(
  settings: Readonly<Record<string, Setting>>,
  propOf: (name: string) => string,
): string[] {
  return Object.entries(settings).map(([name, { default: byDefault, least, most, reason }]) => {
    const prop = propOf(name);
    const parameter = parameterNames[prop];
    const shown = parameter === undefined ? '' : `\`${parameter}\``;
    return row([`\`${prop}\``, shown, byDefault, `${least} to ${most}`, reason]);
  });
}

/** `badSamplesToUnhealthy` says already whose it is. */
function probePropOf(name: string): string {
  return name in defaultProbeSettings && name.endsWith('Seconds') ? `probe${capital(name)}` : name;
}

function capital(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}
