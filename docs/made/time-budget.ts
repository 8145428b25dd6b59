/**
 * docs/time-budget.md: what a failover may take with the default settings, what a setting costs, and how
 * long AWS takes.
 */
import { awsLatencies } from '../../workflow/aws-latencies.ts';
import {
  defaultProbeSettings,
  defaultSettings,
  probeSettingRules,
  settingRules,
} from '../../workflow/model/settings.ts';
import {
  budgetFor,
  budgetSettings,
  giveUpSeconds,
  promisedSeconds,
} from '../../workflow/time-budget.ts';
import { headOf, type MadeDocument, madeNotice, row } from './document.ts';

const kinds = ['process-exit', 'process-hang', 'node-unresponsive', 'node-gone'] as const;

export const timeBudgetDocument: MadeDocument = {
  file: 'docs/time-budget.md',
  make() {
    const { eniRelease, verification } = giveUpSeconds(defaultSettings);
    return [
      '# Time budget',
      '',
      'Seconds from the failure to the end of each phase, with a hot standby and the default settings, when',
      'every call takes as long as 95 of 100 do. A sum of 95th percentiles: a typical failover is faster,',
      'and so are 95 of 100. What was measured, as a distribution: [bench.md](bench.md).',
      'Sources of the latencies: below.',
      '',
      madeNotice,
      '',
      ...headOf(['until', ...kinds, 'the setting that weighs most']),
      ...phaseRows(),
      '',
      `Promised are ${promisedSeconds} s. Settings that break the promise are a warning at synth, whose id names the`,
      'prop: `coordinator-failover:graceSeconds`. Somebody who wants it so acknowledges that one.',
      '',
      '## What a setting costs',
      '',
      'The whole failover, in seconds, with one setting at its least and at its most, the others at their defaults.',
      '',
      ...headOf(['setting', 'least', ...kinds, 'most', ...kinds]),
      ...budgetSettings.map(costRow),
      '',
      `Not part of it are the bounds at which loops give up: the release of the ENI after ${eniRelease} s,`,
      `the verification of one coordinator after ${verification} s.`,
      '',
      '## How long AWS takes',
      '',
      'Drill, simulation and benchmark draw from it for each occasion: a lognormal through the two percentiles, capped.',
      '`workflow/aws-latencies.ts` says what each row measures.',
      '',
      ...headOf(['latency', 'p50', 'p95', 'at most', 'source']),
      ...Object.entries(awsLatencies).map(([name, { p50Ms, p95Ms, mostMs, source }]) =>
        row([`\`${name}\``, ...[p50Ms, p95Ms, mostMs].map((ms) => `${ms / 1000} s`), source]),
      ),
      '',
    ].join('\n');
  },
};

function phaseRows(): string[] {
  const budgets = kinds.map((kind) => budgetFor(kind, defaultSettings, defaultProbeSettings));
  const names = budgets[0]?.phases.map(({ name }) => name) ?? [];
  return names.map((name) => {
    const phases = budgets.flatMap((budget) =>
      budget.phases.filter((phase) => phase.name === name),
    );
    const settings = phases.flatMap(({ setting }) => (setting === undefined ? [] : [setting]));
    const shown = [...new Set(settings)].map((setting) => `\`${setting}\``).join(', ');
    return row([name, ...phases.map(({ endSeconds }) => endSeconds), shown || 'none: AWS']);
  });
}

function costRow(setting: (typeof budgetSettings)[number]): string {
  const { least, most } = { ...settingRules, ...probeSettingRules }[setting];
  return row([
    `\`${setting}\``,
    least,
    ...totals({ [setting]: least }),
    most,
    ...totals({ [setting]: most }),
  ]);
}

function totals(changed: object): number[] {
  return kinds.map(
    (kind) =>
      budgetFor(kind, { ...defaultSettings, ...changed }, { ...defaultProbeSettings, ...changed })
        .totalSeconds,
  );
}
