/**
 * Documents that are drawn from tables in the code. When a table has changed, `npx vitest run
 * test/docs.test.ts -u` draws them again.
 */
import { describe, expect, it } from 'vitest';
import { commonOptions } from '../cli/common-options.ts';
import { commands } from '../cli/program.ts';
import { flagOf, type OptionRules } from '../cli/terminal/command-line.ts';
import { budgetFor, budgetSettings, giveUpSeconds, promisedSeconds } from '../workflow/budget.ts';
import { rules } from '../workflow/rules.ts';
import {
  alarmSettingRules,
  defaultProbeSettings,
  defaultSettings,
  probeSettingRules,
  scheduleRule,
  settingRules,
} from '../workflow/settings.ts';

const drawn = 'Drawn from the code by `test/docs.test.ts`; do not edit.';

/** The ready-made stack's, by prop (infra/stack-parameters.ts). */
const parameterNames: Readonly<Record<string, string>> = {
  haCoordinatorsCount: 'HACoordinatorsCount',
  graceSeconds: 'GraceSeconds',
  badSamplesToUnhealthy: 'BadSamplesToUnhealthy',
  settleSeconds: 'SettleSeconds',
  readyWithinMinutes: 'ReadyWithinMinutes',
};

const capital = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`;

/** `badSamplesToUnhealthy` says already whose it is. */
function probePropOf(name: string): string {
  return name in defaultProbeSettings && name.endsWith('Seconds') ? `probe${capital(name)}` : name;
}

describe('documents', () => {
  it('docs: rules.md is the rule table', async () => {
    const rows = rules.map(({ name, when }, index) => `| ${index + 1} | \`${name}\` | ${when} |`);
    await expect(
      [
        '# The rules',
        '',
        'The first rule that matches decides. Its name and its sentence stand in the execution, in the log',
        'and in the drill. "Fenced" means: by this execution.',
        '',
        drawn,
        '',
        '| # | rule | when |',
        '|---|---|---|',
        ...rows,
        '',
      ].join('\n'),
    ).toMatchFileSnapshot('../docs/rules.md');
  });

  it('docs: command-line.md is the table of commands', async () => {
    const common: readonly string[] = Object.keys(commonOptions);
    const optionsOf = (options: OptionRules) =>
      Object.entries(options).map(([name, { kind, placeholder, what }]) => {
        const typed = kind === 'argument' ? placeholder : `${flagOf(name)} ${placeholder}`.trim();
        return `| \`${typed.replaceAll('|', '\\|')}\` | ${what} |`;
      });
    const own = (options: OptionRules) =>
      Object.fromEntries(Object.entries(options).filter(([name]) => !common.includes(name)));
    await expect(
      [
        '# The command line, for whoever sets it up',
        '',
        '`npx coordinator-failover COMMAND` or `npm run cli -- COMMAND`; every command has `--help`. What to type when is in the',
        '[run-book](run-book.md). How it finds a cluster: [decision 0009](decisions/0009-how-the-command-line-finds-a-cluster.md).',
        '',
        drawn,
        '',
        '**Region, profile, endpoint** as for the AWS CLI: `--region`, AWS_REGION, AWS_DEFAULT_REGION, the region of the profile; `--profile`,',
        'AWS_PROFILE; AWS_ENDPOINT_URL. Which cluster: `--cluster` or `--stack`, and neither where there is only one.',
        '',
        '**Exit codes:** 0 fine · 1 not fine: degraded, failed, held back, not moved although asked for, or not known · 2 bad usage or input ·',
        '3 AWS could not be asked: credentials, region, network, permission · 130 ended by Ctrl-C.',
        '',
        '**For programs:** `--json` puts one document on stdout, progress on stderr; a mistake is `{"error": {"sentence", "next", "exitCode"}}`.',
        '`status --watch --json` is a document a line. Colours only on a terminal, and not with NO_COLOR.',
        '',
        '## Commands',
        '',
        ...commands.flatMap(({ rule: { name, summary, details, options, examples } }) => {
          const rows = optionsOf(own(options));
          return [
            `### ${name}`,
            '',
            [`${capital(summary)}.`, ...details].join('\n\n'),
            '',
            ...(rows.length === 0 ? [] : ['| option | what |', '|---|---|', ...rows, '']),
            '```sh',
            ...examples.map((example) => `coordinator-failover ${name} ${example}`.trim()),
            '```',
            '',
          ];
        }),
        '### Options of every command',
        '',
        '| option | what |',
        '|---|---|',
        ...optionsOf(commonOptions),
        '',
        '## Permissions',
        '',
        'Of whoever types. What is missing is said, and with `status` the rest is shown:',
        '',
        '| command | actions |',
        '|---|---|',
        '| all | `ec2:DescribeNetworkInterfaces`; `states:DescribeStateMachine` for the settings |',
        ...commands.map(({ rule, permissions }) => `| \`${rule.name}\` | ${permissions} |`),
        '',
        'Where EC2 itself does not answer, `status --cluster NAME` finds the state machine by `states:ListStateMachines` and shows the rest.',
        '',
      ].join('\n'),
    ).toMatchFileSnapshot('../docs/command-line.md');
  });

  it('docs: settings.md is the table of settings', async () => {
    const table = (given: object, propOf: (name: string) => string = (name) => name) =>
      Object.entries(given).map(([name, { default: byDefault, least, most, reason }]) => {
        const prop = propOf(name);
        const parameter = parameterNames[prop];
        const shown = parameter === undefined ? '' : `\`${parameter}\``;
        return `| \`${prop}\` | ${shown} | ${byDefault} | ${least} to ${most} | ${reason} |`;
      });
    const head = ['| prop | parameter | default | limits | why |', '|---|---|---|---|---|'];
    await expect(
      [
        '# Settings',
        '',
        'The unit stands at the end of each name. Props are those of the construct; parameters those of the ready-made',
        'stack, where there is one. A value out of its limits is an error at synth, or in the form.',
        '',
        drawn,
        '',
        '## The workflow',
        '',
        ...head,
        ...table(settingRules),
        '',
        '## The probe on a box',
        '',
        ...head,
        ...table(probeSettingRules, probePropOf),
        '',
        '## Alarms and schedule',
        '',
        ...head,
        ...table(alarmSettingRules, (name) => `alarm${capital(name)}`),
        ...table({ scheduleMinutes: scheduleRule }),
        '',
      ].join('\n'),
    ).toMatchFileSnapshot('../docs/settings.md');
  });

  it('docs: time-budget.md is the budget of the default settings', async () => {
    const kinds = ['process-exit', 'process-hang', 'node-unresponsive', 'node-gone'] as const;
    const budgets = kinds.map((kind) => budgetFor(kind, defaultSettings, defaultProbeSettings));
    const names = budgets[0]?.phases.map(({ name }) => name) ?? [];
    const row = (name: string) =>
      budgets.map(({ phases }) => phases.find((phase) => phase.name === name)?.endSeconds);
    const settingsOf = (name: string) =>
      [
        ...new Set(
          budgets.flatMap(({ phases }) =>
            phases.flatMap((phase) =>
              phase.name === name && phase.setting !== undefined ? [`\`${phase.setting}\``] : [],
            ),
          ),
        ),
      ].join(', ') || 'none: AWS';
    const totals = (changed: object) =>
      kinds.map(
        (kind) =>
          budgetFor(
            kind,
            { ...defaultSettings, ...changed },
            { ...defaultProbeSettings, ...changed },
          ).totalSeconds,
      );
    const costOf = (setting: (typeof budgetSettings)[number]) => {
      const { least, most } = { ...settingRules, ...probeSettingRules }[setting];
      const at = (value: number) => totals({ [setting]: value }).join(' | ');
      return `| \`${setting}\` | ${least} | ${at(least)} | ${most} | ${at(most)} |`;
    };
    const { eniRelease, verification } = giveUpSeconds(defaultSettings);
    await expect(
      [
        '# Time budget',
        '',
        'Seconds from the failure to the end of each phase, with a hot standby and the default settings, when',
        'every call takes as long as 95 of 100 do. A sum of 95th percentiles: a typical failover is faster,',
        'and so are 95 of 100. What was measured, as a distribution: [bench.md](bench.md).',
        'Sources of the latencies: `workflow/budget.ts`.',
        '',
        drawn,
        '',
        `| until | ${kinds.join(' | ')} | the setting that weighs most |`,
        `|---|${kinds.map(() => '---|').join('')}---|`,
        ...names.map((name) => `| ${name} | ${row(name).join(' | ')} | ${settingsOf(name)} |`),
        '',
        `Promised are ${promisedSeconds} s. Settings that break the promise are a warning at synth, whose id names the`,
        'prop: `coordinator-failover:graceSeconds`. Somebody who wants it so acknowledges that one.',
        '',
        '## What a setting costs',
        '',
        'The whole failover, in seconds, with one setting at its least and at its most, the others at their defaults.',
        '',
        `| setting | least | ${kinds.join(' | ')} | most | ${kinds.join(' | ')} |`,
        `|---|---|${kinds.map(() => '---|').join('')}---|${kinds.map(() => '---|').join('')}`,
        ...budgetSettings.map(costOf),
        '',
        `Not part of it are the bounds at which loops give up: the release of the ENI after ${eniRelease} s,`,
        `the verification of one coordinator after ${verification} s.`,
        '',
      ].join('\n'),
    ).toMatchFileSnapshot('../docs/time-budget.md');
  });
});
