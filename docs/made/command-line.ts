/** docs/command-line.md: the commands with their options and permissions, as `--help` has them. */
import { commonOptions } from '../../cli/common-options.ts';
import { commands } from '../../cli/program.ts';
import { flagOf, type OptionRules } from '../../cli/terminal/command-line.ts';
import { headOf, type MadeDocument, madeNotice, row } from './document.ts';

export const commandLineDocument: MadeDocument = {
  file: 'docs/command-line.md',
  make: () =>
    [
      ...beginning,
      '## Commands',
      '',
      ...commands.flatMap(commandLines),
      '### Options of every command',
      '',
      ...headOf(['option', 'what']),
      ...optionRows(commonOptions),
      '',
      '## Permissions',
      '',
      'Of whoever types. What is missing is said, and with `status` the rest is shown:',
      '',
      ...headOf(['command', 'actions']),
      row([
        'all',
        '`ec2:DescribeNetworkInterfaces`; `states:DescribeStateMachine` for the settings',
      ]),
      ...commands.map(({ rule, permissions }) => row([`\`${rule.name}\``, permissions])),
      '',
      'Where EC2 itself does not answer, `status --cluster NAME` finds the state machine by `states:ListStateMachines` and shows the rest.',
      '',
    ].join('\n'),
};

const beginning = [
  '# The command line, for whoever sets it up',
  '',
  '`npx coordinator-failover COMMAND` or `npm run cli -- COMMAND`; every command has `--help`. What to type when is in the',
  '[run-book](run-book.md). It finds a cluster by the tag `coordinator-failover:cluster` on the ENI and the name of the state machine;',
  "settings, port and versions come from the state machine's own definition.",
  '',
  madeNotice,
  '',
  '**Region, profile, endpoint** as for the AWS CLI: `--region`, AWS_REGION, AWS_DEFAULT_REGION, the region of the profile; `--profile`,',
  'AWS_PROFILE; AWS_ENDPOINT_URL. Which cluster: `--cluster` or `--stack`, and neither where there is only one.',
  '',
  '**Exit codes:** 0 fine · 1 not fine: degraded, failed, waiting for an operator, not moved although asked for, or not known · 2 bad usage or input ·',
  '3 AWS could not be asked: credentials, region, network, permission · 130 ended by Ctrl-C.',
  '',
  '**For programs:** `--json` puts one document on stdout, progress on stderr; a mistake is `{"error": {"sentence", "next", "exitCode"}}`.',
  '`status --watch --json` is a document a line. Colours only on a terminal, and not with NO_COLOR.',
  '',
];

function commandLines({ rule }: (typeof commands)[number]): string[] {
  const { name, summary, details, options, examples } = rule;
  const common: readonly string[] = Object.keys(commonOptions);
  const own = Object.fromEntries(Object.entries(options).filter(([key]) => !common.includes(key)));
  const rows = optionRows(own);
  return [
    `### ${name}`,
    '',
    [`${summary[0]?.toUpperCase()}${summary.slice(1)}.`, ...details].join('\n\n'),
    '',
    ...(rows.length === 0 ? [] : [...headOf(['option', 'what']), ...rows, '']),
    '```sh',
    ...examples.map((example) => `coordinator-failover ${name} ${example}`.trim()),
    '```',
    '',
  ];
}

function optionRows(options: OptionRules): string[] {
  return Object.entries(options).map(([name, { kind, placeholder, what }]) => {
    const typed = kind === 'argument' ? placeholder : `${flagOf(name)} ${placeholder}`.trim();
    return row([`\`${typed}\``, what]);
  });
}
