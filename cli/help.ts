/** What `--help` says, drawn from the table of commands. Pure. */
import {
  type CommandName,
  commandNames,
  commands,
  commonOptions,
  type OptionRule,
} from './command-table.ts';
import { exitCodesInWords } from './exit.ts';

export function overviewText(): string {
  const width = Math.max(...commandNames.map((name) => name.length));
  return [
    'Shows, steers and audits the failover of a Presto or Trino coordinator on AWS.',
    '',
    'coordinator-failover COMMAND [options]',
    '',
    ...commandNames.map((name) => `  ${name.padEnd(width)}  ${commands[name].summary}`),
    '',
    'Every command has --help.',
    'Against AWS, or against a local cloud by AWS_ENDPOINT_URL. Credentials as for the AWS CLI.',
    exitCodesInWords,
  ].join('\n');
}

export function helpText(name: CommandName): string {
  const { summary, details, argument, options, required, example } = commands[name];
  const needed = required.map((option) => ` --${option} ${options[option]?.value ?? ''}`).join('');
  return [
    `coordinator-failover ${name}${argument === undefined ? '' : ` ${argument.name}`}${needed} [options]`,
    '',
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    ...details,
    '',
    ...(argument === undefined ? [] : [...columns([[argument.name, argument.what]]), '']),
    ...(Object.keys(options).length === 0 ? [] : [...columns(rowsOf(options)), '']),
    ...columns(rowsOf(commonOptions)),
    '',
    `Example: coordinator-failover ${example}`,
    exitCodesInWords,
  ].join('\n');
}

function rowsOf(options: Readonly<Record<string, OptionRule>>): [string, string][] {
  return Object.entries(options).map(([name, { value, what }]) => [
    `--${name}${value === undefined ? '' : ` ${value}`}`,
    what,
  ]);
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(20, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
